//! From tickets to game sessions, with the events on the way.

use gamelift_local::Notification;
use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedReceiver;

use crate::cloud::Cloud;
use crate::events::listening;

/// A cloud, its events, and how to ask for a match.
struct Arena {
    cloud: Cloud,
    events: UnboundedReceiver<Notification>,
}

const DUEL: &str = r#"{
    "ruleLanguageVersion": "1.0",
    "playerAttributes": [{"name": "skill", "type": "number", "default": 10}],
    "teams": [{"name": "red", "minPlayers": 1, "maxPlayers": 1}, {"name": "blue", "minPlayers": 1, "maxPlayers": 1}],
    "rules": [{"name": "Fair", "type": "distance", "measurements": ["teams[red].players.attributes[skill]"],
               "referenceValue": "avg(teams[blue].players.attributes[skill])", "maxDistance": 5}]
}"#;

const CROWD: &str = r#"{
    "ruleLanguageVersion": "1.0",
    "teams": [{"name": "all", "minPlayers": 1, "maxPlayers": 3}],
    "expansions": []
}"#;

impl Arena {
    async fn start(body: &str, settings: Value) -> Self {
        let (cloud, events) = listening(0).await;
        cloud
            .ok(
                "CreateMatchmakingRuleSet",
                json!({ "Name": "rules", "RuleSetBody": body }),
            )
            .await;
        let mut configuration = json!({
            "Name": "duel", "RuleSetName": "rules", "AcceptanceRequired": false, "RequestTimeoutSeconds": 60,
            "NotificationTarget": "arn:aws:sns:eu-west-1:000000000000:events", "CustomEventData": "blue",
        });
        configuration
            .as_object_mut()
            .unwrap()
            .extend(settings.as_object().unwrap().clone());
        cloud
            .ok("CreateMatchmakingConfiguration", configuration)
            .await;
        Self { cloud, events }
    }

    async fn standalone(body: &str) -> Self {
        Self::start(body, json!({ "FlexMatchMode": "STANDALONE" })).await
    }

    async fn with_acceptance() -> Self {
        let settings = json!({ "FlexMatchMode": "STANDALONE", "AcceptanceRequired": true, "AcceptanceTimeoutSeconds": 20 });
        Self::start(DUEL, settings).await
    }

    async fn ask(&self, ticket: &str, players: &[&str]) {
        let players: Vec<_> = players
            .iter()
            .map(|player| json!({ "PlayerId": player }))
            .collect();
        let request =
            json!({ "ConfigurationName": "duel", "TicketId": ticket, "Players": players });
        self.cloud.ok("StartMatchmaking", request).await;
    }

    async fn accept(&self, ticket: &str, player: &str, answer: &str) {
        let answer = json!({ "TicketId": ticket, "PlayerIds": [player], "AcceptanceType": answer });
        self.cloud.ok("AcceptMatch", answer).await;
    }

    async fn ticket(&self, id: &str) -> Value {
        self.cloud
            .get(
                "/TicketList/0",
                "DescribeMatchmaking",
                json!({ "TicketIds": [id] }),
            )
            .await
    }

    async fn status(&self, id: &str) -> String {
        self.ticket(id).await["Status"].as_str().unwrap().to_owned()
    }

    /// The detail of the next event, which must be of this type and about these tickets.
    async fn event(&mut self, kind: &str, tickets: &[&str]) -> Value {
        let mut event = self.events.recv().await.unwrap().event;
        let detail = event["detail"].take();
        assert_eq!(detail["type"], kind, "{detail}");
        let named = detail["tickets"].as_array().unwrap().iter();
        let mut named: Vec<_> = named
            .map(|ticket| ticket["ticketId"].as_str().unwrap())
            .collect();
        named.sort_unstable();
        assert_eq!(named, tickets, "{detail}");
        detail
    }

    /// Two tickets with a proposed match between them.
    async fn proposed(&mut self) -> Value {
        self.ask("t-1", &["ann"]).await;
        self.ask("t-2", &["bob"]).await;
        self.event("MatchmakingSearching", &["t-1"]).await;
        self.event("MatchmakingSearching", &["t-2"]).await;
        self.event("PotentialMatchCreated", &["t-1", "t-2"]).await
    }
}

#[tokio::test]
async fn standalone_match_succeeds_with_teams_alone() {
    let mut arena = Arena::standalone(DUEL).await;
    let proposed = arena.proposed().await;
    assert_eq!(proposed["acceptanceRequired"], false);
    assert_eq!(proposed["ruleEvaluationMetrics"][0]["ruleName"], "Fair");
    let done = arena.event("MatchmakingSucceeded", &["t-1", "t-2"]).await;
    assert_eq!(
        (&done["matchId"], &done["customEventData"]),
        (&proposed["matchId"], &json!("blue"))
    );
    let players = done["gameSessionInfo"]["players"].as_array().unwrap();
    let mut teams: Vec<_> = players
        .iter()
        .map(|player| player["team"].as_str().unwrap())
        .collect();
    teams.sort_unstable();
    assert_eq!(teams, ["blue", "red"]);
    let ticket = arena.ticket("t-1").await;
    assert_eq!(
        (&ticket["Status"], ticket["EndTime"].is_number()),
        (&json!("COMPLETED"), true)
    );
}

#[tokio::test]
async fn first_event_has_the_published_shape() {
    let mut arena = Arena::standalone(DUEL).await;
    arena.ask("t-1", &["ann"]).await;
    let detail = arena.event("MatchmakingSearching", &["t-1"]).await;
    let expected = json!({
        "type": "MatchmakingSearching", "estimatedWaitMillis": "NOT_AVAILABLE", "customEventData": "blue",
        "tickets": [{ "ticketId": "t-1", "startTime": "2023-11-14T22:13:20.000Z", "players": [{ "playerId": "ann" }] }],
        "gameSessionInfo": { "players": [{ "playerId": "ann" }] },
    });
    assert_eq!(detail, expected);
    assert_eq!(arena.status("t-1").await, "SEARCHING");
}

#[tokio::test]
async fn rules_of_the_rule_set_decide_who_plays() {
    let mut arena = Arena::standalone(DUEL).await;
    let request = |ticket: &str, skill: u32| {
        json!({
            "ConfigurationName": "duel", "TicketId": ticket,
            "Players": [{ "PlayerId": ticket, "PlayerAttributes": { "skill": { "N": skill } } }],
        })
    };
    for (ticket, skill) in [("weak", 1), ("strong", 90), ("stronger", 93)] {
        arena
            .cloud
            .ok("StartMatchmaking", request(ticket, skill))
            .await;
        arena.event("MatchmakingSearching", &[ticket]).await;
    }
    arena
        .event("PotentialMatchCreated", &["strong", "stronger"])
        .await;
    let refused = request("odd", 1)
        .to_string()
        .replace(r#"{"N":1}"#, r#"{"S":"one"}"#);
    let expected = "InvalidRequestException: attribute `skill` of player `odd` must be a `number`";
    arena
        .cloud
        .refused(
            "StartMatchmaking",
            serde_json::from_str(&refused).unwrap(),
            expected,
        )
        .await;
}

#[tokio::test]
async fn match_is_final_when_everybody_accepts() {
    let mut arena = Arena::with_acceptance().await;
    let proposed = arena.proposed().await;
    assert_eq!(
        (
            &proposed["acceptanceRequired"],
            &proposed["acceptanceTimeout"]
        ),
        (&json!(true), &json!(20))
    );
    assert_eq!(arena.status("t-1").await, "REQUIRES_ACCEPTANCE");
    arena.accept("t-1", "ann", "ACCEPT").await;
    let answers = arena.event("AcceptMatch", &["t-1", "t-2"]).await;
    let players = answers["gameSessionInfo"]["players"].as_array().unwrap();
    let accepted: Vec<_> = players
        .iter()
        .map(|player| player["accepted"].clone())
        .collect();
    assert_eq!(
        accepted
            .iter()
            .filter(|accepted| accepted.is_null())
            .count(),
        1
    );
    arena.accept("t-2", "bob", "ACCEPT").await;
    arena.event("AcceptMatch", &["t-1", "t-2"]).await;
    let completed = arena.event("AcceptMatchCompleted", &["t-1", "t-2"]).await;
    assert_eq!(
        (&completed["acceptance"], &completed["matchId"]),
        (&json!("Accepted"), &proposed["matchId"])
    );
    arena.event("MatchmakingSucceeded", &["t-1", "t-2"]).await;
}

#[tokio::test]
async fn rejection_sends_the_others_back_and_ends_the_rejecter() {
    let mut arena = Arena::with_acceptance().await;
    arena.proposed().await;
    arena.accept("t-1", "ann", "ACCEPT").await;
    arena.event("AcceptMatch", &["t-1", "t-2"]).await;
    arena.accept("t-2", "bob", "REJECT").await;
    arena.event("AcceptMatch", &["t-1", "t-2"]).await;
    let completed = arena.event("AcceptMatchCompleted", &["t-1", "t-2"]).await;
    assert_eq!(completed["acceptance"], "Rejected");
    let mut kinds = Vec::new();
    for _ in 0..2 {
        let event = arena.events.recv().await.unwrap().event;
        kinds.push((
            event["detail"]["type"].clone(),
            event["detail"]["tickets"][0]["ticketId"].clone(),
        ));
    }
    kinds.sort_by_key(|(kind, _)| kind.to_string());
    assert_eq!(
        kinds,
        [
            (json!("MatchmakingFailed"), json!("t-2")),
            (json!("MatchmakingSearching"), json!("t-1"))
        ]
    );
    assert_eq!(
        (arena.status("t-1").await, arena.status("t-2").await),
        ("SEARCHING".to_owned(), "CANCELLED".to_owned())
    );
}

#[tokio::test]
async fn silence_ends_the_proposal() {
    let mut arena = Arena::with_acceptance().await;
    arena.proposed().await;
    arena.cloud.wait(20.0);
    let completed = arena.event("AcceptMatchCompleted", &["t-1", "t-2"]).await;
    assert_eq!(completed["acceptance"], "TimedOut");
    assert_eq!(arena.status("t-1").await, "CANCELLED");
}

#[tokio::test]
async fn only_a_proposed_match_can_be_accepted() {
    let mut arena = Arena::with_acceptance().await;
    arena.ask("t-1", &["ann"]).await;
    arena.event("MatchmakingSearching", &["t-1"]).await;
    let answer = |ticket: &str, player: &str| json!({ "TicketId": ticket, "PlayerIds": [player], "AcceptanceType": "ACCEPT" });
    let expected =
        "InvalidRequestException: matchmaking ticket `t-1` is SEARCHING, not REQUIRES_ACCEPTANCE";
    arena
        .cloud
        .refused("AcceptMatch", answer("t-1", "ann"), expected)
        .await;
    let expected = "NotFoundException: matchmaking ticket `t-9` does not exist";
    arena
        .cloud
        .refused("AcceptMatch", answer("t-9", "ann"), expected)
        .await;
    arena.ask("t-2", &["bob"]).await;
    arena.event("MatchmakingSearching", &["t-2"]).await;
    arena.event("PotentialMatchCreated", &["t-1", "t-2"]).await;
    let expected = "InvalidRequestException: ticket `t-1` has no player `bob`";
    arena
        .cloud
        .refused("AcceptMatch", answer("t-1", "bob"), expected)
        .await;
}

#[tokio::test]
async fn ticket_is_cancelled_or_runs_out_with_its_event() {
    let mut arena = Arena::standalone(DUEL).await;
    arena.ask("t-1", &["ann"]).await;
    arena.event("MatchmakingSearching", &["t-1"]).await;
    arena
        .cloud
        .ok("StopMatchmaking", json!({ "TicketId": "t-1" }))
        .await;
    let cancelled = arena.event("MatchmakingCancelled", &["t-1"]).await;
    assert_eq!(
        (&cancelled["reason"], &cancelled["message"]),
        (&json!("Cancelled"), &json!("Cancelled by request."))
    );
    arena.ask("t-2", &["bob"]).await;
    arena.event("MatchmakingSearching", &["t-2"]).await;
    arena.cloud.wait(60.0);
    let late = arena.event("MatchmakingTimedOut", &["t-2"]).await;
    assert_eq!(
        (&late["reason"], late["ruleEvaluationMetrics"].is_array()),
        (&json!("TimedOut"), true)
    );
    assert_eq!(arena.status("t-2").await, "TIMED_OUT");
}

#[tokio::test]
async fn newer_ticket_of_a_player_replaces_the_older_without_an_event() {
    let mut arena = Arena::standalone(DUEL).await;
    let other = json!({
        "Name": "other", "RuleSetName": "rules", "AcceptanceRequired": false, "RequestTimeoutSeconds": 60,
        "FlexMatchMode": "STANDALONE",
    });
    arena
        .cloud
        .ok("CreateMatchmakingConfiguration", other)
        .await;
    arena.ask("t-1", &["ann"]).await;
    arena.event("MatchmakingSearching", &["t-1"]).await;
    arena.ask("t-2", &["ann"]).await;
    arena.event("MatchmakingSearching", &["t-2"]).await;
    assert_eq!(arena.status("t-1").await, "CANCELLED");
    let elsewhere = json!({ "ConfigurationName": "other", "TicketId": "t-3", "Players": [{ "PlayerId": "ann" }] });
    arena.cloud.ok("StartMatchmaking", elsewhere).await;
    arena.event("MatchmakingSearching", &["t-3"]).await;
    assert_eq!(arena.status("t-2").await, "CANCELLED");
}

async fn with_queue(body: &str, settings: Value) -> (Arena, crate::game_server::Lab) {
    let mut arena = Arena::start(body, json!({ "FlexMatchMode": "STANDALONE" })).await;
    let lab = arena.cloud.lab().await;
    arena.cloud.queue("main", 60, &lab).await;
    let queue = arena
        .cloud
        .get(
            "/GameSessionQueues/0/GameSessionQueueArn",
            "DescribeGameSessionQueues",
            json!({}),
        )
        .await;
    let mut change = json!({
        "Name": "duel", "FlexMatchMode": "WITH_QUEUE", "GameSessionQueueArns": [queue],
        "GameProperties": [{ "Key": "map", "Value": "lava" }], "GameSessionData": "hello",
    });
    change
        .as_object_mut()
        .unwrap()
        .extend(settings.as_object().unwrap().clone());
    arena
        .cloud
        .ok("UpdateMatchmakingConfiguration", change)
        .await;
    arena.events.close();
    let (_, events) = tokio::sync::mpsc::unbounded_channel();
    arena.events = events;
    (arena, lab)
}

#[tokio::test]
async fn match_is_placed_and_every_player_gets_a_seat() {
    let (arena, lab) = with_queue(DUEL, json!({})).await;
    let mut server = lab.server("p-1", 7777).await;
    arena.ask("t-1", &["ann"]).await;
    arena.ask("t-2", &["bob"]).await;
    let session = server.pushed("CreateGameSession").await;
    assert_eq!(
        (
            &session["GameProperties"]["map"],
            &session["GameSessionData"]
        ),
        (&json!("lava"), &json!("hello"))
    );
    assert_eq!(session["MaximumPlayerSessionCount"], 2);
    let data: Value = serde_json::from_str(session["MatchmakerData"].as_str().unwrap()).unwrap();
    assert_eq!(data["teams"].as_array().unwrap().len(), 2);
    assert_eq!(arena.status("t-1").await, "PLACING");
    let expected = "InvalidRequestException: matchmaking ticket `t-1` is in PLACING status and cannot be canceled";
    arena
        .cloud
        .refused("StopMatchmaking", json!({ "TicketId": "t-1" }), expected)
        .await;

    server
        .ok(
            "ActivateGameSession",
            json!({ "GameSessionId": session["GameSessionId"] }),
        )
        .await;
    let ticket = arena.ticket("t-1").await;
    let connection = &ticket["GameSessionConnectionInfo"];
    assert_eq!(
        (&ticket["Status"], &connection["Port"]),
        (&json!("COMPLETED"), &json!(7777))
    );
    assert_eq!(connection["GameSessionArn"], session["GameSessionId"]);
    let seats = connection["MatchedPlayerSessions"].as_array().unwrap();
    assert_eq!((seats.len(), &seats[0]["PlayerId"]), (1, &json!("ann")));
    let seat = json!({ "GameSessionId": session["GameSessionId"], "PlayerSessionId": seats[0]["PlayerSessionId"] });
    server.ok("AcceptPlayerSession", seat).await;
}

#[tokio::test]
async fn match_without_a_place_fails_when_the_queue_gives_up() {
    let (arena, _lab) = with_queue(DUEL, json!({})).await;
    arena.ask("t-1", &["ann"]).await;
    arena.ask("t-2", &["bob"]).await;
    assert_eq!(arena.status("t-2").await, "PLACING");
    arena.cloud.wait(60.0);
    // The placement ends first, then the match that waits for it.
    arena.status("t-1").await;
    assert_eq!(arena.status("t-1").await, "FAILED");
}

#[tokio::test]
async fn game_server_gets_the_players_that_it_asks_for() {
    let (arena, lab) = with_queue(CROWD, json!({})).await;
    let mut server = lab.server("p-1", 7777).await;
    arena.ask("t-1", &["ann"]).await;
    let session = server.host().await;
    let configuration = arena.ticket("t-1").await["ConfigurationArn"].clone();
    let request = json!({
        "GameSessionArn": session, "MatchmakingConfigurationArn": configuration, "TicketId": "fill",
        "Players": [{ "PlayerId": "ann", "Team": "all", "PlayerAttributes": {}, "LatencyInMs": {} }],
    });
    assert_eq!(
        server.ok("StartMatchBackfill", request).await["TicketId"],
        "fill"
    );
    arena.ask("t-2", &["bob"]).await;
    let update = server.pushed("UpdateGameSession").await;
    assert_eq!(
        (&update["UpdateReason"], &update["BackfillTicketId"]),
        (&json!("MATCHMAKING_DATA_UPDATED"), &json!("fill"))
    );
    let data = update["GameSession"]["MatchmakerData"].as_str().unwrap();
    assert!(data.contains("ann") && data.contains("bob"), "{data}");
    let ticket = arena.ticket("t-2").await;
    assert_eq!(
        ticket["GameSessionConnectionInfo"]["GameSessionArn"],
        session
    );
    assert_eq!(arena.status("fill").await, "COMPLETED");
}

#[tokio::test]
async fn backfill_that_ends_without_players_is_told() {
    let (arena, lab) = with_queue(CROWD, json!({})).await;
    let mut server = lab.server("p-1", 7777).await;
    arena.ask("t-1", &["ann"]).await;
    let session = server.host().await;
    let configuration = arena.ticket("t-1").await["ConfigurationArn"].clone();
    let request = json!({
        "GameSessionArn": session, "MatchmakingConfigurationArn": configuration, "TicketId": "fill",
        "Players": [{ "PlayerId": "ann", "Team": "all" }],
    });
    server.ok("StartMatchBackfill", request).await;
    let stop = json!({ "GameSessionArn": session, "MatchmakingConfigurationArn": configuration, "TicketId": "fill" });
    server.ok("StopMatchBackfill", stop).await;
    assert_eq!(
        server.pushed("UpdateGameSession").await["UpdateReason"],
        "BACKFILL_CANCELLED"
    );
    assert_eq!(arena.status("fill").await, "CANCELLED");
}

#[tokio::test]
async fn automatic_backfill_fills_open_slots() {
    let (arena, lab) = with_queue(CROWD, json!({ "BackfillMode": "AUTOMATIC" })).await;
    let mut server = lab.server("p-1", 7777).await;
    arena.ask("t-1", &["ann"]).await;
    let pushed = server.pushed("CreateGameSession").await;
    let data: Value = serde_json::from_str(pushed["MatchmakerData"].as_str().unwrap()).unwrap();
    assert_eq!(data["autoBackfillMode"], "AUTOMATIC");
    let session = &pushed["GameSessionId"];
    server
        .ok("ActivateGameSession", json!({ "GameSessionId": session }))
        .await;
    let ticket = data["autoBackfillTicketId"].as_str().unwrap();
    for player in ["bob", "cid"] {
        arena.cloud.wait(1.0);
        arena.ask(player, &[player]).await;
        server.pushed("UpdateGameSession").await;
        assert_eq!(
            arena.ticket(player).await["GameSessionConnectionInfo"]["GameSessionArn"],
            *session
        );
    }
    assert_eq!(arena.status(ticket).await, "COMPLETED");
    let count = "/GameSessions/0/CurrentPlayerSessionCount";
    let sessions = json!({ "GameSessionId": session });
    assert_eq!(
        arena
            .cloud
            .get(count, "DescribeGameSessions", sessions)
            .await,
        3
    );
}
