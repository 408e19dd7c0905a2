//! One change set, executed and followed to its end.

use super::condition::{Condition, is_success};
use super::{ArtifactStore, Operation, Pace, StackApi, StackFailure, StackSpec, StackState};
use crate::event::StackRef;

impl<Stacks: StackApi, Store: ArtifactStore, Clock: Pace> Operation<'_, Stacks, Store, Clock> {
    /// Executes a change set and follows the stack to its end.
    pub(super) async fn execute_change_set(
        &self,
        spec: &StackSpec,
        before: Option<&StackState>,
        id: &str,
    ) -> Result<StackState, StackFailure> {
        let policy = self.lift_policy(&spec.stack, before).await?;
        let executed = self.execute_and_follow(spec, id).await;
        match &executed {
            Ok(_) => self.set_policy(spec, policy.as_deref()).await?,
            Err(failure) => {
                self.restore_policy(&spec.stack, before, policy.as_deref(), failure)
                    .await;
            }
        }
        executed
    }

    async fn execute_and_follow(
        &self,
        spec: &StackSpec,
        id: &str,
    ) -> Result<StackState, StackFailure> {
        let stack = &spec.stack;
        let newest = self.stacks.latest_event(stack).await?;
        let token = self.token("execute", stack);
        let executed = self.stacks.execute_change_set(stack, id, &token).await;
        executed.map_err(StackFailure::of_start)?;
        let ending = self.follow(stack, newest).await?;
        let own = ending.status_of(&token).map(str::to_owned);
        let Some(state) = ending.state else {
            return Err(StackFailure::Settled {
                status: "DELETE_COMPLETE".to_owned(),
                reason: Some("it was deleted meanwhile".to_owned()),
                cause: ending.cause,
            });
        };
        let status = own.unwrap_or_else(|| state.status.clone());
        if !is_success(&status) {
            return Err(StackFailure::Settled {
                // What the stack says belongs to its own status.
                reason: state.reason.filter(|_| status == state.status),
                status,
                cause: ending.cause,
            });
        }
        if state.protected != spec.protected {
            self.stacks.protect(stack, spec.protected).await?;
        }
        Ok(state)
    }

    /// Deletes a stack and waits until it is gone.
    pub(super) async fn delete_stack(
        &self,
        stack: &StackRef,
        step: &str,
    ) -> Result<(), StackFailure> {
        let newest = self.stacks.latest_event(stack).await?;
        let token = self.token(step, stack);
        self.stacks.delete(stack, &token).await?;
        let ending = self.follow(stack, newest).await?;
        match ending
            .state
            .filter(|state| Condition::of(&state.status) != Condition::Gone)
        {
            None => Ok(()),
            Some(state) => Err(StackFailure::Settled {
                status: state.status,
                reason: state.reason,
                cause: ending.cause,
            }),
        }
    }
}
