//! State that survives a restart.

use std::sync::Arc;

use gamelift_local::{Config, GameLiftLocal, ManualClock};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::cloud::{Cloud, NOW};

/// Another service that goes on with what this one has saved.
async fn restarted(cloud: &Cloud) -> Cloud {
    let service = GameLiftLocal::new(Config {
        speed: 1.0,
        clock: Arc::new(ManualClock::at(NOW + 7200.0)),
        ..Config::new("another-token")
    });
    service.restore(&cloud.service.save()).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { service.serve(listener, std::future::pending()).await });
    Cloud::start().await.at(address)
}

async fn same(one: &Cloud, two: &Cloud, operation: &str, input: Value) {
    let before = one.ok(operation, input.clone()).await;
    assert_eq!(two.ok(operation, input).await, before, "{operation}");
}

#[tokio::test]
async fn resources_are_the_same_after_a_restart() {
    let cloud = Cloud::start().await;
    let fleet = cloud.fleet().await;
    let lab = cloud.lab().await;
    cloud.queue("main", 60, &lab).await;
    cloud.matchmaker("duel").await;
    let again = restarted(&cloud).await;
    for operation in [
        "DescribeFleetAttributes",
        "DescribeGameSessionQueues",
        "DescribeMatchmakingConfigurations",
        "DescribeMatchmakingRuleSets",
        "ListBuilds",
        "ListLocations",
    ] {
        same(&cloud, &again, operation, json!({})).await;
    }
    same(
        &cloud,
        &again,
        "DescribeFleetEvents",
        json!({ "FleetId": fleet }),
    )
    .await;
    same(
        &cloud,
        &again,
        "GetComputeAuthToken",
        json!({ "FleetId": lab.fleet, "ComputeName": "bench" }),
    )
    .await;
    let twice = "InvalidRequestException: matchmaking rule set `duel` already exists";
    let body = r#"{"ruleLanguageVersion": "1.0", "teams": [{"name": "all", "minPlayers": 2, "maxPlayers": 2}]}"#;
    again
        .refused(
            "CreateMatchmakingRuleSet",
            json!({ "Name": "duel", "RuleSetBody": body }),
            twice,
        )
        .await;
}

#[tokio::test]
async fn open_ticket_keeps_its_age_and_game_sessions_have_ended() {
    let cloud = Cloud::start().await;
    let lab = cloud.lab().await;
    let mut server = lab.server("p-1", 7777).await;
    let request =
        json!({ "FleetId": lab.fleet, "Location": "custom-lab", "MaximumPlayerSessionCount": 2 });
    cloud.ok("CreateGameSession", request).await;
    let session = server.host().await;
    cloud.matchmaker("duel").await;
    let ticket = json!({ "ConfigurationName": "duel", "TicketId": "t-1", "Players": [{ "PlayerId": "ann" }] });
    cloud.ok("StartMatchmaking", ticket).await;
    let again = restarted(&cloud).await;
    let session = json!({ "GameSessionId": session });
    assert_eq!(
        again
            .get("/GameSessions/0/Status", "DescribeGameSessions", session)
            .await,
        "TERMINATED"
    );
    // It was in the pool for two hours by then.
    let tickets = json!({ "TicketIds": ["t-1"] });
    assert_eq!(
        again
            .get("/TicketList/0/Status", "DescribeMatchmaking", tickets)
            .await,
        "TIMED_OUT"
    );
}

#[test]
fn foreign_state_is_refused() {
    let service = GameLiftLocal::new(Config::new("the-token"));
    for saved in [
        "",
        "{}",
        r#"{"format": 0}"#,
        r#"{"format": 1, "regions": 7}"#,
    ] {
        assert!(service.restore(saved.as_bytes()).is_err(), "{saved}");
    }
}
