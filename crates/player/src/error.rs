//! Why a player doesn't get on.

use std::io;

use serde_json::Value;
use thiserror::Error;

use crate::server::Protocol;
use crate::tickets::Status;

/// Why a player doesn't get on.
#[derive(Debug, Error)]
pub enum PlayerError {
    /// No answer at all.
    #[error("cannot {doing}: {reason}")]
    Unreachable {
        /// What was being done.
        doing: &'static str,
        /// The connection's own words.
        reason: String,
    },
    /// An answer that says no.
    #[error("cannot {doing}: the backend answered {status}: {reason}")]
    Refused {
        /// What was being done.
        doing: &'static str,
        /// HTTP status.
        status: u16,
        /// What the backend says about it.
        reason: String,
    },
    /// An answer that is none.
    #[error("cannot {doing}: the answer has {missing}")]
    Unreadable {
        /// What was being done.
        doing: &'static str,
        /// What is wrong with it.
        missing: String,
    },
    /// The ticket ended without a match.
    #[error("no match: the ticket is {status}{}", reason.as_ref().map(|reason| format!(" ({reason})")).unwrap_or_default())]
    NoMatch {
        /// How it ended.
        status: Status,
        /// The matchmaker's reason.
        reason: Option<String>,
    },
    /// The ticket stayed open longer than the player waits.
    #[error("no match: the ticket is still {0} after the player's patience")]
    Impatient(Status),
    /// The match says too little to connect to it.
    #[error("cannot join: the ticket has no {0}")]
    Incomplete(&'static str),
    /// The game server can't be reached.
    #[error("cannot reach the game server over {protocol} at {address}")]
    NoServer {
        /// How.
        protocol: Protocol,
        /// Where.
        address: String,
        /// The system's reason.
        source: io::Error,
    },
    /// The game server doesn't let the player in.
    #[error("the game server answered `{answer}` over {protocol}")]
    NotWelcome {
        /// How.
        protocol: Protocol,
        /// What it said.
        answer: String,
    },
}

impl PlayerError {
    /// A refusal with the words of the answer: a problem's `detail`, an AWS error's `message`, or all of it.
    pub(crate) fn refused(doing: &'static str, status: u16, body: &Value) -> Self {
        let words = ["detail", "title", "message", "Message"]
            .into_iter()
            .find_map(|name| body.get(name)?.as_str());
        Self::Refused {
            doing,
            status,
            reason: words.map_or_else(|| body.to_string(), str::to_owned),
        }
    }

    /// A few words that are the same for the same kind of failure, to count by.
    pub fn kind(&self) -> String {
        match self {
            Self::Unreachable { .. } => "backend unreachable".to_owned(),
            Self::Refused { status, .. } => format!("refused with {status}"),
            Self::Unreadable { .. } => "unreadable answer".to_owned(),
            Self::NoMatch { status, .. } => format!("ticket {status}"),
            Self::Impatient(_) => "waited too long".to_owned(),
            Self::Incomplete(_) => "incomplete match".to_owned(),
            Self::NoServer { .. } => "game server unreachable".to_owned(),
            Self::NotWelcome { .. } => "refused by the game server".to_owned(),
        }
    }
}
