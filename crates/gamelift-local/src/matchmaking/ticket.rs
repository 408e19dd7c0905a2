//! A matchmaking ticket and its states.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::TicketRequest;
use crate::input::Record;
use crate::world::{present, text};

/// The state of a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum TicketStatus {
    Queued,
    Searching,
    RequiresAcceptance,
    Placing,
    Completed,
    Failed,
    Cancelled,
    TimedOut,
}

impl TicketStatus {
    /// As the API spells it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Queued => "QUEUED",
            Self::Searching => "SEARCHING",
            Self::RequiresAcceptance => "REQUIRES_ACCEPTANCE",
            Self::Placing => "PLACING",
            Self::Completed => "COMPLETED",
            Self::Failed => "FAILED",
            Self::Cancelled => "CANCELLED",
            Self::TimedOut => "TIMED_OUT",
        }
    }

    /// Whether the ticket is still in its matchmaker.
    pub(crate) fn can_be_stopped(self) -> bool {
        matches!(
            self,
            Self::Queued | Self::Searching | Self::RequiresAcceptance
        )
    }

    /// Whether the ticket is still on its way to a match.
    pub(crate) fn is_open(self) -> bool {
        self.can_be_stopped() || self == Self::Placing
    }
}

/// What a ticket asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Kind {
    /// A match.
    Search,
    /// Players for the game session of this ARN.
    Backfill(String),
}

/// A ticket.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Ticket {
    pub(crate) id: String,
    pub(crate) configuration: String,
    pub(crate) configuration_arn: String,
    pub(crate) kind: Kind,
    /// As given.
    pub(crate) players: Vec<Value>,
    /// The number of the matchmaker whose pool it is in.
    pub(crate) engine: u64,
    pub(crate) status: TicketStatus,
    pub(crate) reason: Option<String>,
    pub(crate) message: Option<String>,
    pub(crate) started: f64,
    pub(crate) ended: Option<f64>,
    /// Seconds.
    pub(crate) estimated_wait: Option<u64>,
    /// Each player's team in the last match that was formed.
    pub(crate) teams: BTreeMap<String, String>,
    /// `GameSessionConnectionInfo` of the API.
    pub(crate) connection: Option<Value>,
}

impl Ticket {
    /// A ticket that was just taken.
    pub(super) fn new(
        request: TicketRequest<'_>,
        configuration: &Record,
        engine: u64,
        now: f64,
    ) -> Self {
        Self {
            id: request.id,
            configuration: text(configuration, "Name").to_owned(),
            configuration_arn: text(configuration, "ConfigurationArn").to_owned(),
            kind: request.kind,
            players: request.players,
            engine,
            status: TicketStatus::Queued,
            reason: None,
            message: None,
            started: now,
            ended: None,
            estimated_wait: None,
            teams: BTreeMap::new(),
            connection: None,
        }
    }

    pub(crate) fn player_ids(&self) -> impl Iterator<Item = &str> {
        self.players
            .iter()
            .filter_map(|player| player["PlayerId"].as_str())
    }

    /// Ends the ticket.
    pub(super) fn end(&mut self, status: TicketStatus, now: f64) {
        self.status = status;
        self.ended = Some(now);
    }

    /// Ends the ticket without success.
    pub(super) fn end_with(
        &mut self,
        status: TicketStatus,
        (reason, message): (&str, &str),
        now: f64,
    ) {
        self.end(status, now);
        self.reason = Some(reason.to_owned());
        self.message = Some(message.to_owned());
    }

    /// A newer ticket has one of the players, or a newer request the session.
    pub(super) fn replaced(&mut self, now: f64) {
        let why = (
            "Cancelled",
            "A newer request names one of the players or the game session.",
        );
        self.end_with(TicketStatus::Cancelled, why, now);
    }

    /// As `MatchmakingTicket` of the API.
    pub(crate) fn shown(&self) -> Value {
        present(json!({
            "TicketId": self.id,
            "ConfigurationName": self.configuration,
            "ConfigurationArn": self.configuration_arn,
            "Status": self.status,
            "StatusReason": self.reason,
            "StatusMessage": self.message,
            "StartTime": self.started,
            "EndTime": self.ended,
            "Players": self.shown_players(),
            "GameSessionConnectionInfo": self.connection,
            "EstimatedWaitTime": self.estimated_wait,
        }))
    }

    /// The players; a match adds their teams.
    fn shown_players(&self) -> Vec<Value> {
        let shown = |player: &Value| {
            let mut player = player.clone();
            let team = player["PlayerId"]
                .as_str()
                .and_then(|id| self.teams.get(id));
            if let Some(team) = team {
                player["Team"] = team.clone().into();
            }
            player
        };
        self.players.iter().map(shown).collect()
    }
}
