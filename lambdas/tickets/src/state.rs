//! The ticket state machine: what each signal does in each status. Pure and total: no I/O, no clock, no panic, and a
//! defined [`Step`] for every combination.
//!
//! Three rules give the same result in whatever order events arrive:
//!
//! 1. A final status stays. FlexMatch needs no exception: a ticket id is never used again, so whatever follows is a
//!    duplicate or late.
//! 2. A final signal ends an open ticket whatever its time. Times of separate events are not promised to be ordered, and
//!    a success that lost against a later-stamped `Searching` would be a lost match.
//! 3. Among open statuses the event's own time decides, not its arrival; equal times resolve to the more final status. One
//!    exception: an answer that drops a proposal and the search that follows may carry one time, and nobody answers in the
//!    instant in which a match is proposed. So an answer counts as older than a search of its time.

use serde::{Deserialize, Serialize};

use crate::timestamp::Timestamp;

/// Where a ticket stands, from least to most final.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Written, not yet seen by the matching engine.
    Queued,
    /// In the pool.
    Searching,
    /// In a proposed match that waits for its players.
    RequiresAcceptance,
    /// In a match that waits for a game session.
    Placing,
    /// Has a game session.
    Succeeded,
    /// Ran out of time.
    TimedOut,
    /// Stopped by request, or dropped after a rejection.
    Cancelled,
    /// Ended by an error.
    Failed,
}

impl Status {
    /// Every status.
    pub const ALL: [Self; 8] = [
        Self::Queued,
        Self::Searching,
        Self::RequiresAcceptance,
        Self::Placing,
        Self::Succeeded,
        Self::TimedOut,
        Self::Cancelled,
        Self::Failed,
    ];

    /// Whether nothing moves the ticket any more.
    pub const fn is_final(self) -> bool {
        matches!(
            self,
            Self::Succeeded | Self::TimedOut | Self::Cancelled | Self::Failed
        )
    }

    /// How far the ticket has come; decides between signals of the same time.
    const fn rank(self, origin: Origin) -> u8 {
        match (self, origin) {
            (Self::Queued, _) => 0,
            (Self::RequiresAcceptance, Origin::Answer) => 1,
            (Self::Searching, _) => 2,
            (Self::RequiresAcceptance, Origin::Other) => 3,
            (Self::Placing, _) => 4,
            (Self::Succeeded | Self::TimedOut | Self::Cancelled | Self::Failed, _) => 5,
        }
    }
}

/// What was learned about one ticket, from an event or by asking FlexMatch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Signal {
    /// FlexMatch says that it has the ticket and did not begin; only a description says so.
    Queued,
    /// `MatchmakingSearching`.
    Searching,
    /// `PotentialMatchCreated` where players must accept.
    MatchProposed,
    /// `PotentialMatchCreated` where they need not.
    MatchFormed,
    /// `AcceptMatch`: somebody answered.
    Answered,
    /// `AcceptMatchCompleted` with everybody's consent.
    AllAccepted,
    /// `AcceptMatchCompleted` after a rejection or a silence.
    ProposalDropped,
    /// `MatchmakingSucceeded`.
    Succeeded,
    /// `MatchmakingTimedOut`.
    TimedOut,
    /// `MatchmakingCancelled`.
    Cancelled,
    /// `MatchmakingFailed`.
    Failed,
    /// An event of the queue about the placement of the ticket's match.
    Placement(Placement),
}

/// How a queue ended a placement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Placement {
    /// A session was placed.
    Fulfilled,
    /// The placement was stopped.
    Cancelled,
    /// No destination had room in time.
    TimedOut,
    /// The queue failed.
    Failed,
}

impl Signal {
    /// Every signal.
    pub const ALL: [Self; 15] = [
        Self::Queued,
        Self::Searching,
        Self::MatchProposed,
        Self::MatchFormed,
        Self::Answered,
        Self::AllAccepted,
        Self::ProposalDropped,
        Self::Succeeded,
        Self::TimedOut,
        Self::Cancelled,
        Self::Failed,
        Self::Placement(Placement::Fulfilled),
        Self::Placement(Placement::Cancelled),
        Self::Placement(Placement::TimedOut),
        Self::Placement(Placement::Failed),
    ];

    /// What a status that it gives is learned from.
    pub const fn origin(self) -> Origin {
        match self {
            Self::Answered => Origin::Answer,
            Self::Queued
            | Self::Searching
            | Self::MatchProposed
            | Self::MatchFormed
            | Self::AllAccepted
            | Self::ProposalDropped
            | Self::Succeeded
            | Self::TimedOut
            | Self::Cancelled
            | Self::Failed
            | Self::Placement(_) => Origin::Other,
        }
    }

    /// The status a signal reports; none where FlexMatch will still say what follows.
    ///
    /// A dropped proposal sends those who accepted back to the pool and ends the others, each with an event of its own. A
    /// placement's end is followed by `MatchmakingSucceeded`, `MatchmakingFailed` or another search.
    const fn reports(self) -> Option<Status> {
        match self {
            Self::Queued => Some(Status::Queued),
            Self::Searching => Some(Status::Searching),
            Self::MatchProposed | Self::Answered => Some(Status::RequiresAcceptance),
            Self::MatchFormed | Self::AllAccepted => Some(Status::Placing),
            Self::Succeeded => Some(Status::Succeeded),
            Self::TimedOut => Some(Status::TimedOut),
            Self::Cancelled => Some(Status::Cancelled),
            Self::Failed => Some(Status::Failed),
            Self::ProposalDropped | Self::Placement(_) => None,
        }
    }
}

/// What a status was last learned from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A player's answer to a proposal.
    Answer,
    /// Anything else.
    Other,
}

/// A status and the event that gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Where the ticket stands.
    pub status: Status,
    /// Since when, by the event's own time.
    pub at: Timestamp,
    /// What kind of event it was.
    pub origin: Origin,
}

/// What a signal does to a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The ticket moves to this status.
    Move(Status),
    /// Same status with details at least as new: merge them.
    Refresh,
    /// Same final status again: only what is missing may be added.
    Complete,
    /// Worth noting, but neither status nor event time change.
    Note,
    /// Older than what is known, or too late: nothing changes.
    Ignore,
}

/// Decides what a signal of a given time does to a ticket.
pub fn step(now: Standing, signal: Signal, at: Timestamp) -> Step {
    let Some(reported) = signal.reports() else {
        return note(now.status, signal);
    };
    if now.status.is_final() {
        return if reported == now.status {
            Step::Complete
        } else {
            Step::Ignore
        };
    }
    if reported.is_final() {
        return Step::Move(reported);
    }
    if (at, reported.rank(signal.origin())) < (now.at, now.status.rank(now.origin)) {
        Step::Ignore
    } else if reported == now.status {
        Step::Refresh
    } else {
        Step::Move(reported)
    }
}

/// A note makes sense only in the phase it speaks of.
const fn note(status: Status, signal: Signal) -> Step {
    match (status, signal) {
        (Status::RequiresAcceptance, Signal::ProposalDropped)
        | (Status::Placing, Signal::Placement(_)) => Step::Note,
        _ => Step::Ignore,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    #[track_caller]
    fn check(status: Status, signal: Signal, time: i64, expected: Step) {
        let now = Standing {
            status,
            at: at(100),
            origin: Origin::Other,
        };
        assert_eq!(
            step(now, signal, at(time)),
            expected,
            "{status:?} {signal:?} at {time}"
        );
    }

    /// Plays signals in the given order, from a ticket queued at zero.
    fn play(signals: &[(Signal, i64)]) -> Standing {
        let mut now = Standing {
            status: Status::Queued,
            at: at(0),
            origin: Origin::Other,
        };
        for &(signal, time) in signals {
            match step(now, signal, at(time)) {
                Step::Move(status) => {
                    now = Standing {
                        status,
                        at: at(time),
                        origin: signal.origin(),
                    }
                }
                Step::Refresh => {
                    now = Standing {
                        at: at(time),
                        origin: signal.origin(),
                        ..now
                    }
                }
                Step::Complete | Step::Note | Step::Ignore => {}
            }
        }
        now
    }

    fn permutations(signals: &[(Signal, i64)]) -> Vec<Vec<(Signal, i64)>> {
        let Some((first, rest)) = signals.split_first() else {
            return vec![Vec::new()];
        };
        let mut all = Vec::new();
        for order in permutations(rest) {
            for place in 0..=order.len() {
                let mut longer = order.clone();
                longer.insert(place, *first);
                all.push(longer);
            }
        }
        all
    }

    #[track_caller]
    fn check_every_order(signals: &[(Signal, i64)], expected: Status) {
        for order in permutations(signals) {
            assert_eq!(play(&order).status, expected, "{order:?}");
            let twice: Vec<_> = order.iter().flat_map(|one| [*one, *one]).collect();
            assert_eq!(play(&twice).status, expected, "doubled {order:?}");
        }
    }

    #[test]
    fn final_statuses_stay() {
        for status in Status::ALL.into_iter().filter(|status| status.is_final()) {
            for signal in Signal::ALL {
                for time in [0, 100, 200] {
                    let step = step(
                        Standing {
                            status,
                            at: at(100),
                            origin: Origin::Other,
                        },
                        signal,
                        at(time),
                    );
                    assert!(
                        matches!(step, Step::Complete | Step::Ignore),
                        "{status:?} {signal:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn final_signals_end_every_open_ticket_whatever_their_time() {
        for status in Status::ALL.into_iter().filter(|status| !status.is_final()) {
            for time in [0, 100, 200] {
                check(
                    status,
                    Signal::Succeeded,
                    time,
                    Step::Move(Status::Succeeded),
                );
                check(status, Signal::TimedOut, time, Step::Move(Status::TimedOut));
                check(
                    status,
                    Signal::Cancelled,
                    time,
                    Step::Move(Status::Cancelled),
                );
                check(status, Signal::Failed, time, Step::Move(Status::Failed));
            }
        }
    }

    #[test]
    fn older_open_signals_are_ignored() {
        for status in Status::ALL {
            for signal in [
                Signal::Searching,
                Signal::MatchProposed,
                Signal::MatchFormed,
                Signal::Answered,
            ] {
                check(status, signal, 99, Step::Ignore);
            }
        }
    }

    #[test]
    fn equal_times_resolve_to_the_more_final_status() {
        check(
            Status::Searching,
            Signal::MatchFormed,
            100,
            Step::Move(Status::Placing),
        );
        check(Status::Placing, Signal::Searching, 100, Step::Ignore);
    }

    #[test]
    fn a_failed_proposal_or_placement_may_go_back_to_the_pool() {
        check(
            Status::RequiresAcceptance,
            Signal::Searching,
            101,
            Step::Move(Status::Searching),
        );
        check(
            Status::Placing,
            Signal::Searching,
            101,
            Step::Move(Status::Searching),
        );
    }

    #[test]
    fn a_dropped_proposal_waits_for_what_flexmatch_says_next() {
        check(
            Status::RequiresAcceptance,
            Signal::ProposalDropped,
            101,
            Step::Note,
        );
        check(
            Status::Searching,
            Signal::ProposalDropped,
            101,
            Step::Ignore,
        );
    }

    #[test]
    fn placement_events_never_move_a_ticket() {
        for status in Status::ALL {
            let expected = if status == Status::Placing {
                Step::Note
            } else {
                Step::Ignore
            };
            check(status, Signal::Placement(Placement::Failed), 101, expected);
            check(
                status,
                Signal::Placement(Placement::Fulfilled),
                101,
                expected,
            );
        }
    }

    #[test]
    fn repeated_success_may_complete_the_ticket() {
        check(Status::Succeeded, Signal::Succeeded, 50, Step::Complete);
        check(Status::Succeeded, Signal::Failed, 200, Step::Ignore);
    }

    #[test]
    fn a_match_succeeds_in_every_order_of_its_events() {
        check_every_order(
            &[
                (Signal::Searching, 10),
                (Signal::MatchProposed, 20),
                (Signal::Answered, 30),
                (Signal::AllAccepted, 40),
                (Signal::Succeeded, 50),
            ],
            Status::Succeeded,
        );
    }

    #[test]
    fn a_rejected_proposal_ends_in_the_pool_in_every_order() {
        check_every_order(
            &[
                (Signal::Searching, 10),
                (Signal::MatchProposed, 20),
                (Signal::Answered, 30),
                (Signal::ProposalDropped, 40),
                (Signal::Searching, 40),
            ],
            Status::Searching,
        );
    }

    #[test]
    fn a_rejection_and_the_search_after_it_may_carry_one_time() {
        check_every_order(
            &[
                (Signal::MatchProposed, 20),
                (Signal::Answered, 40),
                (Signal::ProposalDropped, 40),
                (Signal::Searching, 40),
            ],
            Status::Searching,
        );
    }

    #[test]
    fn a_success_stamped_before_a_search_still_wins() {
        check_every_order(
            &[(Signal::Succeeded, 10), (Signal::Searching, 20)],
            Status::Succeeded,
        );
    }
}
