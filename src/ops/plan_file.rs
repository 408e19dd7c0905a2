//! Plan files: what was prepared, pinned; and whether it still is so.

use review::Review;
use review::plan_file::{
    Current, CurrentStack, Inputs, Pin, PinnedChangeSet, PlanFile, Scope, Stamp, Step,
};

use crate::bundle::ArtifactCatalog;
use crate::deploy::{
    ArtifactStore, ChangeSetKind, ChangeSetState, Execution, Method, Operation, Pace, PrepareError,
    Prepared, PreparedStep, StackApi, StackFailure, StackSpec, StackState, prepare,
};

/// Pins what was prepared.
///
/// # Errors
///
/// When a stack that a change set made can't be read.
pub async fn pin<Stacks: StackApi>(
    stacks: &Stacks,
    scope: Scope,
    prepared: &[Prepared],
    review: Review,
) -> Result<PlanFile, PrepareError> {
    let mut pins = Vec::new();
    for stack in prepared {
        let mut state = stack.state.clone();
        if let (None, PreparedStep::Execute { .. }) = (&state, &stack.step) {
            // The change set made an empty stack.
            let read = stacks.describe(stack.stack()).await;
            state = read.map_err(|error| PrepareError::new(stack.stack(), error))?;
        }
        pins.push(Pin {
            name: stack.stack().name.clone(),
            region: stack.stack().region.clone(),
            stamp: state.as_ref().map(stamp),
            inputs: inputs(stack),
            step: step(&stack.step),
        });
    }
    Ok(PlanFile::new(scope, pins, review))
}

/// Reads what a plan is compared with before it is executed.
///
/// # Errors
///
/// When a stack or change set can't be read.
pub async fn current<Stacks: StackApi, Store: ArtifactStore, Clock: Pace>(
    operation: &Operation<'_, Stacks, Store, Clock>,
    scope: Scope,
    specs: &[StackSpec],
    catalog: &ArtifactCatalog,
    plan: &PlanFile,
) -> Result<Current, PrepareError> {
    let prepared = prepare(operation, specs, catalog, Method::Template).await?;
    let mut stacks = Vec::new();
    for stack in &prepared {
        let place = stack.stack();
        let pin = plan
            .stacks
            .iter()
            .find(|pin| pin.name == place.name && pin.region == place.region);
        let change_set = match pin.map(|pin| &pin.step) {
            Some(Step::Execute { change_set }) => {
                let state = pinned(operation.stacks, stack, change_set).await;
                Some(state.map_err(|failure| PrepareError::new(place, failure))?)
            }
            Some(Step::Leave | Step::Protect | Step::Later) | None => None,
        };
        stacks.push(CurrentStack {
            name: place.name.clone(),
            region: place.region.clone(),
            stamp: stack.state.as_ref().map(stamp),
            inputs: inputs(stack),
            change_set,
        });
    }
    Ok(Current { scope, stacks })
}

/// What a plan that still holds executes.
///
/// # Errors
///
/// When a stack or change set can't be read, or a change set vanished just now.
pub async fn prepared<Stacks: StackApi, Store: ArtifactStore, Clock: Pace>(
    operation: &Operation<'_, Stacks, Store, Clock>,
    specs: &[StackSpec],
    catalog: &ArtifactCatalog,
    plan: &PlanFile,
) -> Result<Vec<Prepared>, PrepareError> {
    let mut prepared = prepare(operation, specs, catalog, Method::Template).await?;
    for stack in &mut prepared {
        let place = stack.stack().clone();
        let mut pins = plan.stacks.iter();
        let pin = pins.find(|pin| pin.name == place.name && pin.region == place.region);
        match pin.map(|pin| &pin.step) {
            Some(Step::Leave) => stack.step = PreparedStep::Leave,
            Some(Step::Protect) => stack.step = PreparedStep::Protect,
            Some(Step::Execute { change_set }) => {
                let found = executable(operation.stacks, stack, change_set).await;
                stack.step = found.map_err(|failure| PrepareError {
                    stack: place,
                    failure: Box::new(failure),
                })?;
            }
            Some(Step::Later) | None => {}
        }
    }
    Ok(prepared)
}

async fn executable<Stacks: StackApi>(
    stacks: &Stacks,
    stack: &Prepared,
    change_set: &str,
) -> Result<PreparedStep, StackFailure> {
    let kind = match stack.existing() {
        Some(_) => ChangeSetKind::Update,
        None => ChangeSetKind::Create,
    };
    match stacks
        .describe_change_set(stack.stack(), change_set)
        .await?
    {
        ChangeSetState::Ready(change_set) => Ok(PreparedStep::Execute { kind, change_set }),
        ChangeSetState::Pending
        | ChangeSetState::Empty
        | ChangeSetState::Failed { .. }
        | ChangeSetState::Absent => Err(StackFailure::ChangeSet {
            reason: "it can't be executed any more".to_owned(),
        }),
    }
}

async fn pinned<Stacks: StackApi>(
    stacks: &Stacks,
    stack: &Prepared,
    change_set: &str,
) -> Result<PinnedChangeSet, StackFailure> {
    let state = stacks
        .describe_change_set(stack.stack(), change_set)
        .await?;
    Ok(match state {
        ChangeSetState::Ready(found) if found.execution == Execution::Available => {
            PinnedChangeSet::Executable
        }
        ChangeSetState::Ready(_)
        | ChangeSetState::Pending
        | ChangeSetState::Empty
        | ChangeSetState::Failed { .. } => PinnedChangeSet::Spent,
        ChangeSetState::Absent => PinnedChangeSet::Gone,
    })
}

fn stamp(state: &StackState) -> Stamp {
    Stamp {
        id: state.id.clone(),
        status: state.status.clone(),
        last_updated: state.last_updated.map(|moment| moment.to_string()),
    }
}

fn inputs(stack: &Prepared) -> Inputs {
    let parameters = stack.later.is_empty().then_some(&stack.parameters);
    Inputs::of(&stack.spec.template, parameters, &stack.spec.tags)
}

fn step(step: &PreparedStep) -> Step {
    match step {
        PreparedStep::Leave => Step::Leave,
        PreparedStep::Protect => Step::Protect,
        PreparedStep::Execute { change_set, .. } => Step::Execute {
            change_set: change_set.id.clone(),
        },
        PreparedStep::Change | PreparedStep::Remake | PreparedStep::Blocked => Step::Later,
    }
}
