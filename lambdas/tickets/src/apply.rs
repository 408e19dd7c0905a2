//! One observation of one ticket, written conditionally. Comes from an event or from a description; both go this way.

use thiserror::Error;

use crate::id::TicketId;
use crate::stores::{PlayerStore, StoreError, TicketStore, Written};
use crate::ticket::{Observation, Ticket};
use crate::timestamp::Timestamp;

/// How often a write is tried against others that change the same ticket. Each conflict means that somebody else got
/// through, and a match has at most a handful of events in flight.
const ATTEMPTS: u32 = 8;

/// Why an observation is not stored.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ApplyError {
    /// The row always exists before FlexMatch hears of the ticket, so it is late or lost: worth a retry.
    #[error("ticket `{0}` has no row yet")]
    Missing(TicketId),
    /// Others kept changing the ticket.
    #[error("ticket `{0}` changed {ATTEMPTS} times while it was written")]
    Contended(TicketId),
    /// A table failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What an observation did.
#[derive(Clone, Debug, PartialEq)]
pub enum Applied {
    /// The ticket changed to this.
    Changed(Ticket),
    /// The ticket was like this already, or what was seen is outdated.
    Unchanged(Ticket),
}

/// What to do with a row that an observation doesn't change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Idle {
    /// Leave it.
    Keep,
    /// Note when it was looked at, so that the reconciler asks about others first.
    Touch,
}

/// Applies an observation and releases the players of a ticket that is final.
///
/// Players are released even when the ticket was final before: the attempt that ended it may have stopped in between.
pub async fn apply(
    store: &(impl TicketStore + PlayerStore),
    id: &TicketId,
    seen: &Observation,
    idle: Idle,
    now: Timestamp,
) -> Result<Applied, ApplyError> {
    for _ in 0..ATTEMPTS {
        let Some(mut ticket) = store.ticket(id).await? else {
            return Err(ApplyError::Missing(id.clone()));
        };
        let changed = ticket.observe(seen, now);
        if changed || (idle == Idle::Touch && !ticket.status.is_final()) {
            let read_version = ticket.version;
            ticket.version += 1;
            ticket.touch(now);
            match store.replace(&ticket, read_version).await? {
                Written::Yes => {}
                Written::Conflict => continue,
            }
        }
        if ticket.status.is_final() {
            release(store, &ticket).await?;
        }
        return Ok(if changed {
            Applied::Changed(ticket)
        } else {
            Applied::Unchanged(ticket)
        });
    }
    Err(ApplyError::Contended(id.clone()))
}

async fn release(store: &impl PlayerStore, ticket: &Ticket) -> Result<(), StoreError> {
    let mut result = Ok(());
    for player in &ticket.players {
        result = store.release(player, &ticket.ticket_id).await.and(result);
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fakes::{Memory, ticket};
    use crate::id::PlayerId;
    use crate::state::{Signal, Status};

    fn seen(signal: Signal, millis: i64) -> Observation {
        Observation::bare(signal, Timestamp::from_millis(millis))
    }

    const NOW: Timestamp = Timestamp::from_millis(9_000);

    async fn run(store: &Memory, signal: Signal) -> Result<Applied, ApplyError> {
        apply(
            store,
            &TicketId::new("t-1"),
            &seen(signal, 5_000),
            Idle::Keep,
            NOW,
        )
        .await
    }

    #[tokio::test]
    async fn a_change_is_written_with_the_next_version() {
        let store = Memory::with(ticket("t-1", &["ann"]));
        let Applied::Changed(ticket) = run(&store, Signal::Searching).await.unwrap() else {
            panic!("nothing changed");
        };
        assert_eq!((ticket.version, ticket.updated_at), (2, NOW));
        assert_eq!(store.stored("t-1"), ticket);
    }

    #[tokio::test]
    async fn a_missing_row_is_an_error_and_not_created() {
        let store = Memory::default();
        assert_eq!(
            run(&store, Signal::Succeeded).await,
            Err(ApplyError::Missing(TicketId::new("t-1")))
        );
        assert_eq!(store.tickets(), 0);
    }

    #[tokio::test]
    async fn a_conflicting_write_is_tried_again_on_the_new_row() {
        let store = Memory::with(ticket("t-1", &["ann"]));
        store.conflict_next(2);
        run(&store, Signal::Succeeded).await.unwrap();
        assert_eq!(store.stored("t-1").status, Status::Succeeded);
    }

    #[tokio::test]
    async fn endless_conflicts_are_an_error() {
        let store = Memory::with(ticket("t-1", &["ann"]));
        store.conflict_next(100);
        assert_eq!(
            run(&store, Signal::Succeeded).await,
            Err(ApplyError::Contended(TicketId::new("t-1")))
        );
    }

    #[tokio::test]
    async fn the_end_releases_every_player() {
        let store = Memory::with(ticket("t-1", &["ann", "bob"]));
        run(&store, Signal::Failed).await.unwrap();
        assert_eq!(
            (store.open_ticket("ann"), store.open_ticket("bob")),
            (None, None)
        );
    }

    #[tokio::test]
    async fn a_player_who_already_waits_in_another_ticket_keeps_it() {
        let store = Memory::with(ticket("t-1", &["ann"]));
        store.bind("ann", "t-2");
        run(&store, Signal::Failed).await.unwrap();
        assert_eq!(store.open_ticket("ann"), Some(TicketId::new("t-2")));
    }

    #[tokio::test]
    async fn a_repeated_end_releases_players_that_the_first_attempt_left_bound() {
        let store = Memory::with(ticket("t-1", &["ann", "bob"]));
        store.fail_release(&PlayerId::new("ann"));
        assert!(run(&store, Signal::Failed).await.is_err());
        assert_eq!(
            (store.open_ticket("ann").is_some(), store.open_ticket("bob")),
            (true, None)
        );
        store.heal();
        assert!(matches!(
            run(&store, Signal::Failed).await,
            Ok(Applied::Unchanged(_))
        ));
        assert_eq!(store.open_ticket("ann"), None);
    }

    #[tokio::test]
    async fn touching_moves_an_unchanged_ticket_to_the_end_of_the_line() {
        let store = Memory::with(ticket("t-1", &["ann"]));
        run(&store, Signal::Searching).await.unwrap();
        let later = Timestamp::from_millis(50_000);
        let done = apply(
            &store,
            &TicketId::new("t-1"),
            &seen(Signal::Searching, 5_000),
            Idle::Touch,
            later,
        )
        .await;
        assert!(matches!(done, Ok(Applied::Unchanged(_))));
        assert_eq!(store.stored("t-1").updated_at, later);
    }
}
