//! What callers ask a matchmaker for.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::AttributeValue;

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident;)+) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.into())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text.into())
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

ids! {
    /// A matchmaking ticket's id; unique among the tickets that a matchmaker holds.
    TicketId;
    /// A player's id; a player is in one ticket at a time.
    PlayerId;
}

/// A request for a match: one player, or a party that stays together.
#[derive(Debug, Clone, PartialEq)]
pub struct Ticket {
    /// Chosen by the caller.
    pub id: TicketId,
    /// 1 to [`MAX_TICKET_PLAYERS`](super::choices::MAX_TICKET_PLAYERS).
    pub players: Vec<Player>,
}

/// One player of a request.
#[derive(Debug, Clone, PartialEq)]
pub struct Player {
    /// Chosen by the caller.
    pub id: PlayerId,
    /// By name. A declared attribute that is missing takes its default; one without default makes the ticket unmatchable.
    pub attributes: BTreeMap<String, AttributeValue>,
    /// Milliseconds by location. When not empty, only these locations are considered for the player.
    pub latency: BTreeMap<String, u32>,
}

/// A request for players to fill a running game session.
#[derive(Debug, Clone, PartialEq)]
pub struct BackfillRequest {
    /// Chosen by the caller.
    pub id: TicketId,
    /// The session. A new request for the same session replaces the old one.
    pub game_session: String,
    /// Who is in the session now.
    pub players: Vec<SeatedPlayer>,
}

/// A player who is already in a game session.
#[derive(Debug, Clone, PartialEq)]
pub struct SeatedPlayer {
    /// The player.
    pub player: Player,
    /// The team's name in the match, such as `red` or `red_2`.
    pub team: String,
}

impl Player {
    /// A player without attributes and latency.
    #[must_use]
    pub fn new(id: impl Into<PlayerId>) -> Self {
        Self {
            id: id.into(),
            attributes: BTreeMap::new(),
            latency: BTreeMap::new(),
        }
    }

    /// The player with one more attribute.
    #[must_use]
    pub fn with(mut self, name: &str, value: AttributeValue) -> Self {
        self.attributes.insert(name.to_owned(), value);
        self
    }

    /// The player with the latency to one more location, in milliseconds.
    #[must_use]
    pub fn near(mut self, location: &str, millis: u32) -> Self {
        self.latency.insert(location.to_owned(), millis);
        self
    }
}

impl Ticket {
    /// A ticket of one or more players.
    #[must_use]
    pub fn new(id: impl Into<TicketId>, players: Vec<Player>) -> Self {
        Self {
            id: id.into(),
            players,
        }
    }
}
