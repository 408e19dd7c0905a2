"""Plays a match and a placement through one AWS client, then calls every Describe and List operation.

Usage: client.py boto3|cli SETTINGS, where SETTINGS is a JSON object with the endpoint and the resources that exist.
"""

import contextlib
import io
import json
import sys
import time


class Boto3:
    def __init__(self, endpoint):
        import boto3

        self.client = boto3.client("gamelift", endpoint_url=endpoint)

    def call(self, operation, parameters):
        from botocore import xform_name

        return getattr(self.client, xform_name(operation))(**parameters)


class Cli:
    """The `aws` command, started in this process: a process for each call would take most of the time."""

    def __init__(self, endpoint):
        from awscli.clidriver import create_clidriver

        self.endpoint = endpoint
        self.driver = create_clidriver()

    def call(self, operation, parameters):
        from botocore import xform_name

        command = ["gamelift", xform_name(operation, "-"), "--endpoint-url", self.endpoint, "--no-paginate"]
        output = io.StringIO()
        with contextlib.redirect_stdout(output):
            code = self.driver.main([*command, "--cli-input-json", json.dumps(parameters)])
        assert code == 0, f"{operation} ended with {code}"
        return json.loads(output.getvalue() or "{}")


def ticket(client, name):
    return client.call("DescribeMatchmaking", {"TicketIds": [name]})["TicketList"][0]


def until(status, look):
    while (found := look())["Status"] != status:
        assert found["Status"] not in ("FAILED", "CANCELLED", "TIMED_OUT"), found
        time.sleep(0.05)
    return found


def play_match(client, matchmaker):
    names = ["t-1", "t-2"]
    for name in names:
        player = {"PlayerId": f"{name}-player", "PlayerAttributes": {"skill": {"N": 10}}, "LatencyInMs": {"custom-lab": 20}}
        client.call("StartMatchmaking", {"ConfigurationName": matchmaker, "TicketId": name, "Players": [player]})
    for name in names:
        until("REQUIRES_ACCEPTANCE", lambda: ticket(client, name))
        answer = {"TicketId": name, "PlayerIds": [f"{name}-player"], "AcceptanceType": "ACCEPT"}
        client.call("AcceptMatch", answer)
    seats = []
    for name in names:
        connection = until("COMPLETED", lambda: ticket(client, name))["GameSessionConnectionInfo"]
        assert connection["Port"] == 7777, connection
        seats += [seat["PlayerSessionId"] for seat in connection["MatchedPlayerSessions"]]
    assert len(set(seats)) == 2, seats
    return connection["GameSessionArn"]


def stop_ticket(client, matchmaker):
    client.call("StartMatchmaking", {"ConfigurationName": matchmaker, "TicketId": "t-3", "Players": [{"PlayerId": "late"}]})
    client.call("StopMatchmaking", {"TicketId": "t-3"})
    assert ticket(client, "t-3")["Status"] == "CANCELLED"


def place(client, queue):
    request = {"PlacementId": "p-1", "GameSessionQueueName": queue, "MaximumPlayerSessionCount": 2}
    client.call("StartGameSessionPlacement", {**request, "DesiredPlayerSessions": [{"PlayerId": "ann"}]})
    described = lambda: client.call("DescribeGameSessionPlacement", {"PlacementId": "p-1"})["GameSessionPlacement"]
    placed = until("FULFILLED", described)
    assert len(placed["PlacedPlayerSessions"]) == 1, placed


def read_everything(client, names, session):
    fleet, managed, containers = ({"FleetId": names[kind]} for kind in ("fleet", "managed", "containers"))
    place = {**managed, "Location": "eu-west-1"}
    calls = [
        ("DescribeAlias", {"AliasId": names["alias"]}), ("DescribeBuild", {"BuildId": names["build"]}),
        ("DescribeCompute", {**fleet, "ComputeName": "bench"}), ("DescribeContainerFleet", containers),
        ("DescribeContainerGroupDefinition", {"Name": names["group"]}), ("DescribeFleetDeployment", containers),
        ("DescribeFleetAttributes", {}), ("DescribeFleetCapacity", {}), ("DescribeFleetEvents", managed),
        ("DescribeFleetLocationAttributes", managed), ("DescribeFleetLocationCapacity", place),
        ("DescribeFleetLocationUtilization", place), ("DescribeFleetPortSettings", managed),
        ("DescribeFleetUtilization", {}), ("DescribeGameSessionDetails", {"GameSessionId": session}),
        ("DescribeGameSessionQueues", {}), ("DescribeGameSessions", {"GameSessionId": session}),
        ("DescribeInstances", managed), ("DescribeMatchmakingConfigurations", {}), ("DescribeMatchmakingRuleSets", {}),
        ("DescribePlayerSessions", {"GameSessionId": session}), ("DescribeRuntimeConfiguration", managed),
        ("DescribeScalingPolicies", managed), ("DescribeScript", {"ScriptId": names["script"]}), ("ListAliases", {}), ("ListBuilds", {}), ("ListCompute", fleet),
        ("ListContainerFleets", {}), ("ListContainerGroupDefinitionVersions", {"Name": names["group"]}),
        ("ListContainerGroupDefinitions", {}), ("ListFleetDeployments", {}), ("ListFleets", {}), ("ListLocations", {}),
        ("ListScripts", {}), ("ListTagsForResource", {"ResourceARN": names["queue_arn"]}),
        ("ResolveAlias", {"AliasId": names["alias"]}), ("SearchGameSessions", {**fleet, "FilterExpression": "playerSessionCount > 0"}),
        ("GetComputeAuthToken", {**fleet, "ComputeName": "bench"}),
        ("ValidateMatchmakingRuleSet", {"RuleSetBody": names["rule_set"]}),
    ]
    for operation, parameters in calls:
        assert client.call(operation, parameters), operation


def main():
    kind, names = sys.argv[1], json.loads(sys.argv[2])
    client = (Boto3 if kind == "boto3" else Cli)(names["endpoint"])
    session = play_match(client, names["matchmaker"])
    stop_ticket(client, names["matchmaker"])
    place(client, names["queue"])
    read_everything(client, names, session)


if __name__ == "__main__":
    main()
