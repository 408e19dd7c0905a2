//! FlexMatch as the handlers need it.

use std::collections::BTreeMap;
use std::future::Future;

use thiserror::Error;

use crate::attributes::Attribute;
use crate::id::{PlayerId, TicketId};
use crate::ticket::Observation;
use crate::timestamp::Timestamp;

/// Most tickets in one question.
pub const TICKETS_PER_DESCRIPTION: usize = 10;

/// Most players in one ticket.
pub const PLAYERS_PER_TICKET: usize = 10;

/// Why FlexMatch did not do as asked.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum MatchmakerError {
    /// The request doesn't fit: wrong values, or the ticket is in another status.
    #[error("flexmatch refused to {operation}: {reason}")]
    Refused {
        /// What was being done, to what.
        operation: String,
        /// What the service said, with its request id.
        reason: String,
    },
    /// The ticket or the matchmaker does not exist there.
    #[error("flexmatch does not know what to {operation}: {reason}")]
    Unknown {
        /// What was being done, to what.
        operation: String,
        /// What the service said, with its request id.
        reason: String,
    },
    /// Too many calls; nothing was done.
    #[error("flexmatch is too busy to {operation}: {reason}")]
    Throttled {
        /// What was being done, to what.
        operation: String,
        /// What the service said, with its request id.
        reason: String,
    },
    /// No clear answer: it may or may not have been done.
    #[error("flexmatch did not {operation}: {reason}")]
    Unavailable {
        /// What was being done, to what.
        operation: String,
        /// What the service said, with its request id.
        reason: String,
    },
}

/// A request for a match.
#[derive(Clone, Debug, PartialEq)]
pub struct MatchRequest {
    /// The id that was written to the table.
    pub ticket: TicketId,
    /// The matchmaking configuration's name.
    pub configuration: String,
    /// Everybody in the ticket.
    pub players: Vec<MatchPlayer>,
}

/// A player in a request for a match.
#[derive(Clone, Debug, PartialEq)]
pub struct MatchPlayer {
    /// The player.
    pub player: PlayerId,
    /// What rules may ask for.
    pub attributes: BTreeMap<String, Attribute>,
    /// Milliseconds to each location, at least 1.
    pub latency: BTreeMap<String, i32>,
}

/// A player's answer to a proposed match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// In.
    Accept,
    /// Out; drops the match for everybody.
    Reject,
}

/// FlexMatch.
pub trait Matchmaker: Sync {
    /// Starts matchmaking.
    fn start(
        &self,
        request: &MatchRequest,
    ) -> impl Future<Output = Result<(), MatchmakerError>> + Send;

    /// Asks to stop; the end comes as an event.
    fn stop(&self, ticket: &TicketId) -> impl Future<Output = Result<(), MatchmakerError>> + Send;

    /// Answers a proposal for one player.
    fn accept(
        &self,
        ticket: &TicketId,
        player: &PlayerId,
        answer: Answer,
    ) -> impl Future<Output = Result<(), MatchmakerError>> + Send;

    /// Describes at most [`TICKETS_PER_DESCRIPTION`] tickets as of `at`; unknown ones are missing in the answer.
    fn describe(
        &self,
        tickets: &[TicketId],
        at: Timestamp,
    ) -> impl Future<Output = Result<BTreeMap<TicketId, Observation>, MatchmakerError>> + Send;
}
