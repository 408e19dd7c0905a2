//! Takes away change sets that nobody executes, and the empty stacks that they made.
//!
//! In: what was prepared, or stacks that an earlier run worked on. Change sets that plan files pin are left alone, unless they
//! are what is to be taken away. Never: a stack in which another change set waits.

use futures_util::{StreamExt as _, stream};

use super::condition::Condition;
use super::operation::{NAME_PREFIX, PLAN_PREFIX};
use super::pace::Polling;
use super::{
    ArtifactStore, ChangeSetKind, ChangeSetState, Operation, Pace, Prepared, PreparedStep,
    Selection, StackApi, StackFailure, StackSpec,
};
use crate::event::{Event, StackRef};
use crate::remote::RemoteError;

/// Removes the change sets, and the empty stacks that came with them, and waits until these are gone: until then their
/// names are taken. What can't be removed is reported, and is no failure.
pub async fn discard<Stacks: StackApi, Store: ArtifactStore, Clock: Pace>(
    operation: &Operation<'_, Stacks, Store, Clock>,
    prepared: &[Prepared],
) {
    let made = prepared.iter().filter_map(|stack| match &stack.step {
        PreparedStep::Execute { kind, change_set } => Some((stack, *kind, change_set.id.as_str())),
        PreparedStep::Leave
        | PreparedStep::Protect
        | PreparedStep::Change
        | PreparedStep::Remake
        | PreparedStep::Blocked => None,
    });
    stream::iter(made)
        .for_each_concurrent(
            operation.options.max_parallel.max(1),
            async |(stack, kind, id)| {
                operation.clear(&stack.spec.stack, kind, id).await;
            },
        )
        .await;
}

/// Removes whatever a preparation that was broken off may have made for these specs.
pub async fn sweep<Stacks: StackApi, Store: ArtifactStore, Clock: Pace>(
    operation: &Operation<'_, Stacks, Store, Clock>,
    specs: &[StackSpec],
) {
    for spec in specs {
        let name = operation.change_set_name(&spec.stack);
        match operation.stacks.change_sets(&spec.stack).await {
            Ok(names) if names.contains(&name) => {
                let kind = ChangeSetKind::Create;
                operation.clear(&spec.stack, kind, &name).await;
            }
            Ok(_) => {}
            Err(error) => {
                let stack = &spec.stack;
                let message = format!("change set `{name}` of {stack} may be left behind: {error}");
                operation.emit(Event::Warning { message });
            }
        }
    }
}

/// Removes the change sets that earlier runs left on these stacks, but for those that plan files pin: these are handed back.
pub async fn sweep_earlier<Stacks: StackApi, Store: ArtifactStore, Clock: Pace>(
    operation: &Operation<'_, Stacks, Store, Clock>,
    specs: &[StackSpec],
) -> Vec<Leftover> {
    let mut pinned = Vec::new();
    for stack in chosen(specs) {
        // What can't be listed stays; whatever it hinders will say so.
        let names = operation
            .stacks
            .change_sets(stack)
            .await
            .unwrap_or_default();
        for name in names {
            if name.starts_with(PLAN_PREFIX) {
                pinned.push(Leftover::new(stack, name));
            } else if name.starts_with(NAME_PREFIX) {
                operation.clear(stack, ChangeSetKind::Create, &name).await;
            }
        }
    }
    pinned
}

/// A change set that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leftover {
    /// Its stack.
    pub stack: StackRef,
    /// Its name or ARN.
    pub change_set: String,
}

impl Leftover {
    /// Names a change set.
    pub fn new(stack: &StackRef, change_set: impl Into<String>) -> Self {
        Self {
            stack: stack.clone(),
            change_set: change_set.into(),
        }
    }
}

/// Finds the change sets of these stacks that plan files pin, of whatever plan.
///
/// # Errors
///
/// When the change sets of a stack can't be listed.
pub async fn pinned<Stacks: StackApi, Store: ArtifactStore, Clock: Pace>(
    operation: &Operation<'_, Stacks, Store, Clock>,
    specs: &[StackSpec],
) -> Result<Vec<Leftover>, RemoteError> {
    let mut found = Vec::new();
    for stack in chosen(specs) {
        let names = operation.stacks.change_sets(stack).await?;
        let names = names
            .into_iter()
            .filter(|name| name.starts_with(PLAN_PREFIX));
        found.extend(names.map(|name| Leftover::new(stack, name)));
    }
    Ok(found)
}

/// Removes change sets that wait, and hands back those that were there.
///
/// # Errors
///
/// When one can't be read or removed; those before it are gone.
pub async fn remove<Stacks: StackApi, Store: ArtifactStore, Clock: Pace>(
    operation: &Operation<'_, Stacks, Store, Clock>,
    change_sets: &[Leftover],
) -> Result<Vec<Leftover>, StackFailure> {
    let mut removed = Vec::new();
    for leftover in change_sets {
        let Leftover { stack, change_set } = leftover;
        let found = operation
            .stacks
            .describe_change_set(stack, change_set)
            .await?;
        if found != ChangeSetState::Absent {
            operation
                .try_clear(stack, ChangeSetKind::Create, change_set)
                .await?;
            removed.push(leftover.clone());
        }
    }
    Ok(removed)
}

fn chosen(specs: &[StackSpec]) -> impl Iterator<Item = &StackRef> {
    specs
        .iter()
        .filter(|spec| spec.selection == Selection::Deploy)
        .map(|spec| &spec.stack)
}

impl<Stacks: StackApi, Store: ArtifactStore, Clock: Pace> Operation<'_, Stacks, Store, Clock> {
    /// Removes a change set, and the stack if the change set made it and nobody else works with it.
    pub(super) async fn clear(&self, stack: &StackRef, kind: ChangeSetKind, name: &str) {
        let removed = self.try_clear(stack, kind, name).await;
        if let Err(failure) = removed {
            let message = format!("change set `{name}` of {stack} is left behind: {failure}");
            self.emit(Event::Warning { message });
        }
    }

    async fn try_clear(
        &self,
        stack: &StackRef,
        kind: ChangeSetKind,
        name: &str,
    ) -> Result<(), StackFailure> {
        self.stacks.delete_change_set(stack, name).await?;
        if kind == ChangeSetKind::Update {
            return Ok(());
        }
        let Some(state) = self.stacks.describe(stack).await? else {
            return Ok(());
        };
        // Somebody may have begun to use the stack; deleting it then would destroy their work.
        let is_empty = Condition::of(&state.status) == Condition::Empty;
        if !is_empty || !self.stacks.change_sets(stack).await?.is_empty() {
            return Ok(());
        }
        self.stacks
            .delete(stack, &self.token("discard", stack))
            .await?;
        let mut polling = Polling::new(self.options.polling);
        while let Some(state) = self.stacks.describe(stack).await? {
            if Condition::of(&state.status) == Condition::Gone {
                break;
            }
            if self.is_late() {
                return Err(StackFailure::TimedOut);
            }
            self.pace.pause(polling.pause()).await;
        }
        Ok(())
    }
}
