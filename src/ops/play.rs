//! A crowd of players who go the whole way through a deployed backend: identity, signed requests, tickets, match, game
//! server.
//!
//! In: [`PlayOptions`]. Out: a [`PlayReport`], and [`PlayEvent`]s on the way. Each player is a thread, as each real one is a
//! machine of its own.

mod crowd;
mod party;
mod report;

use std::time::Duration;

use liftform_player::{Backend, Protocol, Status};

pub use self::crowd::play;
pub use self::party::PlayersTable;
pub use self::report::{Ending, Percentiles, PlayReport, PlayerReport, Server, Summary};

/// Who plays, and how.
#[derive(Clone, Debug)]
pub struct PlayOptions {
    /// The backend.
    pub backend: Backend,
    /// Where parties are written down, as the game's own services do it.
    pub players_table: PlayersTable,
    /// Name of the matchmaker.
    pub matchmaker: String,
    /// How many players; at least one.
    pub players: u32,
    /// Players per ticket; at least one. The last party may be smaller.
    pub party: u32,
    /// How many reject every proposed match.
    pub rejecting: u32,
    /// How many never answer one.
    pub silent: u32,
    /// How they join the game server; empty: they don't.
    pub protocols: Vec<Protocol>,
    /// How long they wait for a match.
    pub patience: Duration,
    /// How long they stay in the game.
    pub stay: Duration,
}

/// What a player did or met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlayEvent {
    /// The player, from 1.
    pub player: u32,
    /// What it was.
    pub moment: Moment,
}

/// A moment of a player's way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Has an identity.
    Entered,
    /// The ticket is in another status.
    Ticket(Status),
    /// Answered a proposed match, or let it pass.
    Replied(liftform_player::Reply),
    /// The game server let the player in.
    Joined {
        /// Its address.
        server: String,
    },
    /// The way ended before.
    Stopped {
        /// Why.
        reason: String,
    },
}
