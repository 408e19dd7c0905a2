//! Automatic backfill: as long as a match's session has open slots, a ticket asks for players in its name.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::apply::Source;
use super::finish::Match;
use super::ticket::Kind;
use super::{TicketRequest, TicketStatus};
use crate::hosting::frame_of_update;
use crate::world::{GameSession, SessionStatus, World, text};

/// A session that is kept full.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Refill {
    session: String,
    configuration: String,
    /// The ticket that asks, or will.
    ticket: String,
    /// Who was in the session when the ticket was made.
    seated: BTreeSet<String>,
    /// Everybody who has ever been in it, as the API knows them, with their teams.
    players: BTreeMap<String, Value>,
}

impl World {
    /// Keeps a match's session full from now on, if its matchmaker does so.
    pub(super) fn keep_full(&mut self, source: &Source, found: &Match, session: &GameSession) {
        let Some(ticket) = &found.backfill_ticket else {
            return;
        };
        let refill = Refill {
            session: session.arn.clone(),
            configuration: text(&source.configuration, "Name").to_owned(),
            ticket: ticket.clone(),
            seated: BTreeSet::new(),
            players: found.players.clone(),
        };
        self.region_or_new(&source.region).refills.push(refill);
    }

    /// Notes who has come into a session.
    pub(super) fn joined(&mut self, source: &Source, found: &Match, session: &str) {
        let refills = &mut self.region_or_new(&source.region).refills;
        if let Some(refill) = refills.iter_mut().find(|refill| refill.session == session) {
            refill.players.extend(found.players.clone());
        }
    }

    /// Asks for players where slots are open, and anew when somebody has come or gone.
    pub(super) fn renew_backfill(&mut self, region: &str, now: f64) {
        let Some(place) = self.region_named(region) else {
            return;
        };
        for mut refill in std::mem::take(&mut place.refills) {
            let session = self.session_mut(&refill.session).ok().cloned();
            match session.filter(|session| session.status == SessionStatus::Active) {
                Some(session) => {
                    self.refill(region, &mut refill, &session, now);
                    self.region_or_new(region).refills.push(refill);
                }
                // What has ended needs nobody; the ticket may have ended, too.
                None => drop(self.stop_ticket(region, &refill.ticket, now)),
            }
        }
    }

    fn refill(&mut self, region: &str, refill: &mut Refill, session: &GameSession, now: f64) {
        let seated: BTreeSet<_> = session.taken().map(|seat| seat.player.clone()).collect();
        let tickets = &self.region_or_new(region).tickets;
        let asked = tickets.find(&refill.ticket).map(|ticket| ticket.status);
        let is_asking = asked.as_ref().is_ok_and(|status| status.is_open());
        if session.free() == 0 || seated.is_empty() || is_asking && seated == refill.seated {
            return;
        }
        // The id that the game server knows is used once.
        let id = match asked {
            Ok(_) => self.id(""),
            Err(_) => refill.ticket.clone(),
        };
        let players = seated
            .iter()
            .filter_map(|id| refill.players.get(id).cloned());
        let request = TicketRequest {
            id: id.clone(),
            configuration: &refill.configuration,
            players: players.collect(),
            kind: Kind::Backfill(refill.session.clone()),
        };
        // It is refused when the matchmaker is gone; then there is nobody to ask.
        if self.start_ticket(region, request, now).is_ok() {
            refill.ticket = id;
            refill.seated = seated;
        }
    }

    /// Tells a game server what became of the ticket that it asked for players with.
    pub(super) fn tell_backfill(&mut self, source: &Source, ticket: &str, reason: &str) {
        let tickets = &self.region_or_new(&source.region).tickets;
        let Ok(Kind::Backfill(session)) = tickets.find(ticket).map(|ticket| ticket.kind.clone())
        else {
            return;
        };
        if let Ok(session) = self.session_mut(&session) {
            let (process, frame) = (
                session.seating.process.clone(),
                frame_of_update(session, reason, ticket),
            );
            self.push(&process, frame);
        }
    }
}

impl TicketStatus {
    /// What a game server is told about a ticket that ended like this.
    pub(super) fn backfill_reason(self) -> &'static str {
        match self {
            Self::TimedOut => "BACKFILL_TIMED_OUT",
            Self::Cancelled => "BACKFILL_CANCELLED",
            Self::Completed => "MATCHMAKING_DATA_UPDATED",
            Self::Failed
            | Self::Queued
            | Self::Searching
            | Self::RequiresAcceptance
            | Self::Placing => "BACKFILL_FAILED",
        }
    }
}
