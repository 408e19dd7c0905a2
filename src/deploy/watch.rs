//! Follows operations that somebody else began, or an earlier run of ours.

use futures_util::{StreamExt as _, stream};

use super::condition::{Condition, is_success};
use super::{
    ArtifactStore, DeployOutcome, Operation, Pace, StackApi, StackEvent, StackFailure,
    StackOutcome, StackResult, StackState,
};
use crate::event::{Event, SkipReason, StackAction, StackEnding, StackRef};

/// Follows whatever runs on the stacks to its end. A stack on which nothing runs is reported as its last operation left it.
pub async fn watch<Stacks: StackApi, Store: ArtifactStore, Clock: Pace>(
    operation: &Operation<'_, Stacks, Store, Clock>,
    stacks: &[StackRef],
) -> DeployOutcome {
    let stacks = stream::iter(stacks)
        .map(|stack| watch_one(operation, stack))
        .buffered(operation.options.max_parallel.max(1))
        .collect()
        .await;
    DeployOutcome { stacks }
}

async fn watch_one<Stacks: StackApi, Store: ArtifactStore, Clock: Pace>(
    operation: &Operation<'_, Stacks, Store, Clock>,
    stack: &StackRef,
) -> StackOutcome {
    let began = operation.pace.now();
    let (result, state) = match operation.attach(stack).await {
        Ok(ended) => ended,
        Err(failure) => (StackResult::Failed(failure), None),
    };
    let took = operation.pace.now().saturating_sub(began);
    if let Some(ending) = result
        .ending()
        .filter(|ending| *ending != StackEnding::Unchanged)
    {
        operation.emit(Event::StackFinished {
            stack: stack.clone(),
            ending,
            took,
        });
    }
    let outputs = state.map(|state| state.outputs).unwrap_or_default();
    StackOutcome {
        stack: stack.clone(),
        result,
        took,
        outputs: outputs.into_iter().collect(),
    }
}

impl<Stacks: StackApi, Store: ArtifactStore, Clock: Pace> Operation<'_, Stacks, Store, Clock> {
    async fn attach(
        &self,
        stack: &StackRef,
    ) -> Result<(StackResult, Option<StackState>), StackFailure> {
        let Some(state) = self.stacks.describe(stack).await? else {
            return Ok((StackResult::Skipped(SkipReason::Absent), None));
        };
        if Condition::of(&state.status) != Condition::Busy {
            let result = match state.status.as_str() {
                // Nobody executed anything yet.
                "REVIEW_IN_PROGRESS" => StackResult::Skipped(SkipReason::Absent),
                status if is_success(status) => StackResult::Unchanged,
                _ => return Err(settled(state)),
            };
            return Ok((result, Some(state)));
        }
        let action = action(&state.status);
        self.emit(Event::StackStarted {
            stack: stack.clone(),
            action,
        });
        let events = self.stacks.events_since(stack, None).await?;
        let ending = self.follow(stack, before_last_operation(&events)).await?;
        match (ending.state, action) {
            (None, StackAction::Delete) => Ok((StackResult::Deleted, None)),
            (Some(state), _) if is_success(&state.status) => Ok((result(action), Some(state))),
            (Some(state), _) => Err(StackFailure::Settled {
                status: state.status,
                reason: state.reason,
                cause: ending.cause,
            }),
            (None, _) => Err(StackFailure::Settled {
                status: "DELETE_COMPLETE".to_owned(),
                reason: Some("it was deleted meanwhile".to_owned()),
                cause: ending.cause,
            }),
        }
    }
}

fn settled(state: StackState) -> StackFailure {
    StackFailure::Settled {
        status: state.status,
        reason: state.reason,
        cause: None,
    }
}

/// The newest event that doesn't belong to the running operation; none: all do.
fn before_last_operation(events: &[StackEvent]) -> Option<String> {
    let begins = [
        "CREATE_IN_PROGRESS",
        "UPDATE_IN_PROGRESS",
        "DELETE_IN_PROGRESS",
    ];
    let is_beginning =
        |event: &StackEvent| event.about_stack && begins.contains(&event.resource.status.as_str());
    let beginning = events.iter().rposition(is_beginning)?;
    let before = events.get(beginning.checked_sub(1)?)?;
    Some(before.id.clone())
}

fn action(status: &str) -> StackAction {
    match status {
        _ if status.contains("ROLLBACK") => StackAction::Rollback,
        _ if status.starts_with("CREATE") => StackAction::Create,
        _ if status.starts_with("DELETE") => StackAction::Delete,
        _ => StackAction::Update,
    }
}

fn result(action: StackAction) -> StackResult {
    match action {
        StackAction::Create | StackAction::Recreate => StackResult::Created,
        StackAction::Delete => StackResult::Deleted,
        StackAction::Update => StackResult::Updated,
        StackAction::Rollback => StackResult::RolledBack,
    }
}
