//! Game sessions on server processes, player sessions, and computes.

use serde_json::{Value, json};

use crate::cloud::Cloud;
use crate::game_server::Lab;

async fn request(lab: &Lab, maximum: u32) -> Value {
    json!({ "FleetId": lab.fleet, "Location": "custom-lab", "MaximumPlayerSessionCount": maximum, "Name": "friday" })
}

#[tokio::test]
async fn session_is_activated_by_its_process_and_ends_with_it() {
    let cloud = Cloud::start().await;
    let lab = cloud.lab().await;
    let mut server = lab.server("p-1", 7777).await;
    let created = cloud
        .get("/GameSession", "CreateGameSession", request(&lab, 4).await)
        .await;
    assert_eq!(
        (&created["Status"], &created["Port"]),
        (&json!("ACTIVATING"), &json!(7777))
    );
    let arn = &created["GameSessionId"];
    assert_eq!(server.host().await, *arn);
    let session = cloud
        .get(
            "/GameSessions/0",
            "DescribeGameSessions",
            json!({ "GameSessionId": arn }),
        )
        .await;
    assert_eq!(
        (&session["Status"], &session["IpAddress"]),
        (&json!("ACTIVE"), &json!("127.0.0.1"))
    );

    server.ok("TerminateServerProcess", json!({})).await;
    let status = cloud
        .get(
            "/GameSessions/0/Status",
            "DescribeGameSessions",
            json!({ "GameSessionId": arn }),
        )
        .await;
    assert_eq!(status, "TERMINATED");
}

#[tokio::test]
async fn fleet_without_an_idle_process_has_no_capacity() {
    let cloud = Cloud::start().await;
    let lab = cloud.lab().await;
    let fleet = lab.fleet.as_str().unwrap();
    let expected = format!(
        "FleetCapacityExceededException: fleet `{fleet}` has no server process in custom-lab that is ready for a game session"
    );
    cloud
        .refused("CreateGameSession", request(&lab, 4).await, &expected)
        .await;
    let _starting = lab.process("p-1").await;
    cloud
        .refused("CreateGameSession", request(&lab, 4).await, &expected)
        .await;
    let _ready = lab.server("p-2", 7777).await;
    cloud.ok("CreateGameSession", request(&lab, 4).await).await;
    cloud
        .refused("CreateGameSession", request(&lab, 4).await, &expected)
        .await;
}

#[tokio::test]
async fn same_token_is_the_same_session() {
    let cloud = Cloud::start().await;
    let lab = cloud.lab().await;
    let _server = lab.server("p-1", 7777).await;
    let mut request = request(&lab, 4).await;
    request["IdempotencyToken"] = "once".into();
    let first = cloud
        .get(
            "/GameSession/GameSessionId",
            "CreateGameSession",
            request.clone(),
        )
        .await;
    let second = cloud
        .get("/GameSession/GameSessionId", "CreateGameSession", request)
        .await;
    assert_eq!(first, second);
}

#[tokio::test]
async fn player_is_let_in_with_the_seat_that_was_reserved() {
    let cloud = Cloud::start().await;
    let lab = cloud.lab().await;
    let mut server = lab.server("p-1", 7777).await;
    cloud.ok("CreateGameSession", request(&lab, 2).await).await;
    let session = server.host().await;
    let players = json!({ "GameSessionId": session, "PlayerIds": ["ann", "bob"], "PlayerDataMap": { "bob": "red" } });
    let seats = cloud
        .get("/PlayerSessions", "CreatePlayerSessions", players)
        .await;
    assert_eq!(
        (&seats[0]["Status"], &seats[1]["PlayerData"]),
        (&json!("RESERVED"), &json!("red"))
    );
    let full = json!({ "GameSessionId": session, "PlayerId": "cid" });
    let expected = format!(
        "GameSessionFullException: game session `{}` takes no more players",
        session.as_str().unwrap()
    );
    cloud
        .refused("CreatePlayerSession", full.clone(), &expected)
        .await;

    let seat = json!({ "GameSessionId": session, "PlayerSessionId": seats[0]["PlayerSessionId"] });
    server.ok("AcceptPlayerSession", seat.clone()).await;
    let again = server.request("AcceptPlayerSession", seat.clone()).await;
    assert_eq!(again["StatusCode"], 400);
    let forged = json!({ "GameSessionId": session, "PlayerSessionId": "psess-forged" });
    assert_eq!(
        server.request("AcceptPlayerSession", forged).await["StatusCode"],
        404
    );
    let active =
        json!({ "GameSessionId": session, "PlayerSessionStatusFilter": "ACTIVE", "Limit": 0 });
    let seen = server.ok("DescribePlayerSessions", active).await;
    assert_eq!(seen["PlayerSessions"][0]["PlayerId"], "ann");

    server.ok("RemovePlayerSession", seat).await;
    cloud.wait(60.0);
    // Ann has left, and bob did not come.
    let seats = cloud
        .get(
            "/PlayerSessions",
            "DescribePlayerSessions",
            json!({ "GameSessionId": session }),
        )
        .await;
    let mut states: Vec<_> = seats
        .as_array()
        .unwrap()
        .iter()
        .map(|seat| seat["Status"].as_str().unwrap())
        .collect();
    states.sort_unstable();
    assert_eq!(states, ["COMPLETED", "TIMEDOUT"]);
    cloud.ok("CreatePlayerSession", full).await;
}

#[tokio::test]
async fn process_may_close_its_session_to_new_players() {
    let cloud = Cloud::start().await;
    let lab = cloud.lab().await;
    let mut server = lab.server("p-1", 7777).await;
    cloud.ok("CreateGameSession", request(&lab, 2).await).await;
    let session = server.host().await;
    let policy = json!({ "GameSessionId": session, "PlayerSessionPolicy": "DENY_ALL" });
    server.ok("UpdatePlayerSessionCreationPolicy", policy).await;
    let search =
        json!({ "FleetId": lab.fleet, "FilterExpression": "hasAvailablePlayerSessions=true" });
    assert_eq!(
        cloud.ok("SearchGameSessions", search).await,
        json!({ "GameSessions": [] })
    );
    let open = json!({ "GameSessionId": session, "PlayerSessionCreationPolicy": "ACCEPT_ALL" });
    cloud.ok("UpdateGameSession", open).await;
    assert_eq!(
        server.pushed("UpdateGameSession").await["GameSession"]["GameSessionId"],
        session
    );
    let search = json!({ "FleetId": lab.fleet, "FilterExpression": "gameSessionName = 'friday'" });
    assert_eq!(
        cloud
            .get(
                "/GameSessions/0/GameSessionId",
                "SearchGameSessions",
                search
            )
            .await,
        session
    );
}

#[tokio::test]
async fn session_that_is_not_activated_in_time_is_an_error() {
    let cloud = Cloud::start().await;
    let lab = cloud.lab().await;
    let mut server = lab.server("p-1", 7777).await;
    let session = cloud
        .get(
            "/GameSession/GameSessionId",
            "CreateGameSession",
            request(&lab, 4).await,
        )
        .await;
    server.pushed("CreateGameSession").await;
    for _ in 0..3 {
        cloud.wait(100.0);
        server
            .request("HeartbeatServerProcess", json!({ "HealthStatus": true }))
            .await;
    }
    let status = cloud
        .get(
            "/GameSessions/0/Status",
            "DescribeGameSessions",
            json!({ "GameSessionId": session }),
        )
        .await;
    assert_eq!(status, "ERROR");
    let events = cloud
        .ok("DescribeFleetEvents", json!({ "FleetId": lab.fleet }))
        .await
        .to_string();
    assert!(
        events.contains("GAME_SESSION_ACTIVATION_TIMEOUT"),
        "{events}"
    );
}

#[tokio::test]
async fn silent_process_is_taken_out_and_its_session_ends() {
    let cloud = Cloud::start().await;
    let lab = cloud.lab().await;
    let mut server = lab.server("p-1", 7777).await;
    cloud.ok("CreateGameSession", request(&lab, 4).await).await;
    let session = server.host().await;
    cloud.wait(180.0);
    let status = cloud
        .get(
            "/GameSessions/0/Status",
            "DescribeGameSessions",
            json!({ "GameSessionId": session }),
        )
        .await;
    assert_eq!(status, "TERMINATED");
    assert!(server.is_disconnected().await);
    let events = cloud
        .ok("DescribeFleetEvents", json!({ "FleetId": lab.fleet }))
        .await
        .to_string();
    assert!(
        events.contains("SERVER_PROCESS_TERMINATED_UNHEALTHY"),
        "{events}"
    );
}

#[tokio::test]
async fn session_is_ended_gently_or_at_once() {
    let cloud = Cloud::start().await;
    let lab = cloud.lab().await;
    let mut server = lab.server("p-1", 7777).await;
    cloud.ok("CreateGameSession", request(&lab, 4).await).await;
    let session = server.host().await;
    let end = |mode: &str| json!({ "GameSessionId": session, "TerminationMode": mode });
    let status = cloud
        .get(
            "/GameSession/Status",
            "TerminateGameSession",
            end("TRIGGER_ON_PROCESS_TERMINATE"),
        )
        .await;
    assert_eq!(status, "TERMINATING");
    assert!(server.pushed("TerminateProcess").await["TerminationTime"].is_i64());

    let mut other = lab.server("p-2", 7778).await;
    cloud.ok("CreateGameSession", request(&lab, 4).await).await;
    let session = other.host().await;
    let end = json!({ "GameSessionId": session, "TerminationMode": "FORCE_TERMINATE" });
    assert_eq!(
        cloud
            .get("/GameSession/Status", "TerminateGameSession", end)
            .await,
        "TERMINATED"
    );
    assert!(other.is_disconnected().await);
}

#[tokio::test]
async fn process_needs_a_compute_and_its_token() {
    let cloud = Cloud::start().await;
    let lab = cloud.lab().await;
    for address in [
        lab.address("p-1", "wrong"),
        lab.address("p-1", "").replace("bench", "other"),
        "ws://x/".to_owned(),
    ] {
        assert!(tokio_tungstenite::connect_async(address).await.is_err());
    }
    cloud
        .ok(
            "DeregisterCompute",
            json!({ "FleetId": lab.fleet, "ComputeName": "bench" }),
        )
        .await;
    assert_eq!(
        cloud
            .ok("ListCompute", json!({ "FleetId": lab.fleet }))
            .await,
        json!({ "ComputeList": [] })
    );
}

#[tokio::test]
async fn malformed_frames_are_answered_and_the_connection_goes_on() {
    let cloud = Cloud::start().await;
    let lab = cloud.lab().await;
    let mut server = lab.server("p-1", 7777).await;
    for frame in [
        "",
        "{",
        "null",
        "[]",
        "\"x\"",
        r#"{"Action":7}"#,
        r#"{"Action":"AcceptPlayerSession"}"#,
    ] {
        server.send(frame).await;
    }
    let foreign = json!({ "GameSessionId": "arn:aws:gamelift:eu-west-1::gamesession/x/y" });
    assert_eq!(
        server.request("ActivateGameSession", foreign).await["StatusCode"],
        404
    );
    assert_eq!(
        server
            .request("ActivateServerProcess", json!({ "Port": 70000 }))
            .await["StatusCode"],
        400
    );
    server
        .ok("HeartbeatServerProcess", json!({ "HealthStatus": true }))
        .await;
}

#[tokio::test]
async fn managed_fleet_has_a_compute_in_each_of_its_locations() {
    let cloud = Cloud::start().await;
    let fleet = cloud.fleet().await;
    let computes = cloud
        .get("/ComputeList", "ListCompute", json!({ "FleetId": fleet }))
        .await;
    let places: Vec<_> = computes
        .as_array()
        .unwrap()
        .iter()
        .map(|compute| compute["Location"].clone())
        .collect();
    assert_eq!(places.len(), 2);
    let instances = cloud
        .get(
            "/Instances",
            "DescribeInstances",
            json!({ "FleetId": fleet, "Location": "us-east-1" }),
        )
        .await;
    assert_eq!(instances.as_array().unwrap().len(), 1);
    let name = &instances[0]["InstanceId"];
    let expected =
        "InvalidRequestException: the computes of a managed fleet come and go with its capacity";
    cloud
        .refused(
            "DeregisterCompute",
            json!({ "FleetId": fleet, "ComputeName": name }),
            expected,
        )
        .await;
}
