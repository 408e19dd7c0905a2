//! The row of the tickets table, and how an observation changes it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::{PlayerId, TicketId};
use crate::state::{Origin, Signal, Standing, Status, Step, step};
use crate::timestamp::Timestamp;

/// Partitions of the index over open tickets; one would be hot, many would cost the reconciler a query each.
pub const SHARDS: [&str; 4] = ["0", "1", "2", "3"];

/// How long a row outlives its ticket: clients poll for the end, support looks for the reason.
const KEPT_SECONDS: i64 = 24 * 60 * 60;

/// One matchmaking request and what became of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ticket {
    /// Chosen by us before FlexMatch is called.
    pub ticket_id: TicketId,
    /// Who asked.
    pub owner: PlayerId,
    /// Everybody in the ticket, the owner first.
    pub players: Vec<PlayerId>,
    /// The matchmaker's name in the topology.
    pub matchmaker: String,
    /// Where the ticket stands.
    pub status: Status,
    /// The time of the event that gave the status, by that event's own clock.
    pub event_time: Timestamp,
    /// FlexMatch's short reason for an end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_reason: Option<String>,
    /// FlexMatch's sentence about an end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_message: Option<String>,
    /// The match the ticket is in, proposed or made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub match_id: Option<String>,
    /// FlexMatch's guess, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimated_wait_seconds: Option<i64>,
    /// How the proposed match stands with its players.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acceptance: Option<Acceptance>,
    /// Each player's own player session.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub player_sessions: BTreeMap<PlayerId, String>,
    /// Where the game session runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<Connection>,
    /// When the ticket was written.
    pub created_at: Timestamp,
    /// When FlexMatch gives up on it.
    pub times_out_at: Timestamp,
    /// When the row last changed, by our clock; the sort key of the index over open tickets.
    pub updated_at: Timestamp,
    /// When DynamoDB may delete the row, in seconds.
    pub expires_at: i64,
    /// The partition in the index; absent once final, so the index holds open tickets only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open_shard: Option<String>,
    /// Grows with every write; a write names the version it read.
    pub version: u64,
}

/// How a proposed match stands with the players of one ticket.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acceptance {
    /// Until when players can answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer_by: Option<Timestamp>,
    /// What was heard last is an answer, of anybody in the match.
    #[serde(default)]
    pub answered: bool,
    /// Who accepted and who rejected; silent players are absent.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub answers: BTreeMap<PlayerId, bool>,
    /// The proposal was dropped; FlexMatch's next event says what follows.
    #[serde(default)]
    pub dropped: bool,
}

/// Where a game session can be reached. Every part may be missing in an event.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// The session, opaque.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub game_session_arn: Option<String>,
    /// The server's address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ip_address: Option<String>,
    /// The server's name; the only right one on fleets with TLS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dns_name: Option<String>,
    /// The server's port.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// The location that hosts the session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
}

/// What an event or a description says about one player.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlayerOutcome {
    /// Whom it is about.
    pub player: PlayerId,
    /// The reserved player session.
    pub session: Option<String>,
    /// The answer to a proposal.
    pub accepted: Option<bool>,
}

/// Everything one event or description says about one ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation {
    /// What happened.
    pub signal: Signal,
    /// When, by the clock of who said it.
    pub at: Timestamp,
    /// The match it is about.
    pub match_id: Option<String>,
    /// Short reason.
    pub reason: Option<String>,
    /// A sentence.
    pub message: Option<String>,
    /// FlexMatch's guess, in seconds.
    pub estimated_wait_seconds: Option<i64>,
    /// Seconds that players have to accept.
    pub acceptance_seconds: Option<i64>,
    /// Where the session runs.
    pub connection: Option<Connection>,
    /// What it says about players; may name players of other tickets.
    pub players: Vec<PlayerOutcome>,
}

impl Observation {
    /// A signal with nothing else known.
    pub const fn bare(signal: Signal, at: Timestamp) -> Self {
        Self {
            signal,
            at,
            match_id: None,
            reason: None,
            message: None,
            estimated_wait_seconds: None,
            acceptance_seconds: None,
            connection: None,
            players: Vec::new(),
        }
    }

    /// The same with a reason for people.
    #[must_use]
    pub fn because(mut self, reason: &str, message: &str) -> Self {
        self.reason = Some(reason.to_owned());
        self.message = Some(message.to_owned());
        self
    }
}

impl Ticket {
    /// A ticket as it is first written. The owner must be among the players.
    pub fn open(
        ticket_id: TicketId,
        owner: PlayerId,
        players: Vec<PlayerId>,
        matchmaker: &str,
        timeout_seconds: i64,
        now: Timestamp,
    ) -> Self {
        let times_out_at = now.plus_seconds(timeout_seconds);
        Self {
            open_shard: Some(shard(&ticket_id).to_owned()),
            ticket_id,
            owner,
            players,
            matchmaker: matchmaker.to_owned(),
            status: Status::Queued,
            // Before every event: our clock may run ahead of FlexMatch's.
            event_time: Timestamp::default(),
            status_reason: None,
            status_message: None,
            match_id: None,
            estimated_wait_seconds: None,
            acceptance: None,
            player_sessions: BTreeMap::new(),
            connection: None,
            created_at: now,
            times_out_at,
            updated_at: now,
            expires_at: times_out_at.plus_seconds(KEPT_SECONDS).seconds(),
            version: 1,
        }
    }

    /// Whether a player is part of this ticket. Everybody else must not learn that it exists.
    pub fn includes(&self, player: &PlayerId) -> bool {
        self.players.contains(player)
    }

    /// Whether the ticket no longer keeps its players from asking again: it ended, or its row should be gone by now
    /// (DynamoDB deletes expired rows with days of delay).
    pub const fn is_over(&self, now: Timestamp) -> bool {
        self.status.is_final() || self.expires_at <= now.seconds()
    }

    /// Applies what was learned; false when it changes nothing.
    pub fn observe(&mut self, seen: &Observation, now: Timestamp) -> bool {
        let standing = Standing {
            status: self.status,
            at: self.event_time,
            origin: match &self.acceptance {
                Some(acceptance) if acceptance.answered => Origin::Answer,
                _ => Origin::Other,
            },
        };
        let before = self.clone();
        match step(standing, seen.signal, seen.at) {
            Step::Move(status) => self.move_to(status, seen, now),
            Step::Refresh => self.refresh(seen),
            Step::Complete => self.complete(seen),
            Step::Note => self.note(seen),
            Step::Ignore => self.fill_deadline(seen),
        }
        *self != before
    }

    /// Marks the row as looked at, so that the reconciler asks about others first.
    pub const fn touch(&mut self, now: Timestamp) {
        self.updated_at = now;
    }

    fn move_to(&mut self, status: Status, seen: &Observation, now: Timestamp) {
        self.status = status;
        self.status_reason.clone_from(&seen.reason);
        self.status_message.clone_from(&seen.message);
        if status == Status::RequiresAcceptance {
            self.acceptance = Some(Acceptance::default());
        } else if status == Status::Searching {
            self.acceptance = None;
            self.match_id = None;
        }
        if status.is_final() {
            self.open_shard = None;
            self.expires_at = now.plus_seconds(KEPT_SECONDS).seconds();
            self.complete(seen);
        }
        self.refresh(seen);
    }

    /// Takes details that are at least as new as what is known.
    fn refresh(&mut self, seen: &Observation) {
        self.event_time = seen.at;
        if self.status == Status::RequiresAcceptance && self.is_another_match(seen) {
            self.acceptance = Some(Acceptance::default());
        }
        take(&mut self.match_id, seen.match_id.as_ref());
        take(
            &mut self.estimated_wait_seconds,
            seen.estimated_wait_seconds.as_ref(),
        );
        let Some(acceptance) = &mut self.acceptance else {
            return;
        };
        acceptance.answered = seen.signal.origin() == Origin::Answer;
        take(&mut acceptance.answer_by, answer_by(seen).as_ref());
        for outcome in seen
            .players
            .iter()
            .filter(|one| self.players.contains(&one.player))
        {
            if let Some(accepted) = outcome.accepted {
                acceptance.answers.insert(outcome.player.clone(), accepted);
            }
        }
    }

    /// Adds what a final ticket still lacks; what it has stays.
    fn complete(&mut self, seen: &Observation) {
        if self.status != Status::Succeeded {
            return;
        }
        if self.connection.is_none() {
            self.connection.clone_from(&seen.connection);
        }
        for outcome in seen
            .players
            .iter()
            .filter(|one| self.players.contains(&one.player))
        {
            if let Some(session) = &outcome.session {
                self.player_sessions
                    .entry(outcome.player.clone())
                    .or_insert_with(|| session.clone());
            }
        }
    }

    fn note(&mut self, seen: &Observation) {
        if seen.signal == Signal::ProposalDropped
            && !self.is_another_match(seen)
            && let Some(acceptance) = &mut self.acceptance
        {
            acceptance.dropped = true;
        }
    }

    /// A proposal that arrives after its first answer is too old to change the status, but only it knows the deadline.
    fn fill_deadline(&mut self, seen: &Observation) {
        let same_match = self.match_id.is_some() && self.match_id == seen.match_id;
        if let Some(acceptance) = &mut self.acceptance
            && same_match
            && acceptance.answer_by.is_none()
            && self.status == Status::RequiresAcceptance
        {
            acceptance.answer_by = answer_by(seen);
        }
    }

    fn is_another_match(&self, seen: &Observation) -> bool {
        self.match_id.is_some() && seen.match_id.is_some() && self.match_id != seen.match_id
    }
}

fn answer_by(seen: &Observation) -> Option<Timestamp> {
    let seconds = seen.acceptance_seconds?;
    (seen.signal == Signal::MatchProposed).then(|| seen.at.plus_seconds(seconds))
}

fn take<T: Clone>(known: &mut Option<T>, newer: Option<&T>) {
    if let Some(newer) = newer {
        *known = Some(newer.clone());
    }
}

/// The index partition of a ticket: any even spread will do, as long as every build agrees.
fn shard(ticket: &TicketId) -> &'static str {
    let sum = ticket.as_str().bytes().fold(0_usize, |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(usize::from(byte))
    });
    SHARDS[sum % SHARDS.len()]
}

#[cfg(test)]
#[path = "ticket_tests.rs"]
mod tests;
