//! Matchmaking and placement events: text in, observations per ticket out. Lenient: everything but the type and the
//! time may be missing, unknown fields are skipped, unknown types are kept by name.

use serde::Deserialize;
use serde_json::Value;
use thiserror::Error;

use crate::id::{PlayerId, TicketId};
use crate::state::{Placement, Signal};
use crate::ticket::{Connection, Observation, PlayerOutcome};
use crate::timestamp::Timestamp;

/// Why an event cannot be read.
#[derive(Debug, Error)]
pub enum EventError {
    /// Neither SNS records nor an event.
    #[error("cannot read the event: neither SNS records nor an EventBridge event")]
    Envelope,
    /// Not the JSON that GameLift publishes.
    #[error("cannot read the event")]
    Json(#[from] serde_json::Error),
    /// Without its time an event cannot be put in order.
    #[error("cannot read the time `{0}` of the event")]
    Time(String),
}

/// One event, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// GameLift's id of the event.
    pub id: String,
    /// GameLift's name of the event.
    pub kind: String,
    /// What it says about each ticket. Empty for events that concern no ticket or whose type is unknown.
    pub tickets: Vec<(TicketId, Observation)>,
}

/// The messages of one invocation: of each SNS record, or the one event that EventBridge hands over.
pub fn messages(invocation: &Value) -> Result<Vec<String>, EventError> {
    if invocation.get("detail-type").is_some() {
        return Ok(vec![invocation.to_string()]);
    }
    let records = invocation
        .get("Records")
        .and_then(Value::as_array)
        .ok_or(EventError::Envelope)?;
    records
        .iter()
        .map(|record| {
            record
                .pointer("/Sns/Message")
                .and_then(Value::as_str)
                .map(str::to_owned)
        })
        .collect::<Option<_>>()
        .ok_or(EventError::Envelope)
}

/// Reads one message.
pub fn parse(message: &str) -> Result<Event, EventError> {
    let envelope: Envelope = serde_json::from_str(message)?;
    let at = Timestamp::parse(&envelope.time).ok_or(EventError::Time(envelope.time))?;
    let detail = envelope.detail;
    let tickets = match detail.signal() {
        Some(signal) => detail.observations(signal, at),
        None => Vec::new(),
    };
    Ok(Event {
        id: envelope.id,
        kind: detail.kind,
        tickets,
    })
}

#[derive(Deserialize)]
struct Envelope {
    #[serde(default)]
    id: String,
    time: String,
    detail: Detail,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Detail {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    tickets: Vec<EventTicket>,
    game_session_info: Option<GameSessionInfo>,
    match_id: Option<String>,
    placement_id: Option<String>,
    #[serde(default)]
    estimated_wait_millis: Value,
    acceptance_required: Option<bool>,
    #[serde(default)]
    acceptance_timeout: Value,
    acceptance: Option<String>,
    reason: Option<String>,
    message: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct EventTicket {
    ticket_id: String,
    #[serde(default)]
    players: Vec<EventPlayer>,
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct EventPlayer {
    player_id: String,
    player_session_id: Option<String>,
    accepted: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct GameSessionInfo {
    game_session_arn: Option<String>,
    ip_address: Option<String>,
    dns_name: Option<String>,
    #[serde(default)]
    port: Value,
    game_session_location: Option<String>,
    #[serde(default)]
    players: Vec<EventPlayer>,
}

impl Detail {
    fn signal(&self) -> Option<Signal> {
        let signal = match self.kind.as_str() {
            "MatchmakingSearching" => Signal::Searching,
            // Acceptance is the stricter reading where the event doesn't say.
            "PotentialMatchCreated" if self.acceptance_required == Some(false) => {
                Signal::MatchFormed
            }
            "PotentialMatchCreated" => Signal::MatchProposed,
            "AcceptMatch" => Signal::Answered,
            "AcceptMatchCompleted" if self.everybody_accepted() => Signal::AllAccepted,
            "AcceptMatchCompleted" => Signal::ProposalDropped,
            "MatchmakingSucceeded" => Signal::Succeeded,
            "MatchmakingTimedOut" => Signal::TimedOut,
            "MatchmakingCancelled" => Signal::Cancelled,
            "MatchmakingFailed" => Signal::Failed,
            "PlacementFulfilled" => Signal::Placement(Placement::Fulfilled),
            "PlacementCancelled" => Signal::Placement(Placement::Cancelled),
            "PlacementTimedOut" => Signal::Placement(Placement::TimedOut),
            "PlacementFailed" => Signal::Placement(Placement::Failed),
            _ => return None,
        };
        Some(signal)
    }

    fn everybody_accepted(&self) -> bool {
        self.acceptance
            .as_deref()
            .is_some_and(|outcome| outcome.eq_ignore_ascii_case("accepted"))
    }

    fn observations(&self, signal: Signal, at: Timestamp) -> Vec<(TicketId, Observation)> {
        if let (Signal::Placement(_), Some(placement)) = (signal, &self.placement_id) {
            return vec![(TicketId::new(placement), self.observation(signal, at, &[]))];
        }
        self.tickets
            .iter()
            .map(|ticket| {
                (
                    TicketId::new(&ticket.ticket_id),
                    self.observation(signal, at, &ticket.players),
                )
            })
            .collect()
    }

    fn observation(&self, signal: Signal, at: Timestamp, players: &[EventPlayer]) -> Observation {
        let connection = self
            .game_session_info
            .as_ref()
            .filter(|_| signal == Signal::Succeeded);
        Observation {
            signal,
            at,
            match_id: self.match_id.clone(),
            reason: self.reason.clone(),
            message: self.message.clone(),
            // Named millis, given in seconds.
            estimated_wait_seconds: whole_number(&self.estimated_wait_millis),
            acceptance_seconds: whole_number(&self.acceptance_timeout),
            connection: connection.and_then(GameSessionInfo::connection),
            players: self.outcomes(players),
        }
    }

    /// The ticket's own list; a session or an answer that only the merged list has is taken from there.
    fn outcomes(&self, players: &[EventPlayer]) -> Vec<PlayerOutcome> {
        let merged = self
            .game_session_info
            .as_ref()
            .map(|info| info.players.as_slice())
            .unwrap_or_default();
        let own = players.iter().map(|player| {
            let twin = merged.iter().find(|one| one.player_id == player.player_id);
            PlayerOutcome {
                player: PlayerId::new(&player.player_id),
                session: player
                    .player_session_id
                    .clone()
                    .or_else(|| twin?.player_session_id.clone()),
                accepted: player.accepted.or_else(|| twin?.accepted),
            }
        });
        own.collect()
    }
}

impl GameSessionInfo {
    /// None where the match has no session, as in standalone mode.
    fn connection(&self) -> Option<Connection> {
        let connection = Connection {
            game_session_arn: self.game_session_arn.clone(),
            ip_address: self.ip_address.clone(),
            dns_name: self.dns_name.clone(),
            port: whole_number(&self.port).and_then(|port| u16::try_from(port).ok()),
            location: self.game_session_location.clone(),
        };
        (connection != Connection::default()).then_some(connection)
    }
}

/// A number or digits in a string; words such as `NOT_AVAILABLE` are none.
fn whole_number(value: &Value) -> Option<i64> {
    value
        .as_i64()
        .or_else(|| value.as_f64().map(|number| number as i64))
        .or_else(|| value.as_str()?.parse().ok())
}

#[cfg(test)]
#[path = "events_tests.rs"]
mod tests;
