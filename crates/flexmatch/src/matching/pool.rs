//! Tickets that wait.

use super::choices::{MAX_LOCATIONS, MAX_TICKET_PLAYERS};
use super::member::{Member, Unreadable};
use super::moment::Moment;
use super::tally::Tally;
use super::ticket::{PlayerId, TicketId};
use crate::model::attribute::AttributeType;

/// A ticket's place in the order of age; the number tells apart what came in the same millisecond.
pub(super) type Key = (Moment, u64);

/// A ticket.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) key: Key,
    pub(super) id: TicketId,
    pub(super) players: Vec<PlayerId>,
    pub(super) request: Request,
    pub(super) tally: Tally,
}

/// What a ticket asks for.
#[derive(Debug)]
pub(super) enum Request {
    /// A match.
    Open(Member),
    /// Players for a session; who is there by team.
    Backfill {
        game_session: String,
        seated: Vec<(usize, Member)>,
    },
    /// Nothing that can be had: a player lacks an attribute.
    Unmatchable,
}

/// Why a ticket isn't taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It brings nobody.
    #[error("ticket `{0}` has no players")]
    NoPlayers(TicketId),
    /// It brings too many.
    #[error("ticket `{0}` has more than {MAX_TICKET_PLAYERS} players")]
    TooManyPlayers(TicketId),
    /// Its id is in use.
    #[error("ticket `{0}` exists already")]
    DuplicateTicket(TicketId),
    /// It brings somebody twice.
    #[error("ticket `{ticket}` names player `{player}` twice")]
    DuplicatePlayer {
        /// The ticket.
        ticket: TicketId,
        /// Who.
        player: PlayerId,
    },
    /// An attribute has a value of another type than the rule set declares.
    #[error("attribute `{attribute}` of player `{player}` must be a `{expected}`")]
    WrongType {
        /// Whose.
        player: PlayerId,
        /// Which one.
        attribute: String,
        /// As declared.
        expected: AttributeType,
    },
    /// A seated player is in a team that matches don't have.
    #[error("player `{player}` is in team `{team}`, which doesn't exist")]
    UnknownTeam {
        /// Who.
        player: PlayerId,
        /// As sent.
        team: String,
    },
    /// The tickets so far named too many different locations.
    #[error("the matchmaker has seen {MAX_LOCATIONS} different locations and keeps no more apart")]
    TooManyLocations,
}

impl From<Unreadable> for Refused {
    fn from(unreadable: Unreadable) -> Self {
        match unreadable {
            Unreadable::WrongType {
                player,
                attribute,
                expected,
            } => Self::WrongType {
                player,
                attribute,
                expected,
            },
            Unreadable::TooManyLocations => Self::TooManyLocations,
        }
    }
}
