//! Matchmaking events from SNS or EventBridge: each changes the tickets it names.
//!
//! One ticket's failure doesn't stop the others, but the invocation fails at the end, so that it comes again and finally
//! rests in the dead-letter queue. Applying an event twice changes nothing.

use futures_util::StreamExt as _;
use futures_util::stream;
use serde_json::{Value, json};
use thiserror::Error;
use tickets::apply::{Applied, Idle, apply};
use tickets::events::{self, Event, EventError};
use tickets::id::{TicketId, TicketPrefix};
use tickets::stores::{PlayerStore, TicketStore};
use tickets::telemetry::Journal;
use tickets::ticket::Observation;
use tickets::timestamp::Timestamp;

/// A match may have 200 tickets, each three calls away from its players; one after the other the last would wait seconds.
const TICKETS_AT_ONCE: usize = 8;

/// Why an invocation must come again.
#[derive(Debug, Error)]
pub enum EventsError {
    /// The invocation holds no messages.
    #[error(transparent)]
    Invocation(#[from] EventError),
    /// Some of its messages or tickets.
    #[error("cannot store {0} of the tickets or messages of this invocation")]
    Incomplete(usize),
}

/// Applies every message of an invocation.
pub async fn handle(
    invocation: &Value,
    prefix: &TicketPrefix,
    store: &(impl TicketStore + PlayerStore),
    now: Timestamp,
    journal: &Journal<'_>,
) -> Result<(), EventsError> {
    let mut failures = 0;
    for message in events::messages(invocation)? {
        match events::parse(&message) {
            Ok(event) => failures += store_event(&event, prefix, store, now, journal).await,
            Err(error) => {
                journal.error("event not read", &json!({"cause": error.to_string()}));
                journal.count("EventsUnreadable", 1);
                failures += 1;
            }
        }
    }
    if failures == 0 {
        Ok(())
    } else {
        Err(EventsError::Incomplete(failures))
    }
}

/// Applies one event; returns how many tickets could not be stored.
async fn store_event(
    event: &Event,
    prefix: &TicketPrefix,
    store: &(impl TicketStore + PlayerStore),
    now: Timestamp,
    journal: &Journal<'_>,
) -> usize {
    journal.count("Events", 1);
    if event.tickets.is_empty() {
        journal.info(
            "event concerns no ticket",
            &json!({"event_id": event.id, "event": event.kind}),
        );
    }
    let (own, foreign): (Vec<_>, Vec<_>) =
        event.tickets.iter().partition(|(id, _)| prefix.owns(id));
    if !foreign.is_empty() {
        journal.count("TicketsForeign", foreign.len() as u64);
    }
    let writes = own
        .into_iter()
        .map(|(id, seen)| store_ticket(event, id, seen, store, now, journal));
    let stored: Vec<bool> = stream::iter(writes)
        .buffer_unordered(TICKETS_AT_ONCE)
        .collect()
        .await;
    stored.into_iter().filter(|stored| !stored).count()
}

async fn store_ticket(
    event: &Event,
    id: &TicketId,
    seen: &Observation,
    store: &(impl TicketStore + PlayerStore),
    now: Timestamp,
    journal: &Journal<'_>,
) -> bool {
    let about = |status: Value, cause: Value| {
        let event_id = &event.id;
        json!({"ticket_id": id, "event_id": event_id, "event": event.kind, "status": status, "cause": cause})
    };
    match apply(store, id, seen, Idle::Keep, now).await {
        Ok(Applied::Changed(ticket)) => {
            journal.count("TicketsChanged", 1);
            journal.info("ticket changed", &about(json!(ticket.status), Value::Null));
            true
        }
        Ok(Applied::Unchanged(ticket)) => {
            journal.count("TicketsUnchanged", 1);
            journal.info(
                "event changes nothing",
                &about(json!(ticket.status), Value::Null),
            );
            true
        }
        Err(error) => {
            journal.count("TicketsNotStored", 1);
            journal.error(
                "ticket not stored",
                &about(Value::Null, Value::from(error.to_string())),
            );
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use tickets::fakes::{Lines, Memory, ticket};
    use tickets::state::Status;

    use super::*;

    const ONE: &str = "game-prod-00000000000000000000000000000001";
    const TWO: &str = "game-prod-00000000000000000000000000000002";

    fn message(kind: &str, tickets: &[(&str, &str)]) -> String {
        let tickets: Vec<_> = tickets
            .iter()
            .map(|(id, player)| {
                json!({"ticketId": id, "players": [{"playerId": player, "playerSessionId": format!("psess-{player}")}]})
            })
            .collect();
        let info = json!({"ipAddress": "192.0.2.10", "port": "7777"});
        json!({"id": "e-1", "time": "2025-01-31T12:00:00Z",
            "detail": {"type": kind, "tickets": tickets, "gameSessionInfo": info}})
        .to_string()
    }

    fn notification(messages: &[String]) -> Value {
        json!({"Records": messages.iter().map(|text| json!({"Sns": {"Message": text}})).collect::<Vec<_>>()})
    }

    async fn run(invocation: &Value, store: &Memory) -> (Result<(), String>, Vec<String>) {
        let lines = Lines::default();
        let telemetry = lines.telemetry();
        let journal = telemetry.journal("r-1");
        let prefix = TicketPrefix::parse("game-prod").unwrap();
        let result = handle(
            invocation,
            &prefix,
            store,
            Timestamp::from_millis(9_000),
            &journal,
        )
        .await;
        journal.finish(Timestamp::from_millis(9_000));
        (result.map_err(|error| error.to_string()), lines.all())
    }

    fn two_tickets() -> Memory {
        let store = Memory::with(ticket(ONE, &["ann"]));
        store.add(ticket(TWO, &["bob"]));
        store
    }

    #[tokio::test]
    async fn a_success_reaches_every_ticket_with_its_own_session() {
        let store = two_tickets();
        let success = message("MatchmakingSucceeded", &[(ONE, "ann"), (TWO, "bob")]);
        run(&notification(&[success]), &store).await.0.unwrap();
        for (id, player) in [(ONE, "ann"), (TWO, "bob")] {
            let ticket = store.stored(id);
            assert_eq!(ticket.status, Status::Succeeded);
            assert_eq!(ticket.connection.unwrap().port, Some(7777));
            assert_eq!(
                ticket.player_sessions.values().collect::<Vec<_>>(),
                [&format!("psess-{player}")]
            );
            assert_eq!(store.open_ticket(player), None);
        }
    }

    #[tokio::test]
    async fn every_ticket_of_a_large_match_is_stored() {
        let store = Memory::default();
        let ids: Vec<_> = (0..200)
            .map(|number| format!("game-prod-{number:032}"))
            .collect();
        for id in &ids {
            store.add(ticket(id, &[id]));
        }
        let tickets: Vec<_> = ids.iter().map(|id| (id.as_str(), id.as_str())).collect();
        run(
            &notification(&[message("MatchmakingSucceeded", &tickets)]),
            &store,
        )
        .await
        .0
        .unwrap();
        assert!(
            ids.iter()
                .all(|id| store.stored(id).status == Status::Succeeded)
        );
    }

    #[tokio::test]
    async fn one_failing_ticket_fails_the_invocation_after_the_others() {
        let store = two_tickets();
        store.fail_ticket(ONE);
        let success = notification(&[message(
            "MatchmakingSucceeded",
            &[(ONE, "ann"), (TWO, "bob")],
        )]);
        let (result, _) = run(&success, &store).await;
        assert_eq!(
            result.unwrap_err(),
            "cannot store 1 of the tickets or messages of this invocation"
        );
        assert_eq!(store.stored(TWO).status, Status::Succeeded);
        store.heal();
        run(&success, &store).await.0.unwrap();
        assert_eq!(store.stored(ONE).status, Status::Succeeded);
    }

    #[tokio::test]
    async fn every_record_is_read_even_after_a_broken_one() {
        let store = two_tickets();
        let records = [
            "{".to_owned(),
            message("MatchmakingSearching", &[(ONE, "ann")]),
            message("MatchmakingFailed", &[(TWO, "bob")]),
        ];
        assert!(run(&notification(&records), &store).await.0.is_err());
        assert_eq!(store.stored(ONE).status, Status::Searching);
        assert_eq!(store.stored(TWO).status, Status::Failed);
    }

    #[tokio::test]
    async fn a_foreign_ticket_is_counted_and_ignored() {
        let store = Memory::default();
        let foreign = message(
            "MatchmakingSucceeded",
            &[("5ccb6523-0566-412d-b63c-1569e00d023d", "ann")],
        );
        let (result, lines) = run(&notification(&[foreign]), &store).await;
        result.unwrap();
        assert!(lines.last().unwrap().contains(r#""TicketsForeign":1"#));
    }

    #[tokio::test]
    async fn an_own_ticket_without_a_row_comes_again() {
        let searching = notification(&[message("MatchmakingSearching", &[(ONE, "ann")])]);
        assert!(run(&searching, &Memory::default()).await.0.is_err());
    }

    #[tokio::test]
    async fn a_duplicate_changes_nothing() {
        let store = two_tickets();
        let success = notification(&[message("MatchmakingSucceeded", &[(ONE, "ann")])]);
        run(&success, &store).await.0.unwrap();
        let before = store.stored(ONE);
        run(&success, &store).await.0.unwrap();
        assert_eq!(store.stored(ONE), before);
    }

    #[tokio::test]
    async fn an_unknown_type_is_no_failure() {
        run(
            &notification(&[message("MatchmakingPondering", &[(ONE, "ann")])]),
            &two_tickets(),
        )
        .await
        .0
        .unwrap();
    }

    #[tokio::test]
    async fn an_invocation_without_messages_is_an_error() {
        assert!(
            run(&json!({"Records": [{"s3": {}}]}), &Memory::default())
                .await
                .0
                .is_err()
        );
    }

    #[tokio::test]
    async fn the_log_names_no_player_and_no_address() {
        let store = two_tickets();
        let (_, lines) = run(
            &notification(&[message("MatchmakingSucceeded", &[(ONE, "ann")])]),
            &store,
        )
        .await;
        for line in lines {
            assert!(
                !line.contains("ann") && !line.contains("192.0.2") && !line.contains("psess"),
                "{line}"
            );
        }
    }
}
