//! How an operation ended, stack by stack.

use std::time::Duration;

use review::Need;

use super::InputError;
use crate::event::{ResourceProgress, SkipReason, StackEnding, StackRef};
use crate::remote::{Cause, RemoteError};

/// What became of every stack.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct DeployOutcome {
    /// In the order of the plan.
    pub stacks: Vec<StackOutcome>,
}

/// What became of one stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StackOutcome {
    /// The stack.
    pub stack: StackRef,
    /// The end.
    pub result: StackResult,
    /// How long it took.
    pub took: Duration,
    /// Its outputs, sorted by name.
    pub outputs: Vec<(String, String)>,
}

/// How one stack ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StackResult {
    /// It exists now.
    Created,
    /// It is changed now.
    Updated,
    /// Its operation has begun and was left to CloudFormation.
    Started,
    /// It was right already.
    Unchanged,
    /// It is gone now.
    Deleted,
    /// It is as it was before a failed operation.
    RolledBack,
    /// Nothing was done.
    Skipped(SkipReason),
    /// It failed.
    Failed(StackFailure),
}

/// Why a stack failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StackFailure {
    /// AWS settled it in a failed state.
    #[error("{}", settled(status, reason.as_deref(), cause.as_deref()))]
    Settled {
        /// The state.
        status: String,
        /// CloudFormation's explanation of the state.
        reason: Option<String>,
        /// The resource that failed first.
        cause: Option<Box<ResourceProgress>>,
    },
    /// CloudFormation refused the change set.
    #[error("CloudFormation refused the change set: {reason}")]
    ChangeSet {
        /// Its explanation.
        reason: String,
    },
    /// AWS refused a call.
    #[error(transparent)]
    Remote(#[from] RemoteError),
    /// A value for it is missing.
    #[error(transparent)]
    Input(#[from] InputError),
    /// Somebody else is working on it.
    #[error("another operation is running on it ({status})")]
    Busy {
        /// Its status.
        status: String,
    },
    /// An earlier update could neither be finished nor taken back.
    #[error("an earlier update left it in {status}")]
    Stuck {
        /// Its status.
        status: String,
    },
    /// It must not be deleted.
    #[error("it has termination protection")]
    Protected,
    /// The time was over first.
    #[error("gave up waiting; it goes on in CloudFormation")]
    TimedOut,
    /// Its change set was not computed in time, or its inputs never became known; nothing was changed.
    #[error("its change set could not be made in time")]
    Unready,
    /// A change set that could be made only now risks more than what was approved.
    #[error("its change set needs an approval that nobody gave: {need}")]
    NotApproved {
        /// What nobody approved.
        need: Need,
    },
    /// The user left the operation to CloudFormation.
    #[error("left alone; it goes on in CloudFormation")]
    Detached,
    /// Its progress can't be read any more.
    #[error("lost sight of it, and it may go on in CloudFormation: {0}")]
    LostSight(RemoteError),
}

fn settled(status: &str, reason: Option<&str>, cause: Option<&ResourceProgress>) -> String {
    match (cause, reason) {
        (Some(cause), _) => format!(
            "{status}: {} ({}) {}: {}",
            cause.logical_id,
            cause.kind,
            cause.status,
            cause.reason.as_deref().unwrap_or("no reason given")
        ),
        (None, Some(reason)) => format!("{status}: {reason}"),
        (None, None) => status.to_owned(),
    }
}

/// An operation's end in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Everything is as it should be.
    Done,
    /// AWS refused before it changed anything.
    Refused,
    /// AWS settled in a failed state.
    Failed,
    /// Some stacks are done, others failed or were skipped.
    Partial,
    /// Credentials.
    Identity,
    /// Somebody else's operation is in the way.
    Conflict,
    /// Waiting ended, the operation goes on.
    GaveUp,
    /// Somebody's approval is missing.
    NotApproved,
    /// The connection or the service.
    Unavailable,
}

impl DeployOutcome {
    /// Sums it up.
    pub fn verdict(&self) -> Verdict {
        let failures: Vec<_> = self
            .failures()
            .map(|(_, failure)| failure.verdict())
            .collect();
        let Some(&first) = failures.first() else {
            // Whoever detaches has all that was asked for only if everything could be begun.
            return match self.not_begun().next() {
                Some(_) => Verdict::Partial,
                None => Verdict::Done,
            };
        };
        if failures.contains(&Verdict::GaveUp) {
            return Verdict::GaveUp;
        }
        if self
            .failures()
            .any(|(_, failure)| failure.is_out_of_sight())
        {
            return Verdict::Identity;
        }
        let changed = self
            .stacks
            .iter()
            .any(|outcome| outcome.result.changed_something());
        if changed { Verdict::Partial } else { first }
    }

    /// Stacks that were not begun because others before them were left to CloudFormation unfinished.
    pub fn not_begun(&self) -> impl Iterator<Item = &StackRef> {
        let outcomes = self.stacks.iter();
        outcomes
            .filter(|outcome| outcome.result == StackResult::Skipped(SkipReason::Unfinished))
            .map(|outcome| &outcome.stack)
    }

    /// What failed.
    pub fn failures(&self) -> impl Iterator<Item = (&StackRef, &StackFailure)> {
        self.stacks
            .iter()
            .filter_map(|outcome| match &outcome.result {
                StackResult::Failed(failure) => Some((&outcome.stack, failure)),
                StackResult::Created
                | StackResult::Updated
                | StackResult::Started
                | StackResult::Unchanged
                | StackResult::Deleted
                | StackResult::RolledBack
                | StackResult::Skipped(_) => None,
            })
    }
}

impl StackResult {
    fn changed_something(&self) -> bool {
        match self {
            Self::Created | Self::Updated | Self::Started | Self::Deleted | Self::RolledBack => {
                true
            }
            Self::Unchanged | Self::Skipped(_) | Self::Failed(_) => false,
        }
    }

    /// Why stacks that come after it must not be started.
    pub(super) fn obstacle(&self) -> Option<SkipReason> {
        match self {
            Self::Failed(StackFailure::Detached) => Some(SkipReason::Interrupted),
            Self::Failed(_) => Some(SkipReason::EarlierFailure),
            Self::Started => Some(SkipReason::Unfinished),
            Self::Skipped(SkipReason::Interrupted) => Some(SkipReason::Interrupted),
            Self::Created
            | Self::Updated
            | Self::Unchanged
            | Self::Deleted
            | Self::RolledBack
            | Self::Skipped(_) => None,
        }
    }

    /// As an event says it; none for what was skipped, which has an event of its own.
    pub(super) fn ending(&self) -> Option<StackEnding> {
        match self {
            Self::Created => Some(StackEnding::Created),
            Self::Updated => Some(StackEnding::Updated),
            Self::Unchanged => Some(StackEnding::Unchanged),
            Self::Deleted => Some(StackEnding::Deleted),
            Self::RolledBack => Some(StackEnding::RolledBack),
            Self::Skipped(_) => None,
            Self::Started
            | Self::Failed(
                StackFailure::TimedOut | StackFailure::LostSight(_) | StackFailure::Detached,
            ) => Some(StackEnding::Unfinished),
            Self::Failed(_) => Some(StackEnding::Failed),
        }
    }
}

impl StackFailure {
    /// What a refused call means that starts an operation: without an answer the operation may run.
    pub(super) fn of_start(error: RemoteError) -> Self {
        if error.cause() == Cause::Transient && !error.is_throttling() {
            Self::LostSight(error)
        } else {
            Self::Remote(error)
        }
    }

    /// Whether the operation goes on and nobody here may look at it.
    fn is_out_of_sight(&self) -> bool {
        matches!(self, Self::LostSight(error) if error.cause() == Cause::Identity)
    }

    /// Its kind.
    pub fn verdict(&self) -> Verdict {
        match self {
            Self::Settled { .. } | Self::Stuck { .. } => Verdict::Failed,
            Self::ChangeSet { .. } | Self::Input(_) | Self::Protected => Verdict::Refused,
            Self::Busy { .. } => Verdict::Conflict,
            Self::TimedOut | Self::Unready | Self::Detached => Verdict::GaveUp,
            Self::NotApproved { .. } => Verdict::NotApproved,
            Self::LostSight(error) => match error.cause() {
                Cause::Identity => Verdict::Identity,
                Cause::Transient | Cause::Conflict | Cause::Refused => Verdict::GaveUp,
            },
            Self::Remote(error) => match error.cause() {
                Cause::Identity => Verdict::Identity,
                Cause::Conflict => Verdict::Conflict,
                Cause::Refused => Verdict::Refused,
                Cause::Transient => Verdict::Unavailable,
            },
        }
    }

    /// By what AWS finds the call that it refused.
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Remote(error) | Self::LostSight(error) => error.request_id.as_deref(),
            Self::Settled { .. }
            | Self::ChangeSet { .. }
            | Self::Input(_)
            | Self::Busy { .. }
            | Self::Stuck { .. }
            | Self::Protected
            | Self::TimedOut
            | Self::Unready
            | Self::NotApproved { .. }
            | Self::Detached => None,
        }
    }

    /// What to do about it.
    pub fn hint(&self, stack: &StackRef) -> Option<String> {
        match self {
            Self::Stuck { .. } => Some(format!(
                "Run `liftform rollback --region {} --stack {}` for this environment, then deploy again.",
                stack.region, stack.name
            )),
            Self::Busy { .. } => Some(
                "Deploy again when it is done, or leave out `--fail-if-busy` to wait.".to_owned(),
            ),
            Self::Protected => Some(
                "Remove `protect` from the environment in the topology and deploy, then destroy."
                    .to_owned(),
            ),
            Self::TimedOut | Self::Detached => Some(attach(stack)),
            Self::LostSight(error) if error.cause() == Cause::Identity => {
                Some(format!("Sign in again (`aws sso login`). {}", attach(stack)))
            }
            Self::LostSight(_) => Some(attach(stack)),
            Self::Unready => Some("Deploy again.".to_owned()),
            Self::NotApproved { .. } => Some(
                "Deploy again: now that the stacks before it are done, its change set is shown before anything runs."
                    .to_owned(),
            ),
            Self::Remote(error) if error.cause() == Cause::Identity => {
                Some("Sign in again (`aws sso login`) or choose another `--profile`.".to_owned())
            }
            Self::Settled { .. } | Self::ChangeSet { .. } | Self::Remote(_) | Self::Input(_) => {
                None
            }
        }
    }
}

/// How to follow an operation that goes on.
fn attach(stack: &StackRef) -> String {
    format!(
        "Run `liftform watch --region {} --stack {}` for this environment to attach again, then \
         `liftform deploy --resume` for what is left.",
        stack.region, stack.name
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(results: Vec<StackResult>) -> DeployOutcome {
        let stack = StackRef::new("game", "eu-west-1");
        let ended = |result| StackOutcome {
            stack: stack.clone(),
            result,
            took: Duration::ZERO,
            outputs: vec![],
        };
        DeployOutcome {
            stacks: results.into_iter().map(ended).collect(),
        }
    }

    fn check(results: Vec<StackResult>, expected: Verdict) {
        assert_eq!(outcome(results).verdict(), expected);
    }

    fn settled() -> StackResult {
        StackResult::Failed(StackFailure::Settled {
            status: "ROLLBACK_COMPLETE".to_owned(),
            reason: None,
            cause: None,
        })
    }

    #[test]
    fn nothing_to_do_is_done() {
        check(vec![], Verdict::Done);
        check(vec![StackResult::Unchanged], Verdict::Done);
    }

    #[test]
    fn failure_after_a_success_is_partial() {
        check(vec![StackResult::Created, settled()], Verdict::Partial);
    }

    #[test]
    fn failure_beside_unchanged_stacks_is_a_failure() {
        check(vec![StackResult::Unchanged, settled()], Verdict::Failed);
    }

    #[test]
    fn giving_up_outweighs_what_is_done() {
        check(
            vec![
                StackResult::Created,
                StackResult::Failed(StackFailure::TimedOut),
            ],
            Verdict::GaveUp,
        );
    }

    #[test]
    fn detaching_is_done_only_when_everything_was_begun() {
        check(
            vec![StackResult::Started, StackResult::Unchanged],
            Verdict::Done,
        );
        check(
            vec![
                StackResult::Started,
                StackResult::Skipped(SkipReason::Unfinished),
            ],
            Verdict::Partial,
        );
    }

    #[test]
    fn refused_change_set_changed_nothing() {
        check(
            vec![StackResult::Failed(StackFailure::ChangeSet {
                reason: "no".to_owned(),
            })],
            Verdict::Refused,
        );
    }

    #[test]
    fn settled_failure_names_the_resource_that_failed_first() {
        let cause = ResourceProgress {
            logical_id: "Queue".to_owned(),
            kind: "AWS::GameLift::GameSessionQueue".to_owned(),
            status: "CREATE_FAILED".to_owned(),
            reason: Some("no fleet".to_owned()),
        };
        let failure = StackFailure::Settled {
            status: "ROLLBACK_COMPLETE".to_owned(),
            reason: None,
            cause: Some(Box::new(cause)),
        };
        assert_eq!(
            failure.to_string(),
            "ROLLBACK_COMPLETE: Queue (AWS::GameLift::GameSessionQueue) CREATE_FAILED: no fleet"
        );
    }
}
