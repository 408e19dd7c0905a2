//! Rule sets, configurations and tickets.

use serde_json::json;

use crate::cloud::{Cloud, NOW};

#[tokio::test]
async fn configuration_needs_a_rule_set_that_exists() {
    let cloud = Cloud::start().await;
    let configuration = json!({
        "Name": "duel", "RuleSetName": "missing", "FlexMatchMode": "STANDALONE",
        "AcceptanceRequired": false, "RequestTimeoutSeconds": 30,
    });
    let expected = "NotFoundException: matchmaking rule set `missing` does not exist";
    cloud
        .refused("CreateMatchmakingConfiguration", configuration, expected)
        .await;
}

#[tokio::test]
async fn configuration_names_its_rule_set_and_arns() {
    let cloud = Cloud::start().await;
    cloud.matchmaker("duel").await;
    let found = cloud
        .get(
            "/Configurations/0",
            "DescribeMatchmakingConfigurations",
            json!({ "RuleSetName": "duel" }),
        )
        .await;
    assert_eq!(
        found["RuleSetArn"],
        "arn:aws:gamelift:eu-west-1:000000000000:matchmakingruleset/duel"
    );
    assert_eq!(
        found["ConfigurationArn"],
        "arn:aws:gamelift:eu-west-1:000000000000:matchmakingconfiguration/duel"
    );
    assert_eq!(found["BackfillMode"], "MANUAL");
}

#[tokio::test]
async fn configuration_with_queue_needs_exactly_one() {
    let cloud = Cloud::start().await;
    cloud.matchmaker("duel").await;
    let change = json!({ "Name": "duel", "FlexMatchMode": "WITH_QUEUE" });
    let expected = "InvalidRequestException: `GameSessionQueueArns` needs exactly one queue with FlexMatchMode WITH_QUEUE";
    cloud
        .refused("UpdateMatchmakingConfiguration", change, expected)
        .await;
}

#[tokio::test]
async fn acceptance_needs_a_timeout() {
    let cloud = Cloud::start().await;
    cloud.matchmaker("duel").await;
    let change = json!({ "Name": "duel", "AcceptanceRequired": true });
    let expected = "InvalidRequestException: `AcceptanceTimeoutSeconds` is required when acceptance is required";
    cloud
        .refused("UpdateMatchmakingConfiguration", change, expected)
        .await;
}

#[tokio::test]
async fn rule_set_in_use_cannot_be_deleted() {
    let cloud = Cloud::start().await;
    cloud.matchmaker("duel").await;
    let expected =
        "InvalidRequestException: rule set `duel` is in use by matchmaking configuration `duel`";
    cloud
        .refused(
            "DeleteMatchmakingRuleSet",
            json!({ "Name": "duel" }),
            expected,
        )
        .await;
    cloud
        .ok("DeleteMatchmakingConfiguration", json!({ "Name": "duel" }))
        .await;
    cloud
        .ok("DeleteMatchmakingRuleSet", json!({ "Name": "duel" }))
        .await;
}

#[tokio::test]
async fn rule_set_is_validated_and_the_first_error_has_its_place() {
    let cloud = Cloud::start().await;
    let team = r#"{"name": "all", "minPlayers": 1, "maxPlayers": 2}"#;
    let good = format!(r#"{{"ruleLanguageVersion": "1.0", "teams": [{team}]}}"#);
    assert_eq!(
        cloud
            .ok("ValidateMatchmakingRuleSet", json!({ "RuleSetBody": good }))
            .await,
        json!({ "Valid": true })
    );
    let nameless = good.replace(r#""name": "all", "#, "");
    let expected = "InvalidRequestException: the rule set is not valid: \
                    line 1, column 42: required property `name` is missing";
    for operation in ["ValidateMatchmakingRuleSet", "CreateMatchmakingRuleSet"] {
        let input = json!({ "Name": "duel", "RuleSetBody": nameless });
        cloud.refused(operation, input, expected).await;
    }
}

#[tokio::test]
async fn ticket_is_queued_then_cancelled_once() {
    let cloud = Cloud::start().await;
    cloud.matchmaker("duel").await;
    let request = json!({ "ConfigurationName": "duel", "TicketId": "t-1", "Players": [{ "PlayerId": "ann" }] });
    let ticket = cloud
        .get("/MatchmakingTicket", "StartMatchmaking", request.clone())
        .await;
    assert_eq!(
        (&ticket["Status"], &ticket["StartTime"]),
        (&json!("QUEUED"), &json!(NOW))
    );
    let again = "InvalidRequestException: matchmaking ticket `t-1` already exists";
    cloud.refused("StartMatchmaking", request, again).await;

    assert_eq!(
        cloud
            .ok("StopMatchmaking", json!({ "TicketId": "t-1" }))
            .await,
        json!({})
    );
    let status = cloud
        .get(
            "/TicketList/0/Status",
            "DescribeMatchmaking",
            json!({ "TicketIds": ["t-1"] }),
        )
        .await;
    assert_eq!(status, "CANCELLED");
    let done = "InvalidRequestException: matchmaking ticket `t-1` is already CANCELLED";
    cloud
        .refused("StopMatchmaking", json!({ "TicketId": "t-1" }), done)
        .await;
}

#[tokio::test]
async fn ticket_times_out_and_then_its_matchmaker_can_go() {
    let cloud = Cloud::start().await;
    cloud.matchmaker("duel").await;
    let request = json!({ "ConfigurationName": "duel", "TicketId": "t-1", "Players": [{ "PlayerId": "ann" }] });
    cloud.ok("StartMatchmaking", request).await;
    let busy = "InvalidRequestException: matchmaking configuration `duel` has tickets in progress";
    let duel = json!({ "Name": "duel" });
    cloud
        .refused("DeleteMatchmakingConfiguration", duel.clone(), busy)
        .await;

    cloud.wait(43_200.0);
    let status = cloud
        .get(
            "/TicketList/0/Status",
            "DescribeMatchmaking",
            json!({ "TicketIds": ["t-1"] }),
        )
        .await;
    assert_eq!(status, "TIMED_OUT");
    cloud.ok("DeleteMatchmakingConfiguration", duel).await;
}

#[tokio::test]
async fn ticket_for_an_unknown_matchmaker_is_refused() {
    let cloud = Cloud::start().await;
    let request = json!({ "ConfigurationName": "duel", "Players": [{ "PlayerId": "ann" }] });
    let expected = "NotFoundException: matchmaking configuration `duel` does not exist";
    cloud.refused("StartMatchmaking", request, expected).await;
}

#[tokio::test]
async fn unknown_tickets_are_left_out() {
    let cloud = Cloud::start().await;
    assert_eq!(
        cloud
            .ok("DescribeMatchmaking", json!({ "TicketIds": ["t-1"] }))
            .await,
        json!({ "TicketList": [] })
    );
}

#[tokio::test]
async fn configuration_with_open_tickets_cannot_be_deleted() {
    let cloud = Cloud::start().await;
    cloud.matchmaker("duel").await;
    let request = json!({ "ConfigurationName": "duel", "TicketId": "t-1", "Players": [{ "PlayerId": "ann" }] });
    cloud.ok("StartMatchmaking", request).await;
    let expected =
        "InvalidRequestException: matchmaking configuration `duel` has tickets in progress";
    cloud
        .refused(
            "DeleteMatchmakingConfiguration",
            json!({ "Name": "duel" }),
            expected,
        )
        .await;
}
