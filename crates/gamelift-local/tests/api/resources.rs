//! Builds, scripts, aliases, queues, locations, tags and pages.

use serde_json::{Value, json};

use crate::cloud::{Cloud, LATER};

#[tokio::test]
async fn alias_needs_a_fleet_that_exists() {
    let cloud = Cloud::start().await;
    let strategy = json!({ "Type": "SIMPLE", "FleetId": "fleet-1" });
    let expected =
        "InvalidRequestException: `RoutingStrategy.FleetId`: fleet `fleet-1` does not exist";
    cloud
        .refused(
            "CreateAlias",
            json!({ "Name": "live", "RoutingStrategy": strategy }),
            expected,
        )
        .await;
}

#[tokio::test]
async fn alias_resolves_to_its_fleet_until_it_is_terminal() {
    let cloud = Cloud::start().await;
    let fleet = cloud.fleet().await;
    let strategy = json!({ "Type": "SIMPLE", "FleetId": fleet });
    let alias = cloud
        .get(
            "/Alias/AliasId",
            "CreateAlias",
            json!({ "Name": "live", "RoutingStrategy": strategy }),
        )
        .await;
    assert_eq!(
        cloud
            .get("/FleetId", "ResolveAlias", json!({ "AliasId": alias }))
            .await,
        fleet
    );

    let terminal = json!({ "Type": "TERMINAL", "FleetId": fleet, "Message": "update the game" });
    let updated = cloud
        .ok(
            "UpdateAlias",
            json!({ "AliasId": alias, "RoutingStrategy": terminal }),
        )
        .await;
    assert_eq!(
        updated["Alias"]["RoutingStrategy"],
        json!({ "Type": "TERMINAL", "Message": "update the game" })
    );
    let expected = "TerminalRoutingStrategyException: update the game";
    cloud
        .refused("ResolveAlias", json!({ "AliasId": alias }), expected)
        .await;
}

#[tokio::test]
async fn queue_keeps_what_an_update_does_not_name() {
    let cloud = Cloud::start().await;
    cloud
        .ok(
            "CreateGameSessionQueue",
            json!({ "Name": "main", "TimeoutInSeconds": 60, "CustomEventData": "x" }),
        )
        .await;
    let updated = cloud
        .ok(
            "UpdateGameSessionQueue",
            json!({ "Name": "main", "TimeoutInSeconds": 90 }),
        )
        .await;
    assert_eq!(updated["GameSessionQueue"]["TimeoutInSeconds"], 90);
    assert_eq!(updated["GameSessionQueue"]["CustomEventData"], "x");
}

#[tokio::test]
async fn queue_refuses_a_missing_destination_here_but_not_elsewhere() {
    let cloud = Cloud::start().await;
    let queue = |name: &str, region: &str| {
        let arn = format!("arn:aws:gamelift:{region}::alias/alias-1");
        json!({ "Name": name, "Destinations": [{ "DestinationArn": arn }] })
    };
    let expected =
        "NotFoundException: alias `arn:aws:gamelift:eu-west-1::alias/alias-1` does not exist";
    cloud
        .refused(
            "CreateGameSessionQueue",
            queue("here", "eu-west-1"),
            expected,
        )
        .await;
    cloud
        .ok("CreateGameSessionQueue", queue("there", "us-west-2"))
        .await;
}

#[tokio::test]
async fn second_queue_of_the_same_name_is_refused() {
    let cloud = Cloud::start().await;
    cloud
        .ok("CreateGameSessionQueue", json!({ "Name": "main" }))
        .await;
    let expected = "InvalidRequestException: game session queue `main` already exists";
    cloud
        .refused(
            "CreateGameSessionQueue",
            json!({ "Name": "main" }),
            expected,
        )
        .await;
}

#[tokio::test]
async fn deleted_things_are_gone() {
    let cloud = Cloud::start().await;
    let build = cloud.build().await;
    cloud
        .ok("CreateGameSessionQueue", json!({ "Name": "main" }))
        .await;
    cloud
        .ok("CreateLocation", json!({ "LocationName": "custom-lab" }))
        .await;
    for (operation, input) in [
        ("DeleteBuild", json!({ "BuildId": build })),
        ("DeleteGameSessionQueue", json!({ "Name": "main" })),
        ("DeleteLocation", json!({ "LocationName": "custom-lab" })),
    ] {
        assert_eq!(cloud.ok(operation, input.clone()).await, json!({}));
        let reply = cloud.json(operation, &input).await;
        assert_eq!(
            reply.headers["x-amzn-errortype"], "NotFoundException",
            "{operation}"
        );
    }
}

#[tokio::test]
async fn location_of_a_fleet_cannot_be_deleted() {
    let cloud = Cloud::start().await;
    cloud
        .ok("CreateLocation", json!({ "LocationName": "custom-lab" }))
        .await;
    let fleet = json!({ "Name": "lab", "ComputeType": "ANYWHERE", "Locations": [{ "Location": "custom-lab" }] });
    let id = cloud
        .get("/FleetAttributes/FleetId", "CreateFleet", fleet)
        .await;
    let expected = format!(
        "InvalidRequestException: location `custom-lab` is in use by fleet `{}`",
        id.as_str().unwrap()
    );
    cloud
        .refused(
            "DeleteLocation",
            json!({ "LocationName": "custom-lab" }),
            &expected,
        )
        .await;
    cloud.ok("DeleteFleet", json!({ "FleetId": id })).await;
    cloud.wait(LATER);
    cloud
        .ok("DeleteLocation", json!({ "LocationName": "custom-lab" }))
        .await;
}

#[tokio::test]
async fn listed_locations_have_beacons_unless_they_are_custom() {
    let cloud = Cloud::start().await;
    cloud
        .ok("CreateLocation", json!({ "LocationName": "custom-lab" }))
        .await;
    let custom = cloud
        .ok("ListLocations", json!({ "Filters": ["CUSTOM"] }))
        .await;
    assert_eq!(custom["Locations"].as_array().unwrap().len(), 1);
    let beacon = cloud
        .get(
            "/Locations/0/PingBeacon/UDPEndpoint/Port",
            "ListLocations",
            json!({ "Filters": ["AWS"] }),
        )
        .await;
    assert_eq!(beacon, json!(7770));
}

#[tokio::test]
async fn tags_are_added_changed_and_removed() {
    let cloud = Cloud::start().await;
    let tag = |key: &str, value: &str| json!({ "Key": key, "Value": value });
    let queue = json!({ "Name": "main", "Tags": [tag("a", "1"), tag("b", "2")] });
    let arn = cloud
        .get(
            "/GameSessionQueue/GameSessionQueueArn",
            "CreateGameSessionQueue",
            queue,
        )
        .await;
    cloud
        .ok(
            "TagResource",
            json!({ "ResourceARN": arn, "Tags": [tag("b", "3"), tag("c", "4")] }),
        )
        .await;
    cloud
        .ok(
            "UntagResource",
            json!({ "ResourceARN": arn, "TagKeys": ["a"] }),
        )
        .await;
    let tags = cloud
        .get(
            "/Tags",
            "ListTagsForResource",
            json!({ "ResourceARN": arn }),
        )
        .await;
    assert_eq!(tags, json!([tag("b", "3"), tag("c", "4")]));
}

#[tokio::test]
async fn tags_of_something_that_does_not_exist_are_refused() {
    let cloud = Cloud::start().await;
    let arn = "arn:aws:gamelift:eu-west-1:000000000000:build/build-1";
    let expected = format!("NotFoundException: resource `{arn}` does not exist");
    cloud
        .refused(
            "ListTagsForResource",
            json!({ "ResourceARN": arn }),
            &expected,
        )
        .await;
}

#[tokio::test]
async fn pages_together_are_the_whole_list() {
    let cloud = Cloud::start().await;
    for name in ["a", "b", "c"] {
        cloud
            .ok("CreateGameSessionQueue", json!({ "Name": name }))
            .await;
    }
    let first = cloud
        .ok("DescribeGameSessionQueues", json!({ "Limit": 2 }))
        .await;
    let rest = cloud
        .ok(
            "DescribeGameSessionQueues",
            json!({ "Limit": 2, "NextToken": first["NextToken"] }),
        )
        .await;
    let names = |page: &Value| {
        page["GameSessionQueues"]
            .as_array()
            .unwrap()
            .iter()
            .map(|queue| queue["Name"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!([names(&first), names(&rest)].concat(), ["a", "b", "c"]);
    assert_eq!(rest.get("NextToken"), None);
}

#[tokio::test]
async fn request_without_a_required_member_names_it() {
    let cloud = Cloud::start().await;
    let expected = "InvalidRequestException: 1 validation error detected: `Name` is required";
    cloud
        .refused("CreateGameSessionQueue", json!({}), expected)
        .await;
}

#[tokio::test]
async fn script_needs_exactly_one_source() {
    let cloud = Cloud::start().await;
    let expected =
        "InvalidRequestException: exactly one of `StorageLocation` and `ZipFile` is required";
    cloud
        .refused("CreateScript", json!({ "Name": "realtime" }), expected)
        .await;
    cloud
        .ok(
            "CreateScript",
            json!({ "Name": "realtime", "ZipFile": "UEsFBg==" }),
        )
        .await;
}
