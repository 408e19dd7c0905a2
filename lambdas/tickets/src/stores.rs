//! The two tables as the handlers need them. Implementations keep the promises written here; nothing else may be assumed.

use std::future::Future;

use thiserror::Error;

use crate::id::{PlayerId, TicketId};
use crate::player::Player;
use crate::ticket::Ticket;
use crate::timestamp::Timestamp;

/// Why a table could not be read or written.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum StoreError {
    /// The table didn't answer, or refused.
    #[error("cannot {operation}: {reason}")]
    Unavailable {
        /// What was being done, to what.
        operation: String,
        /// What the service said, with its request id.
        reason: String,
    },
    /// A row is not what the handlers write.
    #[error("cannot read row `{key}`: {reason}")]
    Unreadable {
        /// The row's key.
        key: String,
        /// What is wrong with it.
        reason: String,
    },
}

/// Whether a conditional write took place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Written {
    /// It did.
    Yes,
    /// The condition did not hold: somebody else wrote since the row was read.
    Conflict,
}

/// A player who is to be bound to a new ticket, and what must still be true of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The player.
    pub player: PlayerId,
    /// The ended ticket their row still names, which may be replaced; none if they must have no ticket.
    pub stale: Option<TicketId>,
    /// Whom their row must name as party leader; none for the caller.
    pub leader: Option<PlayerId>,
}

/// A page of open tickets and where the next one begins.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SilentPage {
    /// The tickets, longest silent first.
    pub tickets: Vec<Ticket>,
    /// Rows that are no tickets: they must not keep the others from being looked at.
    pub unreadable: Vec<StoreError>,
    /// The key after which to go on; none on the last page.
    pub next: Option<PageKey>,
}

/// Where a page of the index ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageKey {
    /// The last ticket seen.
    pub ticket: TicketId,
    /// Its sort key.
    pub updated_at: Timestamp,
}

/// The tickets table.
pub trait TicketStore: Sync {
    /// Reads a ticket, strongly consistent.
    fn ticket(
        &self,
        id: &TicketId,
    ) -> impl Future<Output = Result<Option<Ticket>, StoreError>> + Send;

    /// Writes a new ticket and binds every claimed player to it, all or nothing.
    fn open(
        &self,
        ticket: &Ticket,
        claims: &[Claim],
    ) -> impl Future<Output = Result<Written, StoreError>> + Send;

    /// Replaces a ticket if its row still has the version that was read.
    fn replace(
        &self,
        ticket: &Ticket,
        read_version: u64,
    ) -> impl Future<Output = Result<Written, StoreError>> + Send;

    /// One page of open tickets of a shard that did not change since `before`. May be behind the table.
    fn silent(
        &self,
        shard: &str,
        before: Timestamp,
        after: Option<&PageKey>,
    ) -> impl Future<Output = Result<SilentPage, StoreError>> + Send;
}

/// The players table.
pub trait PlayerStore: Sync {
    /// Reads a player, strongly consistent.
    fn player(
        &self,
        id: &PlayerId,
    ) -> impl Future<Output = Result<Option<Player>, StoreError>> + Send;

    /// Unbinds a player from a ticket; leaves a player alone whose row names another ticket or none.
    fn release(
        &self,
        player: &PlayerId,
        ticket: &TicketId,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}
