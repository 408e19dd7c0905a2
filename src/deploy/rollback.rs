//! Takes stacks back that a failed operation left in a state which takes no update.

use futures_util::{StreamExt as _, stream};

use super::{
    ArtifactStore, DeployOutcome, Operation, Pace, StackApi, StackFailure, StackOutcome,
    StackResult,
};
use crate::event::{Event, StackAction, StackRef};
use crate::remote::RemoteError;

/// CloudFormation's ways back.
pub trait RollbackApi {
    /// Goes on with a rollback that failed. Resources to skip are taken to be as they were before, whatever they are.
    fn continue_rollback(
        &self,
        stack: &StackRef,
        skip: &[String],
        token: &str,
    ) -> impl Future<Output = Result<(), RemoteError>>;

    /// Takes back a creation or update that failed and was left as it was.
    fn rollback(
        &self,
        stack: &StackRef,
        token: &str,
    ) -> impl Future<Output = Result<(), RemoteError>>;
}

/// How a stack gets out of where it is stuck.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WayBack {
    /// Its rollback failed, and goes on.
    Continue,
    /// It was left in the middle of an operation, which is taken back.
    Rollback,
}

impl WayBack {
    /// The way out of a status; none: it isn't stuck.
    ///
    /// <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_RollbackStack.html>
    pub fn out_of(status: &str) -> Option<Self> {
        match status {
            "UPDATE_ROLLBACK_FAILED" => Some(Self::Continue),
            "CREATE_FAILED" | "UPDATE_FAILED" => Some(Self::Rollback),
            _ => None,
        }
    }
}

/// A stack to be taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RollbackStep {
    /// The stack.
    pub stack: StackRef,
    /// The way.
    pub way: WayBack,
    /// Logical ids of the resources to skip; only a rollback that goes on can skip.
    pub skip: Vec<String>,
}

/// Takes the stacks back, several at once, and follows each to its end.
pub async fn rollback<Stacks: StackApi + RollbackApi, Store: ArtifactStore, Clock: Pace>(
    operation: &Operation<'_, Stacks, Store, Clock>,
    steps: &[RollbackStep],
) -> DeployOutcome {
    let stacks = stream::iter(steps)
        .map(|step| rollback_one(operation, step))
        .buffered(operation.options.max_parallel.max(1))
        .collect()
        .await;
    DeployOutcome { stacks }
}

async fn rollback_one<Stacks: StackApi + RollbackApi, Store: ArtifactStore, Clock: Pace>(
    operation: &Operation<'_, Stacks, Store, Clock>,
    step: &RollbackStep,
) -> StackOutcome {
    let began = operation.pace.now();
    let stack = step.stack.clone();
    operation.emit(Event::StackStarted {
        stack: stack.clone(),
        action: StackAction::Rollback,
    });
    let result = match operation.take_back(step).await {
        Ok(()) => StackResult::RolledBack,
        Err(failure) => StackResult::Failed(failure),
    };
    let took = operation.pace.now().saturating_sub(began);
    if let Some(ending) = result.ending() {
        operation.emit(Event::StackFinished {
            stack: stack.clone(),
            ending,
            took,
        });
    }
    StackOutcome {
        stack,
        result,
        took,
        outputs: Vec::new(),
    }
}

impl<Stacks: StackApi + RollbackApi, Store: ArtifactStore, Clock: Pace>
    Operation<'_, Stacks, Store, Clock>
{
    async fn take_back(&self, step: &RollbackStep) -> Result<(), StackFailure> {
        let stack = &step.stack;
        let newest = self.stacks.latest_event(stack).await?;
        let token = self.token("rollback", stack);
        match step.way {
            WayBack::Continue => {
                let api = self.stacks;
                api.continue_rollback(stack, &step.skip, &token).await?;
            }
            WayBack::Rollback => RollbackApi::rollback(self.stacks, stack, &token).await?,
        }
        let ending = self.follow(stack, newest).await?;
        let back = |status: &str| status.ends_with("ROLLBACK_COMPLETE");
        match ending.state.filter(|state| !back(&state.status)) {
            // A creation that was taken back may leave nothing.
            None => Ok(()),
            Some(state) => Err(StackFailure::Settled {
                status: state.status,
                reason: state.reason,
                cause: ending.cause,
            }),
        }
    }
}
