//! The row of the players table.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::id::{PlayerId, TicketId};

/// A player as the handlers see them. The game's own services write `attributes` and `party_leader`; the handlers write
/// `open_ticket` and the times only.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Player {
    /// The Cognito identity id.
    pub player_id: PlayerId,
    /// What matchmaking knows about the player, by attribute name.
    #[serde(default)]
    pub attributes: BTreeMap<String, Value>,
    /// Who may take this player into a ticket.
    #[serde(default)]
    pub party_leader: Option<PlayerId>,
    /// The ticket the player waits in.
    #[serde(default)]
    pub open_ticket: Option<TicketId>,
}

impl Player {
    /// A player nothing is known about.
    pub const fn unknown(player_id: PlayerId) -> Self {
        Self {
            player_id,
            attributes: BTreeMap::new(),
            party_leader: None,
            open_ticket: None,
        }
    }
}
