//! How an operation ended, stack by stack.

use std::time::Duration;

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
    /// Its progress can't be read any more.
    #[error("lost sight of it, and it goes on in CloudFormation: {0}")]
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
            return Verdict::Done;
        };
        if failures.contains(&Verdict::GaveUp) {
            return Verdict::GaveUp;
        }
        let changed = self
            .stacks
            .iter()
            .any(|outcome| outcome.result.changed_something());
        if changed { Verdict::Partial } else { first }
    }

    /// What failed.
    pub fn failures(&self) -> impl Iterator<Item = (&StackRef, &StackFailure)> {
        self.stacks
            .iter()
            .filter_map(|outcome| match &outcome.result {
                StackResult::Failed(failure) => Some((&outcome.stack, failure)),
                StackResult::Created
                | StackResult::Updated
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
            Self::Created | Self::Updated | Self::Deleted | Self::RolledBack => true,
            Self::Unchanged | Self::Skipped(_) | Self::Failed(_) => false,
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
            Self::Failed(StackFailure::TimedOut | StackFailure::LostSight(_)) => {
                Some(StackEnding::Unfinished)
            }
            Self::Failed(_) => Some(StackEnding::Failed),
        }
    }
}

impl StackFailure {
    /// Its kind.
    pub fn verdict(&self) -> Verdict {
        match self {
            Self::Settled { .. } | Self::Stuck { .. } => Verdict::Failed,
            Self::ChangeSet { .. } | Self::Input(_) | Self::Protected => Verdict::Refused,
            Self::Busy { .. } => Verdict::Conflict,
            Self::TimedOut => Verdict::GaveUp,
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
            Self::TimedOut | Self::LostSight(_) => Some(format!(
                "Run `aws cloudformation describe-stacks --region {} --stack-name {}` to see how it ends; \
                 deploying again continues from there.",
                stack.region, stack.name
            )),
            Self::Remote(error) if error.cause() == Cause::Identity => {
                Some("Sign in again (`aws sso login`) or choose another `--profile`.".to_owned())
            }
            Self::Settled { .. } | Self::ChangeSet { .. } | Self::Remote(_) | Self::Input(_) => {
                None
            }
        }
    }
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
