use std::collections::BTreeMap;

use serde_json::Value;
use tickets::attributes::Attribute;
use tickets::fakes::{FakeFlexMatch, Lines, Memory, succeeded, ticket};
use tickets::id::TicketId;
use tickets::player::Player;
use tickets::settings::Variables;
use tickets::state::Status;

use super::*;

const NOW: Timestamp = Timestamp::from_millis(10_000);
const BODY: &str = r#"{"matchmaker":"duel","latency":{"us-east-1":40}}"#;

fn settings() -> Settings {
    let lookup = |name: &str| {
        let value = match name {
            "TICKET_PREFIX" => "game-prod",
            "MATCHMAKERS" => r#"{"duel":{"configuration":"game-prod-duel","timeout_seconds":120}}"#,
            "ATTRIBUTES" => {
                r#"{"skill":{"type":"number","default":1000},"mode":{"type":"string"}}"#
            }
            "LOCATIONS" => r#"["us-east-1","eu-central-1"]"#,
            _ => return None,
        };
        Some(value.to_owned())
    };
    Settings::read(&Variables::new(&lookup)).unwrap()
}

async fn post(
    player: Option<&str>,
    body: &str,
    store: &Memory,
    flexmatch: &FakeFlexMatch,
) -> Answer {
    let lines = Lines::default();
    let telemetry = lines.telemetry();
    let journal = telemetry.journal("r-1");
    let call = ApiCall::of(player, None, body);
    let result = handle(&call, &settings(), store, flexmatch, NOW, &journal).await;
    journal.conclude(result)
}

#[track_caller]
fn assert_code(answer: &Answer, status: u16, code: &str) {
    let body: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(
        (answer.status_code, body["code"].as_str()),
        (status, Some(code)),
        "{}",
        answer.body
    );
}

async fn check_refused(body: &str, detail: &str) {
    let (store, flexmatch) = (Memory::default(), FakeFlexMatch::default());
    let answer = post(Some("ann"), body, &store, &flexmatch).await;
    assert_code(&answer, 400, "bad_request");
    assert!(answer.body.contains(detail), "{}", answer.body);
    assert_eq!((store.tickets(), flexmatch.calls().len()), (0, 0));
}

fn follower(name: &str, leader: &str) -> Player {
    Player {
        party_leader: Some(PlayerId::new(leader)),
        ..Player::unknown(PlayerId::new(name))
    }
}

fn failure() -> (String, String) {
    ("start".to_owned(), "no".to_owned())
}

#[tokio::test]
async fn a_ticket_is_written_and_matchmaking_started() {
    let (store, flexmatch) = (Memory::default(), FakeFlexMatch::default());
    let answer = post(Some("ann"), BODY, &store, &flexmatch).await;
    assert_eq!(answer.status_code, 202, "{}", answer.body);
    let ticket = store.only_ticket();
    assert!(answer.body.contains(ticket.ticket_id.as_str()));
    assert!(settings().prefix.owns(&ticket.ticket_id));
    assert_eq!(store.open_ticket("ann"), Some(ticket.ticket_id.clone()));
    let request = flexmatch.requests().remove(0);
    assert_eq!(
        (request.ticket, request.configuration.as_str()),
        (ticket.ticket_id, "game-prod-duel")
    );
    assert_eq!(
        request.players[0].latency,
        BTreeMap::from([("us-east-1".to_owned(), 40)])
    );
    assert_eq!(
        request.players[0].attributes["skill"],
        Attribute::Number(1000.0)
    );
}

#[tokio::test]
async fn stored_attributes_win_over_what_the_client_says() {
    let (store, flexmatch) = (Memory::default(), FakeFlexMatch::default());
    let mut player = Player::unknown(PlayerId::new("ann"));
    player
        .attributes
        .insert("skill".to_owned(), Value::from(1500));
    store.add_player(player);
    let body =
        r#"{"matchmaker":"duel","latency":{"us-east-1":0},"attributes":{"skill":1,"mode":"fast"}}"#;
    post(Some("ann"), body, &store, &flexmatch).await;
    let player = flexmatch.requests().remove(0).players.remove(0);
    assert_eq!(player.attributes["skill"], Attribute::Number(1500.0));
    assert_eq!(
        player.attributes["mode"],
        Attribute::String("fast".to_owned())
    );
    assert_eq!(player.latency["us-east-1"], 1, "flexmatch takes no zero");
}

#[tokio::test]
async fn a_second_request_answers_with_the_open_ticket() {
    let (store, flexmatch) = (Memory::default(), FakeFlexMatch::default());
    post(Some("ann"), BODY, &store, &flexmatch).await;
    let again = post(Some("ann"), BODY, &store, &flexmatch).await;
    assert_eq!(again.status_code, 200);
    assert!(again.body.contains(store.only_ticket().ticket_id.as_str()));
    assert_eq!(flexmatch.calls(), ["start game-prod-duel"]);
}

#[tokio::test]
async fn a_party_member_gets_the_partys_ticket() {
    let store = Memory::with(ticket("game-prod-1", &["ann", "bob"]));
    let answer = post(Some("bob"), BODY, &store, &FakeFlexMatch::default()).await;
    assert_eq!(answer.status_code, 200);
    assert!(answer.body.contains("game-prod-1"));
}

#[tokio::test]
async fn a_ticket_that_ended_or_vanished_is_replaced() {
    let mut over = ticket("t-over", &["ann"]);
    let success = succeeded(&["ann"]);
    over.observe(&success, success.at);
    let store = Memory::with(over);
    store.bind("bob", "t-gone");
    for player in ["ann", "bob"] {
        let answer = post(Some(player), BODY, &store, &FakeFlexMatch::default()).await;
        assert_eq!(answer.status_code, 202, "{player}: {}", answer.body);
        assert!(settings().prefix.owns(&store.open_ticket(player).unwrap()));
    }
}

#[tokio::test]
async fn a_party_joins_with_its_leader() {
    let (store, flexmatch) = (Memory::default(), FakeFlexMatch::default());
    store.add_player(follower("bob", "ann"));
    let body = r#"{"matchmaker":"duel","latency":{"us-east-1":40},"attributes":{"skill":9},"party":["bob"]}"#;
    assert_eq!(
        post(Some("ann"), body, &store, &flexmatch)
            .await
            .status_code,
        202
    );
    let ticket = store.only_ticket();
    assert_eq!(ticket.players, [PlayerId::new("ann"), PlayerId::new("bob")]);
    assert_eq!(store.open_ticket("bob"), Some(ticket.ticket_id));
    let players = flexmatch.requests().remove(0).players;
    assert_eq!(players[0].attributes["skill"], Attribute::Number(9.0));
    assert_eq!(
        players[1].attributes["skill"],
        Attribute::Number(1000.0),
        "the caller speaks for nobody else"
    );
    assert_eq!(players[1].latency["us-east-1"], 40);
}

#[tokio::test]
async fn nobody_is_taken_along_against_their_will() {
    let (store, flexmatch) = (Memory::default(), FakeFlexMatch::default());
    store.add_player(follower("bob", "eve"));
    for party in ["bob", "stranger"] {
        let body =
            format!(r#"{{"matchmaker":"duel","latency":{{"us-east-1":40}},"party":["{party}"]}}"#);
        assert_code(
            &post(Some("ann"), &body, &store, &flexmatch).await,
            409,
            "not_in_party",
        );
    }
    assert_eq!((store.tickets(), store.open_ticket("ann")), (0, None));
}

#[tokio::test]
async fn a_member_in_another_ticket_keeps_the_party_waiting() {
    let store = Memory::with(ticket("t-1", &["bob"]));
    store.add_player(Player {
        open_ticket: Some(TicketId::new("t-1")),
        ..follower("bob", "ann")
    });
    let body = r#"{"matchmaker":"duel","latency":{"us-east-1":40},"party":["bob"]}"#;
    assert_code(
        &post(Some("ann"), body, &store, &FakeFlexMatch::default()).await,
        409,
        "member_busy",
    );
}

#[tokio::test]
async fn lost_races_are_run_again_and_then_given_up() {
    let (store, flexmatch) = (Memory::default(), FakeFlexMatch::default());
    store.conflict_next(3);
    assert_code(
        &post(Some("ann"), BODY, &store, &flexmatch).await,
        409,
        "contended",
    );
    assert!(flexmatch.calls().is_empty());
    store.conflict_next(2);
    assert_eq!(
        post(Some("ann"), BODY, &store, &flexmatch)
            .await
            .status_code,
        202
    );
}

#[tokio::test]
async fn a_refused_start_ends_the_ticket_and_frees_the_player() {
    let (operation, reason) = failure();
    let flexmatch = FakeFlexMatch::failing(MatchmakerError::Refused { operation, reason });
    let store = Memory::default();
    assert_code(
        &post(Some("ann"), BODY, &store, &flexmatch).await,
        400,
        "bad_request",
    );
    assert_eq!(store.only_ticket().status, Status::Failed);
    assert_eq!(store.open_ticket("ann"), None);
}

#[tokio::test]
async fn a_throttled_start_asks_for_patience() {
    let (operation, reason) = failure();
    let flexmatch = FakeFlexMatch::failing(MatchmakerError::Throttled { operation, reason });
    let store = Memory::default();
    let answer = post(Some("ann"), BODY, &store, &flexmatch).await;
    assert_code(&answer, 429, "busy");
    assert!(answer.headers.contains_key("retry-after"));
    assert_eq!(flexmatch.calls(), ["start game-prod-duel"]);
    assert_eq!(store.open_ticket("ann"), None);
}

#[tokio::test]
async fn a_start_without_an_answer_is_stopped_in_case_it_was_heard() {
    let (operation, reason) = failure();
    let flexmatch = FakeFlexMatch::failing(MatchmakerError::Unavailable { operation, reason });
    let store = Memory::default();
    assert_code(
        &post(Some("ann"), BODY, &store, &flexmatch).await,
        503,
        "unavailable",
    );
    let ticket = store.only_ticket();
    assert_eq!(
        flexmatch.calls(),
        [
            "start game-prod-duel".to_owned(),
            format!("stop {}", ticket.ticket_id)
        ]
    );
    assert_eq!(
        (ticket.status, store.open_ticket("ann")),
        (Status::Failed, None)
    );
}

#[tokio::test]
async fn a_missing_matchmaking_configuration_is_our_fault() {
    let (operation, reason) = failure();
    let flexmatch = FakeFlexMatch::failing(MatchmakerError::Unknown { operation, reason });
    assert_code(
        &post(Some("ann"), BODY, &Memory::default(), &flexmatch).await,
        503,
        "unavailable",
    );
}

#[tokio::test]
async fn a_stored_attribute_of_the_wrong_type_stops_before_anything_is_written() {
    let (store, flexmatch) = (Memory::default(), FakeFlexMatch::default());
    let mut player = Player::unknown(PlayerId::new("ann"));
    player
        .attributes
        .insert("skill".to_owned(), Value::from("high"));
    store.add_player(player);
    assert_code(
        &post(Some("ann"), BODY, &store, &flexmatch).await,
        503,
        "unavailable",
    );
    assert_eq!((store.tickets(), flexmatch.calls().len()), (0, 0));
}

#[tokio::test]
async fn nobody_is_refused() {
    let answer = post(None, BODY, &Memory::default(), &FakeFlexMatch::default()).await;
    assert_code(&answer, 403, "no_identity");
}

#[tokio::test]
async fn wrong_bodies_are_refused_before_anything_is_read() {
    check_refused("", "not valid").await;
    check_refused(
        r#"{"matchmaker":"chess","latency":{"us-east-1":1}}"#,
        "no matchmaker `chess`",
    )
    .await;
    check_refused(r#"{"matchmaker":"duel"}"#, "missing field `latency`").await;
    check_refused(
        r#"{"matchmaker":"duel","latency":{}}"#,
        "`latency` is empty",
    )
    .await;
    check_refused(
        r#"{"matchmaker":"duel","latency":{"mars":1}}"#,
        "nothing is hosted",
    )
    .await;
    check_refused(
        r#"{"matchmaker":"duel","latency":{"us-east-1":-1}}"#,
        "not valid",
    )
    .await;
    check_refused(
        r#"{"matchmaker":"duel","latency":{"us-east-1":1},"player":"bob"}"#,
        "unknown field",
    )
    .await;
}

#[tokio::test]
async fn wrong_attributes_and_parties_are_refused() {
    let with =
        |rest: &str| format!(r#"{{"matchmaker":"duel","latency":{{"us-east-1":1}},{rest}}}"#);
    check_refused(&with(r#""attributes":{"admin":true}"#), "attribute `admin`").await;
    check_refused(
        &with(r#""attributes":{"skill":"high"}"#),
        "must be a number",
    )
    .await;
    check_refused(&with(r#""party":["ann"]"#), "twice").await;
    check_refused(&with(r#""party":["bob","bob"]"#), "twice").await;
    check_refused(&with(r#""party":[""]"#), "no player id").await;
    check_refused(
        &with(r#""party":["1","2","3","4","5","6","7","8","9","10"]"#),
        "at most 10 players",
    )
    .await;
}
