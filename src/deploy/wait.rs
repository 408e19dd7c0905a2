//! Stacks that somebody else is working on.

use futures_util::{StreamExt as _, stream};

use super::condition::Condition;
use super::{
    ArtifactStore, Operation, Pace, PrepareError, Selection, StackApi, StackFailure, StackSpec,
    WhenBusy,
};
use crate::event::Event;

/// Waits until nobody works on the chosen stacks any more, or refuses, as the options say.
///
/// # Errors
///
/// When a stack is busy and must not be waited for, when the time is over first, or when a stack can't be read.
pub async fn settle_all<Stacks: StackApi, Store: ArtifactStore, Clock: Pace>(
    operation: &Operation<'_, Stacks, Store, Clock>,
    specs: &[StackSpec],
) -> Result<(), PrepareError> {
    let chosen = specs
        .iter()
        .filter(|spec| spec.selection == Selection::Deploy);
    let ends: Vec<_> = stream::iter(chosen)
        .map(async |spec| {
            let settled = operation.settle_one(spec).await;
            settled.map_err(|failure| PrepareError {
                stack: spec.stack.clone(),
                failure: Box::new(failure),
            })
        })
        .buffered(operation.options.max_parallel.max(1))
        .collect()
        .await;
    ends.into_iter().collect()
}

impl<Stacks: StackApi, Store: ArtifactStore, Clock: Pace> Operation<'_, Stacks, Store, Clock> {
    async fn settle_one(&self, spec: &StackSpec) -> Result<(), StackFailure> {
        let state = self.stacks.describe(&spec.stack).await?;
        let Some(state) = state.filter(|state| Condition::of(&state.status) == Condition::Busy)
        else {
            return Ok(());
        };
        let status = state.status;
        if self.options.when_busy == WhenBusy::Refuse {
            return Err(StackFailure::Busy { status });
        }
        self.emit(Event::StackBusy {
            stack: spec.stack.clone(),
            status,
        });
        self.settle(&spec.stack).await?;
        Ok(())
    }
}
