//! What the ticket API takes and answers, and what it means to be told to come back later.

use std::collections::BTreeMap;
use std::fmt;
use std::thread;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::error::PlayerError;
use crate::identity::Player;

/// How often a request is made that is answered with "later".
const ATTEMPTS: u32 = 6;

/// What a player wants.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Wish {
    /// Name of the matchmaker.
    pub matchmaker: String,
    /// Milliseconds to each location.
    pub latency: BTreeMap<String, u32>,
    /// What the player says about themselves; what the backend knows better wins.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, Value>,
    /// The other players of the party.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub party: Vec<String>,
}

/// Where a ticket stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Written.
    Queued,
    /// In the pool.
    Searching,
    /// In a proposed match.
    RequiresAcceptance,
    /// In a match that gets a server.
    Placing,
    /// Has a server.
    Succeeded,
    /// Ran out of time.
    TimedOut,
    /// Stopped.
    Cancelled,
    /// Ended by an error.
    Failed,
}

impl fmt::Display for Status {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Queued => "queued",
            Self::Searching => "searching",
            Self::RequiresAcceptance => "waiting for acceptance",
            Self::Placing => "placing",
            Self::Succeeded => "succeeded",
            Self::TimedOut => "timed out",
            Self::Cancelled => "cancelled",
            Self::Failed => "failed",
        })
    }
}

/// A ticket as the API shows it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Ticket {
    /// Its id.
    pub ticket_id: String,
    /// Where it stands.
    pub status: Status,
    /// Why it ended.
    pub status_reason: Option<String>,
    /// How a proposed match stands with this player.
    pub acceptance: Option<Acceptance>,
    /// Where the game is.
    pub connection: Option<Connection>,
    /// When to ask again; none once nothing more will happen.
    pub retry_after_ms: Option<u64>,
}

/// How a proposed match stands with this player.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Acceptance {
    /// Until when to answer, milliseconds since 1970.
    pub answer_by: Option<i64>,
    /// The player's own answer.
    pub accepted: Option<bool>,
    /// Somebody rejected it or kept silent.
    #[serde(default)]
    pub dropped: bool,
}

/// Where the game is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// The server's address.
    pub address: Option<String>,
    /// The server's name; the only right one for servers with certificates.
    pub dns_name: Option<String>,
    /// The server's port.
    pub port: Option<u16>,
    /// What the player presents there.
    pub player_session_id: Option<String>,
}

/// A player's answer to a proposed match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    /// In.
    Accept,
    /// Out.
    Reject,
    /// No answer.
    Silence,
}

/// A place to play, and where to measure how far it is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Location {
    /// Its name.
    pub region: String,
    /// `host:port` of a UDP service that echoes.
    pub beacon: String,
}

impl Player {
    /// Asks for a match (202), or finds the ticket that is open already (200).
    ///
    /// # Errors
    ///
    /// When the backend can't be reached or refuses.
    pub fn start(&self, wish: &Wish) -> Result<Ticket, PlayerError> {
        let body = serde_json::to_value(wish).unwrap_or_default();
        self.read("start matchmaking", "POST", "/tickets", Some(&body))
    }

    /// Looks at a ticket.
    ///
    /// # Errors
    ///
    /// As [`Self::start`].
    pub fn look(&self, ticket: &str) -> Result<Ticket, PlayerError> {
        self.read(
            "look at the ticket",
            "GET",
            &format!("/tickets/{ticket}"),
            None,
        )
    }

    /// Gives a ticket up.
    ///
    /// # Errors
    ///
    /// As [`Self::start`]; refused with 409 once it is too late.
    pub fn cancel(&self, ticket: &str) -> Result<Ticket, PlayerError> {
        self.read(
            "cancel the ticket",
            "DELETE",
            &format!("/tickets/{ticket}"),
            None,
        )
    }

    /// Says yes to a proposed match.
    ///
    /// # Errors
    ///
    /// As [`Self::start`]; refused with 409 when no match waits for an answer.
    pub fn accept(&self, ticket: &str) -> Result<Ticket, PlayerError> {
        self.answer(ticket, &json!({ "accept": true }))
    }

    /// Says no to a proposed match.
    ///
    /// # Errors
    ///
    /// As [`Self::accept`].
    pub fn reject(&self, ticket: &str) -> Result<Ticket, PlayerError> {
        self.answer(ticket, &json!({ "accept": false }))
    }

    fn answer(&self, ticket: &str, body: &Value) -> Result<Ticket, PlayerError> {
        let path = format!("/tickets/{ticket}/acceptance");
        self.read("answer the proposed match", "POST", &path, Some(body))
    }

    /// Where games are hosted.
    ///
    /// # Errors
    ///
    /// As [`Self::start`].
    pub fn locations(&self) -> Result<Vec<Location>, PlayerError> {
        #[derive(Deserialize)]
        struct Regions {
            regions: Vec<Location>,
        }
        let regions: Regions = self.read("list the regions", "GET", "/regions", None)?;
        Ok(regions.regions)
    }

    fn read<T: serde::de::DeserializeOwned>(
        &self,
        doing: &'static str,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> Result<T, PlayerError> {
        let mut attempt = 1;
        loop {
            let answer = self.call(doing, method, path, body)?;
            match answer.status {
                200..=299 => {
                    return serde_json::from_value(answer.body).map_err(|error| {
                        PlayerError::Unreadable {
                            doing,
                            missing: format!("another form: {error}"),
                        }
                    });
                }
                429 | 502 | 503 | 504 if attempt < ATTEMPTS => {
                    thread::sleep(answer.retry_after.unwrap_or(Duration::from_secs(1)));
                    attempt += 1;
                }
                status => return Err(PlayerError::refused(doing, status, &answer.body)),
            }
        }
    }
}
