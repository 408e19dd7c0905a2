//! Queues that look for a place.

use serde_json::{Value, json};

use crate::cloud::Cloud;

async fn placement(cloud: &Cloud, id: &str) -> Value {
    cloud
        .get(
            "/GameSessionPlacement",
            "DescribeGameSessionPlacement",
            json!({ "PlacementId": id }),
        )
        .await
}

fn request(id: &str) -> Value {
    json!({
        "PlacementId": id, "GameSessionQueueName": "main", "MaximumPlayerSessionCount": 2,
        "DesiredPlayerSessions": [{ "PlayerId": "ann" }, { "PlayerId": "bob" }],
    })
}

#[tokio::test]
async fn placement_is_fulfilled_once_the_session_is_active() {
    let cloud = Cloud::start().await;
    let lab = cloud.lab().await;
    cloud.queue("main", 60, &lab).await;
    let mut server = lab.server("p-1", 7777).await;
    let started = cloud
        .get(
            "/GameSessionPlacement/Status",
            "StartGameSessionPlacement",
            request("one"),
        )
        .await;
    assert_eq!(started, "PENDING");
    let session = server.host().await;
    let placed = placement(&cloud, "one").await;
    assert_eq!(
        (&placed["Status"], &placed["GameSessionArn"]),
        (&json!("FULFILLED"), &session)
    );
    assert_eq!(
        (&placed["Port"], &placed["IpAddress"]),
        (&json!(7777), &json!("127.0.0.1"))
    );
    let seats = placed["PlacedPlayerSessions"].as_array().unwrap();
    assert_eq!(seats.len(), 2);
    assert_ne!(seats[0]["PlayerSessionId"], seats[1]["PlayerSessionId"]);
    let again = "InvalidRequestException: game session placement `one` already exists";
    cloud
        .refused("StartGameSessionPlacement", request("one"), again)
        .await;
}

#[tokio::test]
async fn placement_waits_for_a_process_and_times_out_without_one() {
    let cloud = Cloud::start().await;
    let lab = cloud.lab().await;
    cloud.queue("main", 60, &lab).await;
    cloud.ok("StartGameSessionPlacement", request("late")).await;
    cloud.wait(30.0);
    assert_eq!(placement(&cloud, "late").await["Status"], "PENDING");
    cloud.wait(30.0);
    let ended = placement(&cloud, "late").await;
    assert_eq!(
        (&ended["Status"], ended["EndTime"].is_number()),
        (&json!("TIMED_OUT"), true)
    );
}

#[tokio::test]
async fn session_that_fails_is_followed_by_another_try() {
    let cloud = Cloud::start().await;
    let lab = cloud.lab().await;
    cloud.queue("main", 600, &lab).await;
    let mut bad = lab.server("p-1", 7777).await;
    cloud.ok("StartGameSessionPlacement", request("one")).await;
    bad.pushed("CreateGameSession").await;
    let mut good = lab.server("p-2", 7778).await;
    bad.ok("TerminateServerProcess", json!({})).await;
    let session = good.host().await;
    assert_eq!(placement(&cloud, "one").await["GameSessionArn"], session);
}

#[tokio::test]
async fn pending_placement_can_be_stopped_once() {
    let cloud = Cloud::start().await;
    let lab = cloud.lab().await;
    cloud.queue("main", 60, &lab).await;
    cloud.ok("StartGameSessionPlacement", request("one")).await;
    let id = json!({ "PlacementId": "one" });
    let stopped = cloud
        .get(
            "/GameSessionPlacement/Status",
            "StopGameSessionPlacement",
            id.clone(),
        )
        .await;
    assert_eq!(stopped, "CANCELLED");
    let expected = "InvalidRequestException: placement `one` is no longer PENDING";
    cloud
        .refused("StopGameSessionPlacement", id, expected)
        .await;
}

#[tokio::test]
async fn destination_may_be_an_alias() {
    let cloud = Cloud::start().await;
    let lab = cloud.lab().await;
    let strategy = json!({ "Type": "SIMPLE", "FleetId": lab.fleet });
    let alias = json!({ "Name": "live", "RoutingStrategy": strategy });
    let arn = cloud.get("/Alias/AliasArn", "CreateAlias", alias).await;
    let queue = json!({ "Name": "main", "Destinations": [{ "DestinationArn": arn }] });
    cloud.ok("CreateGameSessionQueue", queue).await;
    let mut server = lab.server("p-1", 7777).await;
    cloud.ok("StartGameSessionPlacement", request("one")).await;
    server.host().await;
    assert_eq!(placement(&cloud, "one").await["Status"], "FULFILLED");
}

#[tokio::test]
async fn request_that_contradicts_itself_is_refused() {
    let cloud = Cloud::start().await;
    let lab = cloud.lab().await;
    cloud.queue("main", 60, &lab).await;
    let mut crowd = request("one");
    crowd["MaximumPlayerSessionCount"] = 1.into();
    let expected = "InvalidRequestException: `DesiredPlayerSessions` names 2 players, more than `MaximumPlayerSessionCount`, which is 1";
    cloud
        .refused("StartGameSessionPlacement", crowd, expected)
        .await;
    let missing = json!({ "PlacementId": "x", "GameSessionQueueName": "side", "MaximumPlayerSessionCount": 1 });
    let expected = "NotFoundException: game session queue `side` does not exist";
    cloud
        .refused("StartGameSessionPlacement", missing, expected)
        .await;
}
