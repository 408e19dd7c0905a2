//! What a matchmaker reports, as states of tickets and events.

use std::collections::BTreeMap;

use flexmatch::matching::{
    AcceptanceOutcome, Answer as Said, CancelCause, Event, FailureReason, FormedMatch, TicketId,
};
use serde_json::{Value, json};

use super::engine::moment;
use super::report::{self, Sayings};
use super::ticket::{Ticket, TicketStatus};
use crate::input::Record;
use crate::world::{World, text};

/// A matchmaker's configuration and where its events come from.
#[derive(Clone)]
pub(super) struct Source {
    pub(super) region: String,
    pub(super) configuration: Record,
}

impl World {
    /// Lets all matchmakers of a region work, and drops those that nobody needs any more.
    pub(super) fn tick_engines(&mut self, region: &str, now: f64) {
        let Some(place) = self.region_named(region) else {
            return;
        };
        let due = |deadline| deadline <= moment(now);
        let mut reports = Vec::new();
        for engine in place.engines.values_mut() {
            if engine.matchmaker.next_deadline().is_some_and(due) {
                let source = Source {
                    region: region.to_owned(),
                    configuration: engine.configuration.clone(),
                };
                reports.push((source, engine.capacity, engine.matchmaker.tick(moment(now))));
            }
        }
        for (source, capacity, events) in reports {
            for event in events {
                self.apply(&source, capacity, event, now);
            }
        }
        self.drop_engines(region);
    }

    fn drop_engines(&mut self, region: &str) {
        let place = self.region_or_new(region);
        let (tickets, configurations) = (&place.tickets, &place.configurations);
        place.engines.retain(|number, engine| {
            let current = configurations.find(engine.setting("Name"));
            current.is_ok_and(|current| *current == engine.configuration)
                || tickets
                    .values()
                    .any(|ticket| ticket.engine == *number && ticket.status.can_be_stopped())
        });
    }

    fn apply(&mut self, source: &Source, capacity: u64, event: Event, now: f64) {
        match event {
            Event::Searching {
                ticket,
                estimated_wait,
            } => self.searching(source, &ticket, estimated_wait.map(|wait| wait.as_secs())),
            Event::PotentialMatchCreated {
                formed,
                acceptance_timeout,
            } => {
                let timeout = acceptance_timeout.map(|timeout| timeout.as_secs());
                self.proposed(source, &formed, timeout);
            }
            Event::AcceptMatch { id, answers } => {
                let more = json!({ "matchId": id.to_string() });
                self.answered(source, "AcceptMatch", &answers, more);
            }
            Event::AcceptMatchCompleted {
                id,
                outcome,
                answers,
            } => {
                let acceptance = match outcome {
                    AcceptanceOutcome::Accepted => "Accepted",
                    AcceptanceOutcome::Rejected => "Rejected",
                    AcceptanceOutcome::TimedOut => "TimedOut",
                };
                let more = json!({ "matchId": id.to_string(), "acceptance": acceptance });
                self.answered(source, "AcceptMatchCompleted", &answers, more);
            }
            Event::Ready(formed) => self.ready(source, capacity, &formed, now),
            Event::TimedOut { ticket, metrics } => {
                let why = ("TimedOut", "Removed from matchmaking due to timing out.");
                let more = json!({ "ruleEvaluationMetrics": report::metrics(&metrics) });
                let end = (TicketStatus::TimedOut, "MatchmakingTimedOut", why);
                self.ended(source, &ticket, end, more, now);
            }
            Event::Cancelled {
                ticket,
                cause: CancelCause::Requested,
                metrics,
            } => {
                let why = ("Cancelled", "Cancelled by request.");
                let more = json!({ "ruleEvaluationMetrics": report::metrics(&metrics) });
                let end = (TicketStatus::Cancelled, "MatchmakingCancelled", why);
                self.ended(source, &ticket, end, more, now);
            }
            Event::Cancelled {
                ticket,
                cause: CancelCause::Replaced,
                ..
            } => {
                if let Some(ticket) = self.ticket_mut(source, &ticket) {
                    ticket.replaced(now);
                }
                self.tell_backfill(source, ticket.as_str(), "BACKFILL_CANCELLED");
            }
            Event::Failed { ticket, id, reason } => {
                // The status is today's documentation, the event that of production consumers; AWS publishes neither
                // an example nor the words.
                let why = match reason {
                    FailureReason::Rejected => {
                        ("Rejected", "A player of the ticket rejected the match.")
                    }
                    FailureReason::NotAnswered => {
                        ("TimedOut", "A player of the ticket did not answer in time.")
                    }
                };
                let more = json!({ "matchId": id.to_string() });
                let end = (TicketStatus::Cancelled, "MatchmakingFailed", why);
                self.ended(source, &ticket, end, more, now);
            }
        }
    }

    fn searching(&mut self, source: &Source, id: &TicketId, wait: Option<u64>) {
        let Some(ticket) = self.ticket_mut(source, id) else {
            return;
        };
        ticket.status = TicketStatus::Searching;
        ticket.estimated_wait = wait;
        ticket.teams.clear();
        let shown = wait.map_or_else(|| "NOT_AVAILABLE".into(), Value::from);
        let more = json!({ "estimatedWaitMillis": shown });
        self.report(
            source,
            "MatchmakingSearching",
            &[id.as_str()],
            &Sayings::default(),
            more,
        );
    }

    fn proposed(&mut self, source: &Source, formed: &FormedMatch, timeout: Option<u64>) {
        let status = match timeout {
            Some(_) => TicketStatus::RequiresAcceptance,
            None => TicketStatus::Placing,
        };
        let mut teams: BTreeMap<&TicketId, BTreeMap<String, String>> = BTreeMap::new();
        for team in &formed.teams {
            for player in &team.players {
                let of_ticket = teams.entry(&player.ticket).or_default();
                of_ticket.insert(player.id.to_string(), team.name.clone());
            }
        }
        for (id, teams) in teams {
            if let Some(ticket) = self.ticket_mut(source, id) {
                ticket.status = status;
                ticket.teams = teams;
            }
        }
        let mut more = json!({
            "matchId": formed.id.to_string(),
            "acceptanceRequired": timeout.is_some(),
            "ruleEvaluationMetrics": report::metrics(&formed.metrics),
        });
        if let Some(timeout) = timeout {
            more["acceptanceTimeout"] = timeout.into();
        }
        let tickets: Vec<_> = formed.tickets.iter().map(TicketId::as_str).collect();
        self.report(
            source,
            "PotentialMatchCreated",
            &tickets,
            &Sayings::default(),
            more,
        );
    }

    fn answered(&mut self, source: &Source, kind: &str, answers: &[Said], more: Value) {
        let mut tickets: Vec<_> = answers.iter().map(|said| said.ticket.as_str()).collect();
        tickets.dedup();
        let accepted = answers
            .iter()
            .filter_map(|said| Some((said.player.to_string(), said.accepted?)));
        let sayings = Sayings {
            accepted: accepted.collect(),
            ..Sayings::default()
        };
        self.report(source, kind, &tickets, &sayings, more);
    }

    fn ended(
        &mut self,
        source: &Source,
        id: &TicketId,
        (status, kind, why): (TicketStatus, &str, (&str, &str)),
        mut more: Value,
        now: f64,
    ) {
        // A ticket that was replaced across matchmakers has ended before, and without an event.
        let ticket = self.ticket_mut(source, id);
        let Some(ticket) = ticket.filter(|ticket| ticket.status.is_open()) else {
            return;
        };
        ticket.end_with(status, why, now);
        self.tell_backfill(source, id.as_str(), status.backfill_reason());
        more["reason"] = why.0.into();
        more["message"] = why.1.into();
        self.report(source, kind, &[id.as_str()], &Sayings::default(), more);
    }

    /// Publishes an event about tickets.
    pub(super) fn report(
        &mut self,
        source: &Source,
        kind: &str,
        tickets: &[&str],
        sayings: &Sayings,
        more: Value,
    ) {
        let place = self.region_or_new(&source.region);
        let tickets: Vec<&Ticket> = tickets
            .iter()
            .filter_map(|id| place.tickets.find(id).ok())
            .collect();
        let event = report::event(kind, &source.configuration, &tickets, sayings, more);
        let topic = text(&source.configuration, "NotificationTarget");
        self.publish(&source.region, topic, event);
    }

    pub(super) fn ticket_mut(&mut self, source: &Source, id: &TicketId) -> Option<&mut Ticket> {
        let place = self.region_or_new(&source.region);
        place.tickets.find_mut(id.as_str()).ok()
    }
}
