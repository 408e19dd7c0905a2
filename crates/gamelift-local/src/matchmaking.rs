//! Matchmaking: tickets in the pools of `flexmatch` matchmakers, the matches that come out, and their game sessions.
//!
//! The matchmaker decides who plays together; this module keeps the tickets' states, publishes FlexMatch's events and
//! asks queues for places. States and events: <https://docs.aws.amazon.com/gamelift/latest/flexmatchguide/match-events.html>.

mod apply;
mod backfill;
mod engine;
mod finish;
mod report;
mod ticket;

use serde_json::Value;

use crate::error::{Answer, ApiError};
use crate::world::World;
pub(crate) use backfill::Refill;
pub(crate) use engine::Engine;
pub(crate) use finish::Match;
use flexmatch::matching::{PlayerId, Response, TicketId};
pub(crate) use ticket::{Kind, Ticket, TicketStatus};

/// A request for a ticket, as the API takes it.
pub(crate) struct TicketRequest<'a> {
    pub(crate) id: String,
    /// Name or ARN.
    pub(crate) configuration: &'a str,
    pub(crate) players: Vec<Value>,
    pub(crate) kind: Kind,
}

impl World {
    /// Brings tickets and matches of all regions up to `now`.
    pub(crate) fn advance_matchmaking(&mut self, now: f64) {
        for region in self.region_names() {
            self.advance_matches(&region, now);
            self.renew_backfill(&region, now);
            self.tick_engines(&region, now);
        }
    }

    /// Puts a ticket into its matchmaker's pool.
    pub(crate) fn start_ticket(
        &mut self,
        region: &str,
        request: TicketRequest<'_>,
        now: f64,
    ) -> Answer<Ticket> {
        let place = self.region_or_new(region);
        place.tickets.refuse_taken(&request.id)?;
        let configuration = place.configurations.find(request.configuration)?.clone();
        let engine = self.engine_for(region, &configuration)?;
        let ticket = Ticket::new(request, &configuration, engine, now);
        self.withdraw_others(region, &ticket, now);
        let place = self.region_or_new(region);
        if let Some(engine) = place.engines.get_mut(&engine) {
            engine.take(&ticket, now)?;
        }
        place.tickets.insert(&ticket.id, ticket.clone())?;
        Ok(ticket)
    }

    /// Takes a ticket back. Its state follows with the matchmaker's next report.
    pub(crate) fn stop_ticket(&mut self, region: &str, id: &str, now: f64) -> Answer<()> {
        let place = self.region_or_new(region);
        let ticket = place.tickets.find(id)?;
        let status = ticket.status.name();
        match ticket.status {
            TicketStatus::Queued | TicketStatus::Searching | TicketStatus::RequiresAcceptance => {}
            TicketStatus::Placing => {
                return Err(ApiError::invalid(format!(
                    "matchmaking ticket `{id}` is in {status} status and cannot be canceled"
                )));
            }
            TicketStatus::Completed
            | TicketStatus::Failed
            | TicketStatus::Cancelled
            | TicketStatus::TimedOut => {
                return Err(ApiError::invalid(format!(
                    "matchmaking ticket `{id}` is already {status}"
                )));
            }
        }
        let engine = ticket.engine;
        if let Some(engine) = place.engines.get_mut(&engine) {
            // A ticket in one of these states is in its matchmaker.
            let _ = engine
                .matchmaker
                .remove(&TicketId::from(id), engine::moment(now));
        }
        Ok(())
    }

    /// Notes what players say to the match that was proposed to their ticket.
    pub(crate) fn answer_match(
        &mut self,
        region: &str,
        id: &str,
        (players, response): (&[&str], Response),
        now: f64,
    ) -> Answer<()> {
        let place = self.region_or_new(region);
        let ticket = place.tickets.find(id)?;
        if ticket.status != TicketStatus::RequiresAcceptance {
            return Err(ApiError::invalid(format!(
                "matchmaking ticket `{id}` is {}, not REQUIRES_ACCEPTANCE",
                ticket.status.name()
            )));
        }
        let players: Vec<_> = players
            .iter()
            .map(|player| PlayerId::from(*player))
            .collect();
        let engine = ticket.engine;
        let Some(engine) = place.engines.get_mut(&engine) else {
            return Err(ApiError::not_found(format!(
                "matchmaking ticket `{id}` does not exist"
            )));
        };
        engine
            .matchmaker
            .respond(&TicketId::from(id), &players, response, engine::moment(now))
            .map_err(|error| ApiError::invalid(error.to_string()))
    }

    /// Puts the tickets that look for a match into pools again, oldest first.
    pub(crate) fn pool_again(&mut self, region: &str) {
        let place = self.region_or_new(region);
        let open = place
            .tickets
            .values_mut()
            .filter(|ticket| ticket.status.can_be_stopped());
        let mut open: Vec<_> = open.map(|ticket| ticket.clone()).collect();
        open.sort_by(|one, two| one.started.total_cmp(&two.started));
        for mut ticket in open {
            // Without its matchmaker nobody can match it; it stays as it is.
            let place = self.region_or_new(region);
            let Ok(configuration) = place.configurations.find(&ticket.configuration).cloned()
            else {
                continue;
            };
            let Ok(number) = self.engine_for(region, &configuration) else {
                continue;
            };
            ticket.engine = number;
            let place = self.region_or_new(region);
            let taken = place
                .engines
                .get_mut(&number)
                .map(|engine| engine.take(&ticket, ticket.started));
            if let (Some(Ok(())), Ok(known)) = (taken, place.tickets.find_mut(&ticket.id)) {
                *known = ticket;
            }
        }
    }

    /// A player is in one ticket at a time. Within one matchmaker it sees to that itself.
    fn withdraw_others(&mut self, region: &str, newer: &Ticket, now: f64) {
        if newer.kind != Kind::Search {
            return;
        }
        let place = self.region_or_new(region);
        let older = place.tickets.values_mut().filter(|ticket| {
            ticket.kind == Kind::Search
                && ticket.engine != newer.engine
                && ticket.status.can_be_stopped()
                && ticket
                    .player_ids()
                    .any(|id| newer.player_ids().any(|other| other == id))
        });
        for ticket in older {
            ticket.replaced(now);
            if let Some(engine) = place.engines.get_mut(&ticket.engine) {
                let id = TicketId::from(ticket.id.as_str());
                let _ = engine.matchmaker.remove(&id, engine::moment(now));
            }
        }
    }
}
