//! Asks FlexMatch about tickets that went silent, so that a lost event costs half a minute and not a match.
//!
//! Runs on a schedule. What FlexMatch says goes through the same state machine as events.

use std::collections::BTreeMap;

use serde_json::json;
use thiserror::Error;
use tickets::apply::{Applied, Idle, apply};
use tickets::id::TicketId;
use tickets::matchmaker::{Matchmaker, MatchmakerError, TICKETS_PER_DESCRIPTION};
use tickets::state::{Signal, Status};
use tickets::stores::{PlayerStore, TicketStore};
use tickets::telemetry::Journal;
use tickets::ticket::{Observation, SHARDS, Ticket};
use tickets::timestamp::Timestamp;

/// Events of a living ticket come more often or mean that it waits; asking sooner would meet FlexMatch's throttle.
const SILENT_SECONDS: i64 = 30;

/// Longer than the handler that starts matchmaking may run: a ticket unknown by then was never started.
const STARTED_WITHIN_SECONDS: i64 = 60;

/// What FlexMatch needs to tell about a ticket that ran out of time.
const GRACE_SECONDS: i64 = 60;

/// How far our clock may be ahead of FlexMatch's. An answer is dated this much earlier: an event that is newer must not
/// look older than the answer, while one that the answer knew already changes nothing.
const SKEW_SECONDS: i64 = 2;

/// Time to finish a batch before Lambda stops the process.
const RESERVE_SECONDS: i64 = 5;

/// Why a run must be looked at. The next run starts over in any case.
#[derive(Debug, Error)]
#[error("cannot reconcile {0} of the tickets, shards or batches of this run")]
pub struct ReconcileError(usize);

/// How to go on after a batch.
enum Pace {
    Go,
    /// FlexMatch or the clock says no.
    Stop,
}

/// One run.
struct Run<'a, S, M, C> {
    store: &'a S,
    matchmaker: &'a M,
    clock: C,
    deadline: Timestamp,
    journal: &'a Journal<'a>,
    failures: usize,
}

/// Goes through all open tickets that have been silent, longest first, until done or out of time.
pub async fn handle<C: Fn() -> Timestamp>(
    store: &(impl TicketStore + PlayerStore),
    matchmaker: &impl Matchmaker,
    clock: C,
    deadline: Timestamp,
    journal: &Journal<'_>,
) -> Result<(), ReconcileError> {
    let before = clock().plus_seconds(-SILENT_SECONDS);
    let deadline = deadline.plus_seconds(-RESERVE_SECONDS);
    let mut run = Run {
        store,
        matchmaker,
        clock,
        deadline,
        journal,
        failures: 0,
    };
    for shard in SHARDS {
        if matches!(run.shard(shard, before).await, Pace::Stop) {
            break;
        }
    }
    if run.failures == 0 {
        Ok(())
    } else {
        Err(ReconcileError(run.failures))
    }
}

impl<S, M, C> Run<'_, S, M, C>
where
    S: TicketStore + PlayerStore,
    M: Matchmaker,
    C: Fn() -> Timestamp,
{
    async fn shard(&mut self, shard: &str, before: Timestamp) -> Pace {
        let mut after = None;
        loop {
            let page = match self.store.silent(shard, before, after.as_ref()).await {
                Ok(page) => page,
                Err(error) => {
                    self.fail("shard not read", &error.to_string());
                    return Pace::Go;
                }
            };
            for error in &page.unreadable {
                self.fail("row not read", &error.to_string());
            }
            for batch in page.tickets.chunks(TICKETS_PER_DESCRIPTION) {
                if matches!(self.batch(batch).await, Pace::Stop) {
                    return Pace::Stop;
                }
            }
            after = page.next;
            if after.is_none() {
                return Pace::Go;
            }
        }
    }

    async fn batch(&mut self, batch: &[Ticket]) -> Pace {
        // Taken before the question: an event that happens while FlexMatch answers is newer than the answer.
        let asked_at = (self.clock)();
        if asked_at >= self.deadline {
            self.journal.warn("out of time", &json!({}));
            self.journal.count("RunsCutShort", 1);
            return Pace::Stop;
        }
        let ids: Vec<_> = batch
            .iter()
            .map(|ticket| ticket.ticket_id.clone())
            .collect();
        self.journal.count("TicketsAsked", ids.len() as u64);
        match self
            .matchmaker
            .describe(&ids, asked_at.plus_seconds(-SKEW_SECONDS))
            .await
        {
            Ok(known) => self.apply_all(batch, &known, asked_at).await,
            Err(error @ MatchmakerError::Throttled { .. }) => {
                // An error would make Lambda run this again at once, against the same throttle.
                self.journal
                    .warn("throttled", &json!({"cause": error.to_string()}));
                self.journal.count("RunsCutShort", 1);
                return Pace::Stop;
            }
            Err(error) => self.fail("tickets not described", &error.to_string()),
        }
        Pace::Go
    }

    async fn apply_all(
        &mut self,
        batch: &[Ticket],
        known: &BTreeMap<TicketId, Observation>,
        asked_at: Timestamp,
    ) {
        for ticket in batch {
            match known.get(&ticket.ticket_id) {
                Some(seen) => self.apply(ticket, seen).await,
                None => match judge_unknown(ticket, asked_at) {
                    Some(seen) => self.apply(ticket, &seen).await,
                    None => self.journal.count("TicketsUnknown", 1),
                },
            }
        }
    }

    async fn apply(&mut self, ticket: &Ticket, seen: &Observation) {
        match apply(
            self.store,
            &ticket.ticket_id,
            seen,
            Idle::Touch,
            (self.clock)(),
        )
        .await
        {
            Ok(Applied::Changed(ticket)) => {
                self.journal.count("TicketsCaughtUp", 1);
                let fields = json!({"ticket_id": ticket.ticket_id, "status": ticket.status, "reason": ticket.status_reason});
                self.journal.info("ticket caught up", &fields);
            }
            Ok(Applied::Unchanged(_)) => self.journal.count("TicketsUnchanged", 1),
            Err(error) => self.fail("ticket not stored", &error.to_string()),
        }
    }

    fn fail(&mut self, message: &str, cause: &str) {
        self.failures += 1;
        self.journal.error(message, &json!({"cause": cause}));
    }
}

/// What it means that FlexMatch doesn't know a ticket; nothing while it may still be on its way there.
fn judge_unknown(ticket: &Ticket, now: Timestamp) -> Option<Observation> {
    let never_heard_of =
        ticket.status == Status::Queued && ticket.event_time == Timestamp::default();
    if never_heard_of && now >= ticket.created_at.plus_seconds(STARTED_WITHIN_SECONDS) {
        let message = "matchmaking was never started for this ticket";
        return Some(Observation::bare(Signal::Failed, now).because("NeverStarted", message));
    }
    (now >= ticket.times_out_at.plus_seconds(GRACE_SECONDS)).then(|| {
        let message = "matchmaking no longer knows this ticket";
        Observation::bare(Signal::TimedOut, now).because("Unknown", message)
    })
}

#[cfg(test)]
mod tests;
