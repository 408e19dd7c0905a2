//! Deploys what was prepared, wave by wave.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream;

use super::approval::Approve;
use super::inputs::{self, Outputs};
use super::{
    ArtifactStore, ChangeSetKind, DeployOutcome, Method, Operation, Pace, Prepared, PreparedStep,
    Selection, StackApi, StackFailure, StackOutcome, StackResult, StackSpec, StackState, Wish,
    discard, prepare, schedule,
};
use crate::bundle::ArtifactCatalog;
use crate::event::{Event, SkipReason, StackAction, StackEnding, StackRef};
use crate::remote::Cause;

/// Executes what was prepared and approved: exactly those change sets, and later ones that `approve` agrees to.
///
/// Stacks of one wave run side by side. When one fails, those that are running finish, because CloudFormation runs them
/// anyway, and later waves are skipped, because they need it. Change sets that were not executed are taken away.
pub async fn execute<Stacks: StackApi, Store: ArtifactStore, Clock: Pace>(
    operation: &Operation<'_, Stacks, Store, Clock>,
    specs: &[StackSpec],
    catalog: &ArtifactCatalog,
    prepared: &[Prepared],
    approve: &dyn Approve,
) -> DeployOutcome {
    let steps: BTreeMap<&StackRef, &Prepared> = prepared
        .iter()
        .map(|stack| (stack.stack(), stack))
        .collect();
    let mut outcome = DeployOutcome::default();
    let mut outputs = Outputs::new();
    let mut obstacle = None;
    for wave in schedule::waves(specs) {
        let look = Look {
            specs,
            outputs: &outputs,
            catalog,
        };
        let mut ended: Vec<(usize, StackOutcome)> = stream::iter(wave.into_iter().enumerate())
            .map(async |(place, spec)| {
                let run = Run {
                    operation,
                    spec,
                    prepared: steps.get(&spec.stack).copied(),
                    look,
                    approve,
                    obstacle,
                };
                (place, run.end().await)
            })
            .buffer_unordered(operation.options.max_parallel.max(1))
            .collect()
            .await;
        ended.sort_by_key(|(place, _)| *place);
        for (_, stack) in ended {
            outputs.insert(stack.stack.clone(), stack.outputs.iter().cloned().collect());
            obstacle = obstacle.or(stack.result.obstacle());
            outcome.stacks.push(stack);
        }
    }
    discard(operation, &skipped(prepared, &outcome)).await;
    outcome
}

/// What was prepared for stacks that were skipped.
fn skipped(prepared: &[Prepared], outcome: &DeployOutcome) -> Vec<Prepared> {
    let is_skipped = |stack: &&Prepared| {
        outcome.stacks.iter().any(|outcome| {
            outcome.stack == *stack.stack() && matches!(outcome.result, StackResult::Skipped(_))
        })
    };
    prepared.iter().filter(is_skipped).cloned().collect()
}

/// What the stacks of one wave share.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look<'run> {
    pub(super) specs: &'run [StackSpec],
    pub(super) outputs: &'run Outputs,
    pub(super) catalog: &'run ArtifactCatalog,
}

impl Look<'_> {
    /// A stack and those whose outputs it takes, which are only read.
    fn around(self, spec: &StackSpec) -> Vec<StackSpec> {
        let taken = self
            .specs
            .iter()
            .filter(|other| schedule::needs(spec, other))
            .cloned();
        let mut around: Vec<StackSpec> = taken
            .map(|other| StackSpec {
                selection: Selection::ReadOutputs,
                ..other
            })
            .filter(|other| other.stack != spec.stack)
            .collect();
        around.push(spec.clone());
        around
    }
}

/// One stack's part of a deployment.
struct Run<'run, Stacks, Store, Clock> {
    operation: &'run Operation<'run, Stacks, Store, Clock>,
    spec: &'run StackSpec,
    /// None: it was not asked for.
    prepared: Option<&'run Prepared>,
    look: Look<'run>,
    approve: &'run dyn Approve,
    /// Why nothing may be started any more.
    obstacle: Option<SkipReason>,
}

/// How a stack ended, and its outputs.
type Ended = (StackResult, BTreeMap<String, String>);

impl<Stacks: StackApi, Store: ArtifactStore, Clock: Pace> Run<'_, Stacks, Store, Clock> {
    async fn end(&self) -> StackOutcome {
        let began = self.operation.pace.now();
        let (result, outputs) = match self.result().await {
            Ok(ended) => ended,
            Err(StackFailure::Detached) if self.operation.options.detach => {
                (StackResult::Started, BTreeMap::new())
            }
            Err(failure) => (StackResult::Failed(failure), BTreeMap::new()),
        };
        let took = self.operation.pace.now().saturating_sub(began);
        self.report(&result, took);
        StackOutcome {
            stack: self.spec.stack.clone(),
            result,
            took,
            outputs: outputs.into_iter().collect(),
        }
    }

    fn report(&self, result: &StackResult, took: Duration) {
        let stack = self.spec.stack.clone();
        let event = match (result, result.ending()) {
            (StackResult::Skipped(SkipReason::NotSelected), _) | (_, None) => None,
            (StackResult::Skipped(reason), _) => Some(Event::StackSkipped {
                stack,
                reason: *reason,
            }),
            (_, Some(StackEnding::Unchanged)) => Some(Event::StackSkipped {
                stack,
                reason: SkipReason::Unchanged,
            }),
            (_, Some(ending)) => Some(Event::StackFinished {
                stack,
                ending,
                took,
            }),
        };
        if let Some(event) = event {
            self.operation.emit(event);
        }
    }

    async fn result(&self) -> Result<Ended, StackFailure> {
        let Some(prepared) = self.prepared else {
            let state = self.operation.stacks.describe(&self.spec.stack).await?;
            return kept(
                StackResult::Skipped(SkipReason::NotSelected),
                state.as_ref(),
            );
        };
        let state = prepared.state.as_ref();
        match (&prepared.step, self.may_start()) {
            (PreparedStep::Leave, _) => kept(StackResult::Unchanged, state),
            (PreparedStep::Blocked, _) => Err(blocked(state)),
            (_, Err(reason)) => kept(StackResult::Skipped(reason), state),
            (PreparedStep::Protect, Ok(())) => self.protect(state).await,
            (PreparedStep::Execute { kind, change_set }, Ok(())) => {
                self.begin(action(*kind));
                self.execute(*kind, state, &change_set.id).await
            }
            (PreparedStep::Remake, Ok(())) => {
                self.begin(StackAction::Recreate);
                let operation = self.operation;
                operation.delete_stack(&self.spec.stack, "remove").await?;
                self.later().await
            }
            (PreparedStep::Change, Ok(())) => self.later().await,
        }
    }

    fn may_start(&self) -> Result<(), SkipReason> {
        match (self.obstacle, self.operation.pace.wish()) {
            (Some(reason), _) => Err(reason),
            (None, Wish::GoOn) => Ok(()),
            (None, Wish::StartNothing | Wish::Cancel | Wish::Detach) => {
                Err(SkipReason::Interrupted)
            }
        }
    }

    fn begin(&self, action: StackAction) {
        self.operation.emit(Event::StackStarted {
            stack: self.spec.stack.clone(),
            action,
        });
    }

    async fn protect(&self, state: Option<&StackState>) -> Result<Ended, StackFailure> {
        let operation = self.operation;
        let protected = self.spec.protected;
        if state.is_none_or(|state| state.protected != protected) {
            let stack = &self.spec.stack;
            operation.stacks.protect(stack, protected).await?;
        }
        let policy = state.and_then(|state| state.policy.as_deref());
        operation.set_policy(self.spec, policy).await?;
        kept(StackResult::Updated, state)
    }

    /// Makes the change set now that what it needs is there, and executes it if that is approved.
    async fn later(&self) -> Result<Ended, StackFailure> {
        let operation = self.operation;
        for (parameter, source) in &self.spec.parameters {
            inputs::value(parameter, source, self.look.outputs, self.look.catalog)?;
        }
        let around = self.look.around(self.spec);
        let found = prepare(operation, &around, self.look.catalog, Method::ChangeSet).await;
        let found = found.map_err(|error| *error.failure)?;
        let Some(now) = found.iter().find(|found| *found.stack() == self.spec.stack) else {
            return Err(StackFailure::Unready);
        };
        let state = now.state.as_ref();
        match &now.step {
            PreparedStep::Leave => kept(StackResult::Unchanged, state),
            PreparedStep::Protect => self.protect(state).await,
            PreparedStep::Blocked => Err(blocked(state)),
            PreparedStep::Change | PreparedStep::Remake => Err(StackFailure::Unready),
            PreparedStep::Execute { kind, change_set } => {
                if let Err(need) = self.approve.approve(now) {
                    discard(operation, &found).await;
                    return Err(StackFailure::NotApproved { need });
                }
                self.begin(action(*kind));
                self.execute(*kind, state, &change_set.id).await
            }
        }
    }

    async fn execute(
        &self,
        kind: ChangeSetKind,
        before: Option<&StackState>,
        id: &str,
    ) -> Result<Ended, StackFailure> {
        let operation = self.operation;
        let executed = match operation.upload_artifacts(self.spec, self.look).await {
            Ok(()) => operation.execute_change_set(self.spec, before, id).await,
            Err(failure) => Err(failure),
        };
        match executed {
            Ok(state) => {
                let result = match kind {
                    ChangeSetKind::Create => StackResult::Created,
                    ChangeSetKind::Update => StackResult::Updated,
                };
                Ok((result, state.outputs))
            }
            Err(failure) => {
                if is_certainly_idle(&failure) {
                    operation.clear(&self.spec.stack, kind, id).await;
                }
                Err(failure)
            }
        }
    }
}

/// Whether the change set was certainly not begun. After a lost answer, which ends as `LostSight`, it may have been.
fn is_certainly_idle(failure: &StackFailure) -> bool {
    match failure {
        StackFailure::Input(_) => true,
        StackFailure::Remote(error) => error.cause() != Cause::Identity,
        StackFailure::Settled { .. }
        | StackFailure::ChangeSet { .. }
        | StackFailure::Busy { .. }
        | StackFailure::Stuck { .. }
        | StackFailure::Protected
        | StackFailure::Unready
        | StackFailure::NotApproved { .. }
        | StackFailure::Detached
        | StackFailure::TimedOut
        | StackFailure::LostSight(_) => false,
    }
}

/// A result that changes no outputs.
fn kept(result: StackResult, state: Option<&StackState>) -> Result<Ended, StackFailure> {
    let outputs = state.map(|state| state.outputs.clone());
    Ok((result, outputs.unwrap_or_default()))
}

/// Why a stack lets nobody change it.
fn blocked(state: Option<&StackState>) -> StackFailure {
    let status = state.map(|state| state.status.clone()).unwrap_or_default();
    if status.ends_with("_IN_PROGRESS") {
        StackFailure::Busy { status }
    } else {
        StackFailure::Stuck { status }
    }
}

fn action(kind: ChangeSetKind) -> StackAction {
    match kind {
        ChangeSetKind::Create => StackAction::Create,
        ChangeSetKind::Update => StackAction::Update,
    }
}
