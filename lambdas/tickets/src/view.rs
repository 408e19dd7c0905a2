//! A ticket as one of its players may see it: their own player session, nobody else's id.

use serde::Serialize;

use crate::id::PlayerId;
use crate::state::Status;
use crate::ticket::Ticket;

/// The answer about a ticket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TicketView<'a> {
    ticket_id: &'a str,
    matchmaker: &'a str,
    status: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_reason: Option<&'a str>,
    players: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    estimated_wait_ms: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    acceptance: Option<AcceptanceView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    connection: Option<ConnectionView<'a>>,
    /// Present while asking again makes sense.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_ms: Option<u32>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct AcceptanceView {
    /// Milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    answer_by: Option<i64>,
    /// The caller's own answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    accepted: Option<bool>,
    dropped: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct ConnectionView<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dns_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    port: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    player_session_id: Option<&'a str>,
}

impl<'a> TicketView<'a> {
    /// What `player` may see. The caller has checked that the ticket includes them.
    pub fn new(ticket: &'a Ticket, player: &PlayerId) -> Self {
        let open = !ticket.status.is_final();
        Self {
            ticket_id: ticket.ticket_id.as_str(),
            matchmaker: &ticket.matchmaker,
            status: ticket.status,
            status_reason: ticket.status_reason.as_deref(),
            players: ticket.players.len(),
            estimated_wait_ms: ticket
                .estimated_wait_seconds
                .filter(|_| open)
                .map(|wait| wait.saturating_mul(1000)),
            acceptance: acceptance(ticket, player),
            connection: connection(ticket, player),
            retry_after_ms: retry_after_ms(ticket.status),
        }
    }
}

/// Sooner where something is about to happen.
const fn retry_after_ms(status: Status) -> Option<u32> {
    match status {
        Status::Queued | Status::Searching => Some(2_000),
        Status::RequiresAcceptance | Status::Placing => Some(1_000),
        Status::Succeeded | Status::TimedOut | Status::Cancelled | Status::Failed => None,
    }
}

fn acceptance(ticket: &Ticket, player: &PlayerId) -> Option<AcceptanceView> {
    let acceptance = ticket
        .acceptance
        .as_ref()
        .filter(|_| ticket.status == Status::RequiresAcceptance)?;
    Some(AcceptanceView {
        answer_by: acceptance.answer_by.map(|by| by.millis()),
        accepted: acceptance.answers.get(player).copied(),
        dropped: acceptance.dropped,
    })
}

fn connection<'a>(ticket: &'a Ticket, player: &PlayerId) -> Option<ConnectionView<'a>> {
    let connection = ticket
        .connection
        .as_ref()
        .filter(|_| ticket.status == Status::Succeeded)?;
    Some(ConnectionView {
        address: connection.ip_address.as_deref(),
        dns_name: connection.dns_name.as_deref(),
        port: connection.port,
        player_session_id: ticket.player_sessions.get(player).map(String::as_str),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fakes::{succeeded, ticket};
    use crate::state::Signal;
    use crate::ticket::{Observation, PlayerOutcome};
    use crate::timestamp::Timestamp;

    #[track_caller]
    fn check(observations: &[Observation], player: &str, expected: &str) {
        let mut ticket = ticket("t-1", &["ann", "bob"]);
        for seen in observations {
            ticket.observe(seen, seen.at);
        }
        let view = TicketView::new(&ticket, &PlayerId::new(player));
        assert_eq!(serde_json::to_string(&view).unwrap(), expected);
    }

    #[test]
    fn a_waiting_ticket_says_when_to_ask_again() {
        check(
            &[Observation {
                estimated_wait_seconds: Some(30),
                ..Observation::bare(Signal::Searching, Timestamp::from_millis(5_000))
            }],
            "ann",
            r#"{"ticket_id":"t-1","matchmaker":"duel","status":"searching","players":2,"estimated_wait_ms":30000,"retry_after_ms":2000}"#,
        );
    }

    #[test]
    fn a_matched_ticket_shows_the_callers_own_session_only() {
        check(
            &[succeeded(&["ann", "bob"])],
            "bob",
            r#"{"ticket_id":"t-1","matchmaker":"duel","status":"succeeded","players":2,"connection":{"address":"192.0.2.10","dns_name":"game.example.com","port":7777,"player_session_id":"psess-bob"}}"#,
        );
    }

    #[test]
    fn a_proposal_shows_the_callers_own_answer() {
        let answered = Observation {
            players: vec![PlayerOutcome {
                player: PlayerId::new("ann"),
                session: None,
                accepted: Some(true),
            }],
            ..Observation::bare(Signal::Answered, Timestamp::from_millis(5_000))
        };
        check(
            std::slice::from_ref(&answered),
            "ann",
            r#"{"ticket_id":"t-1","matchmaker":"duel","status":"requires_acceptance","players":2,"acceptance":{"accepted":true,"dropped":false},"retry_after_ms":1000}"#,
        );
        check(
            &[answered],
            "bob",
            r#"{"ticket_id":"t-1","matchmaker":"duel","status":"requires_acceptance","players":2,"acceptance":{"dropped":false},"retry_after_ms":1000}"#,
        );
    }

    #[test]
    fn an_ended_ticket_says_why() {
        check(
            &[
                Observation::bare(Signal::TimedOut, Timestamp::from_millis(5_000))
                    .because("TimedOut", "too long"),
            ],
            "ann",
            r#"{"ticket_id":"t-1","matchmaker":"duel","status":"timed_out","status_reason":"TimedOut","players":2}"#,
        );
    }
}
