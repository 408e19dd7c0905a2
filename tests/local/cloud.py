"""A user of the local cloud: deploys stacks through CloudFormation and looks at what became of them.

Run with the Python of the environment that liftform makes. Each scenario asserts; the last line is `passed`.
"""

import io
import json
import pathlib
import sys
import time
import zipfile

import botocore.config
import botocore.exceptions
import botocore.session

TEMPLATE = json.loads(pathlib.Path(__file__).with_name("backend.json").read_text())
SETTLED = ("COMPLETE", "FAILED")


class Cloud:
    def __init__(self, aws, gamelift, region):
        session = botocore.session.get_session()
        # Adaptive retries would hide a refusal behind seconds of waiting.
        config = botocore.config.Config(retries={"max_attempts": 1}, parameter_validation=True)

        def client(name, endpoint=aws):
            return session.create_client(
                name,
                region_name=region,
                endpoint_url=endpoint,
                aws_access_key_id="test",
                aws_secret_access_key="test",
                config=config,
            )

        self.region = region
        self.change_sets = 0
        self.cloudformation = client("cloudformation")
        self.dynamodb = client("dynamodb")
        self.sns = client("sns")
        self.sqs = client("sqs")
        self.lambda_ = client("lambda")
        self.gamelift = client("gamelift", gamelift)
        self.gamelift_through_aws = client("gamelift")
        self.s3 = client("s3")

    def upload_server(self):
        """The archive of the template's build: a server that holds its slot and says nothing."""
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as files:
            files.writestr("server", "#!/bin/sh\nexec sleep 1000\n")
        bucket = f"artifacts-{self.region}"
        self.s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": self.region})
        self.s3.put_object(Bucket=bucket, Key="server.zip", Body=archive.getvalue())

    def change_set(self, stack, kind, template=TEMPLATE, **parameters):
        """The resource changes of a change set; the change set stays to be executed."""
        # Unlike AWS, MiniStack keeps executed change sets, and their names with them.
        self.change_sets += 1
        name = {"StackName": stack, "ChangeSetName": f"change-{self.change_sets}"}
        self.cloudformation.create_change_set(
            **name,
            ChangeSetType=kind,
            TemplateBody=json.dumps(template),
            Capabilities=["CAPABILITY_IAM"],
            Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()],
        )
        while True:
            described = self.cloudformation.describe_change_set(**name)
            if described["Status"].endswith(SETTLED):
                assert described["Status"] == "CREATE_COMPLETE", described
                return {change["ResourceChange"]["LogicalResourceId"]: change["ResourceChange"] for change in described["Changes"]}
            time.sleep(0.05)

    def execute(self, stack, expected):
        self.cloudformation.execute_change_set(StackName=stack, ChangeSetName=f"change-{self.change_sets}")
        return self.settled(stack, expected)

    def deploy(self, stack, kind, expected, template=TEMPLATE, **parameters):
        self.change_set(stack, kind, template, **parameters)
        return self.execute(stack, expected)

    def settled(self, stack, expected):
        while True:
            described = self.cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
            if described["StackStatus"].endswith(SETTLED):
                assert described["StackStatus"] == expected, self.failures(stack)
                return {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", ())}
            time.sleep(0.05)

    def failures(self, stack):
        events = self.cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
        return [(event["LogicalResourceId"], event["ResourceStatus"], event.get("ResourceStatusReason")) for event in events]

    def delete(self, stack):
        self.cloudformation.delete_stack(StackName=stack)
        while True:
            try:
                described = self.cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
            except botocore.exceptions.ClientError:
                return
            assert described["StackStatus"] != "DELETE_FAILED", self.failures(stack)
            time.sleep(0.05)

    def leftovers(self):
        game = self.gamelift
        return {
            name: found
            for name, found in {
                "fleets": game.list_fleets()["FleetIds"],
                "container fleets": game.list_container_fleets()["ContainerFleets"],
                "groups": game.list_container_group_definitions()["ContainerGroupDefinitions"],
                "aliases": game.list_aliases()["Aliases"],
                "builds": game.list_builds()["Builds"],
                "scripts": game.list_scripts()["Scripts"],
                "queues": game.describe_game_session_queues()["GameSessionQueues"],
                "rule sets": game.describe_matchmaking_rule_sets()["RuleSets"],
                "matchmakers": game.describe_matchmaking_configurations()["Configurations"],
                "locations": game.list_locations(Filters=["CUSTOM"])["Locations"],
            }.items()
            if found
        }


def created(cloud):
    """Creates the stack, and checks that GameLift has what the template says."""
    changes = cloud.change_set("game", "CREATE")
    assert {change["Action"] for change in changes.values()} == {"Add"}
    outputs = cloud.execute("game", "CREATE_COMPLETE")
    game = cloud.gamelift
    fleet = game.describe_fleet_attributes(FleetIds=[outputs["FleetId"]])["FleetAttributes"][0]
    assert (fleet["Status"], fleet["InstanceType"]) == ("ACTIVE", "c5.large")
    home = game.describe_fleet_capacity(FleetIds=[outputs["FleetId"]])["FleetCapacity"][0]["InstanceCounts"]
    assert (home["MAXIMUM"], home["DESIRED"]) == (2, 1)
    remote = game.describe_fleet_location_capacity(FleetId=outputs["FleetId"], Location="us-east-1")
    assert remote["FleetCapacity"]["InstanceCounts"]["DESIRED"] == 0
    ports = game.describe_fleet_port_settings(FleetId=outputs["FleetId"])["InboundPermissions"]
    assert [port["FromPort"] for port in ports] == [6000, 7000]
    policies = game.describe_scaling_policies(FleetId=outputs["FleetId"])["ScalingPolicies"]
    assert policies[0]["TargetConfiguration"]["TargetValue"] == 10
    assert game.resolve_alias(AliasId=outputs["AliasId"])["FleetId"] == outputs["FleetId"]
    lab = game.describe_fleet_attributes(FleetIds=[outputs["AnywhereId"]])["FleetAttributes"][0]
    assert (lab["Status"], lab["ComputeType"]) == ("ACTIVE", "ANYWHERE")
    assert outputs["AliasArn"] == f"arn:aws:gamelift:{cloud.region}::alias/{outputs['AliasId']}"
    assert outputs["MatchmakerArn"].endswith(":matchmakingconfiguration/duel")
    assert (outputs["ContainerFleetStatus"], outputs["GroupVersion"]) == ("ACTIVE", "1")
    tags = game.list_tags_for_resource(ResourceARN=outputs["QueueArn"])["Tags"]
    assert {"Key": "stage", "Value": "one"} in tags
    assert any(tag["Key"] == "aws:cloudformation:stack-name" for tag in tags)
    assert cloud.gamelift_through_aws.list_fleets()["FleetIds"] == game.list_fleets()["FleetIds"]
    table = outputs["TableName"]
    lifetime = cloud.dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
    assert lifetime["TimeToLiveStatus"] == "ENABLED"
    backups = cloud.dynamodb.describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
    return outputs


def updated(cloud, before):
    """Changes ports, capacity, policies, locations and tags in place."""
    parameters = {"Ports": "7500", "Most": "5", "Target": "20", "Remote": "us-west-2", "Stage": "two", "Memory": "2048"}
    changes = cloud.change_set("game", "UPDATE", **parameters)
    assert changes["Fleet"]["Replacement"] == "False", changes["Fleet"]
    assert changes["Queue"]["Replacement"] == "False", changes["Queue"]
    outputs = cloud.execute("game", "UPDATE_COMPLETE")
    fleet, game = outputs["FleetId"], cloud.gamelift
    assert fleet == before["FleetId"]
    assert outputs["ContainerFleetId"] == before["ContainerFleetId"]
    ports = game.describe_fleet_port_settings(FleetId=fleet)["InboundPermissions"]
    assert [port["FromPort"] for port in ports] == [6000, 7500]
    assert game.describe_fleet_capacity(FleetIds=[fleet])["FleetCapacity"][0]["InstanceCounts"]["MAXIMUM"] == 5
    policies = game.describe_scaling_policies(FleetId=fleet)["ScalingPolicies"]
    assert policies[0]["TargetConfiguration"]["TargetValue"] == 20
    locations = game.describe_fleet_location_attributes(FleetId=fleet)["LocationAttributes"]
    assert [entry["LocationState"]["Location"] for entry in locations] == [cloud.region, "us-west-2"]
    assert {"Key": "stage", "Value": "two"} in game.list_tags_for_resource(ResourceARN=outputs["QueueArn"])["Tags"]
    containers = game.describe_container_fleet(FleetId=outputs["ContainerFleetId"])["ContainerFleet"]
    assert containers["InstanceInboundPermissions"][0]["FromPort"] == 7500
    assert containers["GameServerContainerGroupDefinitionArn"].endswith("/game:2")
    capacity = game.describe_fleet_capacity(FleetIds=[outputs["ContainerFleetId"]])["FleetCapacity"][0]
    assert capacity["InstanceCounts"]["MAXIMUM"] == 5
    return parameters


def unchanged(cloud, parameters):
    """The same template again is no change at all."""
    try:
        cloud.change_set("game", "UPDATE", **parameters)
    except AssertionError as refused:
        assert "didn't contain changes" in str(refused), refused
        return
    raise AssertionError("a change set without changes was created")


def replaced(cloud, before, parameters):
    """Another instance type is another fleet, and the alias follows. A changed rule set needs another name."""
    changes = cloud.change_set("game", "UPDATE", **parameters, InstanceType="c5.xlarge", TeamSize="2", RuleSetName="duel-2")
    assert changes["Fleet"]["Replacement"] == "True", changes["Fleet"]
    assert changes["Rules"]["Replacement"] == "True", changes["Rules"]
    outputs = cloud.execute("game", "UPDATE_COMPLETE")
    assert outputs["FleetId"] != before["FleetId"]
    game = cloud.gamelift
    assert game.resolve_alias(AliasId=outputs["AliasId"])["FleetId"] == outputs["FleetId"]
    assert game.describe_fleet_attributes(FleetIds=[before["FleetId"]])["FleetAttributes"] == []
    matchmaker = game.describe_matchmaking_configurations(Names=["duel"])["Configurations"][0]
    assert matchmaker["RuleSetName"] == "duel-2"
    assert [rules["RuleSetName"] for rules in game.describe_matchmaking_rule_sets()["RuleSets"]] == ["duel-2"]
    cloud.deploy("game", "UPDATE", "UPDATE_ROLLBACK_COMPLETE", **parameters, InstanceType="c5.xlarge", TeamSize="3", RuleSetName="duel-2")
    assert any("custom-named resource" in str(failure) for failure in cloud.failures("game"))


def drifted(cloud):
    """Somebody changes the queue by hand; detection finds the queue and nothing else of GameLift."""
    cloud.gamelift.update_game_session_queue(Name="main", TimeoutInSeconds=99)
    detection = cloud.cloudformation.detect_stack_drift(StackName="game")["StackDriftDetectionId"]
    while True:
        status = cloud.cloudformation.describe_stack_drift_detection_status(StackDriftDetectionId=detection)
        if status["DetectionStatus"] != "DETECTION_IN_PROGRESS":
            break
        time.sleep(0.05)
    drifts = cloud.cloudformation.describe_stack_resource_drifts(StackName="game")["StackResourceDrifts"]
    checked = {drift["LogicalResourceId"]: drift for drift in drifts if "GameLift" in drift["ResourceType"]}
    modified = {name for name, drift in checked.items() if drift["StackResourceDriftStatus"] == "MODIFIED"}
    assert modified == {"Queue"}, [(name, checked[name].get("PropertyDifferences")) for name in modified]


def failed(cloud):
    """A fleet without an executable does not stabilize; the stack rolls back and leaves nothing."""
    template = json.loads(json.dumps(TEMPLATE))
    template["Resources"] = {name: template["Resources"][name] for name in ("Role", "Build", "Fleet")}
    del template["Outputs"]
    cloud.deploy("broken", "CREATE", "ROLLBACK_COMPLETE", template, LaunchPath="/opt/server")
    reasons = [reason for name, status, reason in cloud.failures("broken") if (name, status) == ("Fleet", "CREATE_FAILED")]
    # What comes first depends on whether the build was installed by then.
    expected = ("did not stabilize. ", "FLEET_VALIDATION_LAUNCH_PATH_NOT_FOUND: ")
    assert any(all(part in reason for part in expected) for reason in reasons), reasons
    cloud.delete("broken")


def life_of_a_stack(cloud):
    cloud.upload_server()
    before = created(cloud)
    parameters = updated(cloud, before)
    unchanged(cloud, parameters)
    replaced(cloud, before, parameters)
    drifted(cloud)
    failed(cloud)
    cloud.delete("game")
    assert cloud.leftovers() == {}, cloud.leftovers()


def refused_notification(cloud):
    """A function that always fails gets a notification; it must not be lost."""
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    template = {
        "Resources": {
            "Role": {
                "Type": "AWS::IAM::Role",
                "Properties": {
                    "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
                    "Policies": [
                        {
                            "PolicyName": "letters",
                            "PolicyDocument": {
                                "Version": "2012-10-17",
                                "Statement": [{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}],
                            },
                        }
                    ],
                },
            },
            "Letters": {"Type": "AWS::SQS::Queue"},
            "Function": {
                "Type": "AWS::Lambda::Function",
                "Properties": {
                    "Runtime": "python3.12",
                    "Handler": "index.handler",
                    "Role": {"Fn::GetAtt": ["Role", "Arn"]},
                    "Code": {"ZipFile": "def handler(event, context):\n    raise ValueError('refused')\n"},
                    "ReservedConcurrentExecutions": 2,
                    "DeadLetterConfig": {"TargetArn": {"Fn::GetAtt": ["Letters", "Arn"]}},
                },
            },
            "Patience": {
                "Type": "AWS::Lambda::EventInvokeConfig",
                "Properties": {"FunctionName": {"Ref": "Function"}, "Qualifier": "$LATEST", "MaximumRetryAttempts": 0},
            },
            "Topic": {"Type": "AWS::SNS::Topic"},
            "Permission": {
                "Type": "AWS::Lambda::Permission",
                "Properties": {
                    "FunctionName": {"Ref": "Function"},
                    "Action": "lambda:InvokeFunction",
                    "Principal": "sns.amazonaws.com",
                    "SourceArn": {"Ref": "Topic"},
                },
            },
            "Subscription": {
                "Type": "AWS::SNS::Subscription",
                "Properties": {
                    "TopicArn": {"Ref": "Topic"},
                    "Protocol": "lambda",
                    "Endpoint": {"Fn::GetAtt": ["Function", "Arn"]},
                },
            },
        },
        "Outputs": {
            "Topic": {"Value": {"Ref": "Topic"}},
            "Letters": {"Value": {"Ref": "Letters"}},
            "Function": {"Value": {"Ref": "Function"}},
        },
    }
    outputs = cloud.deploy("events", "CREATE", "CREATE_COMPLETE", template)
    limit = cloud.lambda_.get_function_concurrency(FunctionName=outputs["Function"])
    assert limit["ReservedConcurrentExecutions"] == 2
    cloud.sns.publish(TopicArn=outputs["Topic"], Message="matchmaking succeeded")
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        letters = cloud.sqs.receive_message(QueueUrl=outputs["Letters"], WaitTimeSeconds=1).get("Messages")
        if letters:
            assert "matchmaking succeeded" in letters[0]["Body"], letters
            return
    raise AssertionError("nothing arrived in the dead letter queue")


def leave_a_stack(cloud):
    cloud.upload_server()
    """Creates a stack and a queue by hand, for the reset to remove."""
    created(cloud)


def find_nothing(cloud):
    assert cloud.cloudformation.describe_stacks()["Stacks"] == []
    assert cloud.leftovers() == {}, cloud.leftovers()


def main(aws, gamelift, region, scenario):
    started = time.monotonic()
    globals()[scenario](Cloud(aws, gamelift, region))
    print(f"{scenario}: {time.monotonic() - started:.1f} s\npassed")


if __name__ == "__main__":
    main(*sys.argv[1:])
