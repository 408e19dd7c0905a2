//! Single faults, one after the other, in the handlers that share the tables.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot set itself up must stop"
)]

use serde_json::{Value, json};
use tickets::fakes::{FakeFlexMatch, Lines, Memory, succeeded, ticket};
use tickets::id::TicketPrefix;
use tickets::state::Status;
use tickets::timestamp::Timestamp;

const TICKET: &str = "game-prod-00000000000000000000000000000001";

const fn second(second: i64) -> Timestamp {
    Timestamp::from_millis(second * 1_000)
}

fn success() -> Value {
    let event = json!({"id": "e-1", "time": "1970-01-01T00:00:05Z", "detail": {
        "type": "MatchmakingSucceeded",
        "tickets": [{"ticketId": TICKET, "players": [{"playerId": "ann", "playerSessionId": "psess-ann"}]}],
        "gameSessionInfo": {"ipAddress": "192.0.2.10", "dnsName": "game.example.com", "port": "7777"},
    }});
    json!({"Records": [{"Sns": {"Message": event.to_string()}}]})
}

async fn deliver(invocation: &Value, store: &Memory, now: Timestamp) -> Result<(), String> {
    let lines = Lines::default();
    let telemetry = lines.telemetry();
    let journal = telemetry.journal("r-1");
    let prefix = TicketPrefix::parse("game-prod").unwrap();
    match_events::handle(invocation, &prefix, store, now, &journal)
        .await
        .map_err(|error| error.to_string())
}

async fn reconcile(store: &Memory, flexmatch: &FakeFlexMatch, now: Timestamp) {
    let lines = Lines::default();
    let telemetry = lines.telemetry();
    let journal = telemetry.journal("r-1");
    reconcile_tickets::handle(store, flexmatch, || now, now.plus_seconds(60), &journal)
        .await
        .unwrap();
}

fn matched(store: &Memory) -> bool {
    let ticket = store.stored(TICKET);
    ticket.status == Status::Succeeded
        && ticket
            .connection
            .is_some_and(|place| place.port == Some(7777))
        && ticket.player_sessions.values().eq(["psess-ann"])
}

#[tokio::test]
async fn a_match_survives_a_table_that_is_down_for_half_a_minute() {
    let store = Memory::with(ticket(TICKET, &["ann"]));
    let down_until = second(30);
    let mut attempts = Vec::new();
    // Lambda tries an asynchronous invocation three times: at once, after one minute, and after two more.
    // https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
    for now in [second(5), second(65), second(185)] {
        if now < down_until {
            store.fail_ticket(TICKET);
        } else {
            store.heal();
        }
        attempts.push(deliver(&success(), &store, now).await.is_ok());
    }
    assert_eq!(attempts, [false, true, true]);
    assert!(matched(&store));
}

#[tokio::test]
async fn an_event_that_comes_before_its_row_comes_again() {
    let store = Memory::default();
    assert!(deliver(&success(), &store, second(5)).await.is_err());
    store.add(ticket(TICKET, &["ann"]));
    deliver(&success(), &store, second(65)).await.unwrap();
    assert!(matched(&store));
}

#[tokio::test]
async fn an_event_that_comes_a_minute_late_finds_the_reconciler_was_there() {
    let store = Memory::with(ticket(TICKET, &["ann"]));
    let flexmatch = FakeFlexMatch::default();
    flexmatch.describe_as(TICKET, succeeded(&["ann"]));
    reconcile(&store, &flexmatch, second(40)).await;
    assert!(matched(&store));
    let before = store.stored(TICKET);
    deliver(&success(), &store, second(65)).await.unwrap();
    assert_eq!(store.stored(TICKET), before);
}

#[tokio::test]
async fn a_poison_event_fails_each_time_and_harms_nothing() {
    let store = Memory::with(ticket(TICKET, &["ann"]));
    let before = store.stored(TICKET);
    for poison in [
        "",
        "null",
        "{}",
        r#"{"detail":{"type":7}}"#,
        r#"{"time":"yesterday","detail":{"type":"MatchmakingSucceeded"}}"#,
    ] {
        let invocation = json!({"Records": [{"Sns": {"Message": poison}}]});
        for _ in 0..3 {
            assert!(
                deliver(&invocation, &store, second(5)).await.is_err(),
                "{poison}"
            );
        }
    }
    assert_eq!(store.stored(TICKET), before);
}
