//! Deploys one stack: look, compare, change set, execute, follow.

use std::collections::BTreeMap;

use super::compare::{Difference, compare};
use super::condition::{Condition, is_success};
use super::inputs::{self, Outputs};
use super::pace::Polling;
use super::{
    ArtifactStore, ChangeSetKind, ChangeSetRequest, ChangeSetState, OnFailure, Operation, Pace,
    Selection, StackApi, StackFailure, StackResult, StackSpec, StackState, WhenBusy,
};
use crate::bundle::ArtifactCatalog;
use crate::event::{Event, SkipReason, StackAction};

/// What the stacks of one deployment share.
#[derive(Clone, Copy, Debug)]
pub(super) struct Inputs<'run> {
    pub(super) specs: &'run [StackSpec],
    pub(super) outputs: &'run Outputs,
    pub(super) catalog: &'run ArtifactCatalog,
}

/// A stack that is as it should be, and its outputs.
type Deployed = (StackResult, BTreeMap<String, String>);

/// What is done to a stack, decided after looking at it.
enum Step {
    Leave(StackState),
    Protect(StackState),
    Change {
        kind: ChangeSetKind,
        action: StackAction,
        state: Option<StackState>,
    },
}

impl<Stacks: StackApi, Store: ArtifactStore, Clock: Pace> Operation<'_, Stacks, Store, Clock> {
    /// Brings one stack to what its spec says.
    pub(super) async fn deploy(
        &self,
        spec: &StackSpec,
        inputs: Inputs<'_>,
    ) -> Result<Deployed, StackFailure> {
        if spec.selection == Selection::ReadOutputs {
            let state = self.stacks.describe(&spec.stack).await?;
            let outputs = state.map(|state| state.outputs).unwrap_or_default();
            return Ok((StackResult::Skipped(SkipReason::NotSelected), outputs));
        }
        let parameters = inputs::resolve(spec, inputs.outputs, inputs.catalog)?;
        match self.step(spec, &parameters).await? {
            Step::Leave(state) => Ok((StackResult::Unchanged, state.outputs)),
            Step::Protect(state) => {
                self.stacks.protect(&spec.stack, spec.protected).await?;
                Ok((StackResult::Updated, state.outputs))
            }
            Step::Change {
                kind,
                action,
                state,
            } => {
                self.emit(Event::StackStarted {
                    stack: spec.stack.clone(),
                    action,
                });
                if action == StackAction::Recreate {
                    self.remove_remains(spec).await?;
                }
                self.change(spec, kind, parameters, state, inputs).await
            }
        }
    }

    async fn step(
        &self,
        spec: &StackSpec,
        parameters: &BTreeMap<String, String>,
    ) -> Result<Step, StackFailure> {
        let create = |action| Step::Change {
            kind: ChangeSetKind::Create,
            action,
            state: None,
        };
        let Some(state) = self.settled_state(spec).await? else {
            return Ok(create(StackAction::Create));
        };
        match Condition::of(&state.status) {
            Condition::Gone => Ok(create(StackAction::Create)),
            Condition::NeedsDelete => Ok(create(StackAction::Recreate)),
            Condition::NeedsRollback => Err(StackFailure::Stuck {
                status: state.status,
            }),
            Condition::Busy => Err(StackFailure::Busy {
                status: state.status,
            }),
            Condition::Settled => {
                let template = self.stacks.template(&spec.stack).await?;
                Ok(match compare(spec, parameters, &state, &template) {
                    Difference::None => Step::Leave(state),
                    Difference::Protection => Step::Protect(state),
                    Difference::Content => Step::Change {
                        kind: ChangeSetKind::Update,
                        action: StackAction::Update,
                        state: Some(state),
                    },
                })
            }
        }
    }

    async fn settled_state(&self, spec: &StackSpec) -> Result<Option<StackState>, StackFailure> {
        let state = self.stacks.describe(&spec.stack).await?;
        let Some(state) = state else { return Ok(None) };
        if Condition::of(&state.status) != Condition::Busy {
            return Ok(Some(state));
        }
        match self.options.when_busy {
            WhenBusy::Refuse => Err(StackFailure::Busy {
                status: state.status,
            }),
            WhenBusy::Wait => {
                self.emit(Event::StackBusy {
                    stack: spec.stack.clone(),
                    status: state.status,
                });
                self.settle(&spec.stack).await
            }
        }
    }

    /// Deletes what a failed creation left, and waits: the name is taken until it is gone.
    async fn remove_remains(&self, spec: &StackSpec) -> Result<(), StackFailure> {
        let newest = self.stacks.latest_event(&spec.stack).await?;
        self.stacks
            .delete(&spec.stack, &self.token("remove", &spec.stack))
            .await?;
        let ending = self.follow(&spec.stack, newest).await?;
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

    async fn change(
        &self,
        spec: &StackSpec,
        kind: ChangeSetKind,
        parameters: BTreeMap<String, String>,
        before: Option<StackState>,
        inputs: Inputs<'_>,
    ) -> Result<Deployed, StackFailure> {
        self.upload_artifacts(inputs.specs, spec, inputs.outputs, inputs.catalog)
            .await?;
        let request = ChangeSetRequest {
            name: self.token("change", &spec.stack),
            kind,
            template: self
                .template_source(inputs.specs, spec, inputs.outputs)
                .await?,
            parameters,
            tags: spec.tags.clone(),
            on_failure: OnFailure::Rollback,
            token: self.token("change", &spec.stack),
        };
        self.stacks.create_change_set(&spec.stack, &request).await?;
        let computed = self.computed(spec, &request.name).await;
        match computed {
            Ok(ChangeSetState::Ready(_)) => {
                let state = self.execute_change_set(spec, &request.name).await?;
                self.protect_if_needed(spec, &state).await?;
                let result = match kind {
                    ChangeSetKind::Create => StackResult::Created,
                    ChangeSetKind::Update => StackResult::Updated,
                };
                Ok((result, state.outputs))
            }
            Ok(ChangeSetState::Empty) => {
                self.discard(spec, kind, &request.name).await;
                let state = before.unwrap_or_default();
                self.protect_if_needed(spec, &state).await?;
                Ok((StackResult::Unchanged, state.outputs))
            }
            Ok(ChangeSetState::Failed { reason }) => {
                self.discard(spec, kind, &request.name).await;
                Err(StackFailure::ChangeSet { reason })
            }
            Ok(ChangeSetState::Absent) => Err(StackFailure::ChangeSet {
                reason: "somebody deleted it meanwhile".to_owned(),
            }),
            Ok(ChangeSetState::Pending) => Err(StackFailure::TimedOut),
            Err(error) => {
                self.discard(spec, kind, &request.name).await;
                Err(error)
            }
        }
    }

    /// Waits until the change set is computed; pending: the time was over first.
    async fn computed(&self, spec: &StackSpec, name: &str) -> Result<ChangeSetState, StackFailure> {
        let mut polling = Polling::new(self.options.polling);
        loop {
            match self.stacks.describe_change_set(&spec.stack, name).await {
                Ok(ChangeSetState::Pending) => {}
                Ok(state) => return Ok(state),
                Err(error) if error.retryable => polling.throttled(),
                Err(error) => return Err(error.into()),
            }
            if self.is_late() {
                return Ok(ChangeSetState::Pending);
            }
            self.pace.pause(polling.pause()).await;
        }
    }

    async fn execute_change_set(
        &self,
        spec: &StackSpec,
        name: &str,
    ) -> Result<StackState, StackFailure> {
        let newest = self.stacks.latest_event(&spec.stack).await?;
        self.stacks
            .execute_change_set(&spec.stack, name, &self.token("execute", &spec.stack))
            .await?;
        let ending = self.follow(&spec.stack, newest).await?;
        let state = ending.state.unwrap_or_else(|| StackState {
            status: "DELETE_COMPLETE".to_owned(),
            reason: Some("somebody deleted it meanwhile".to_owned()),
            ..StackState::default()
        });
        if is_success(&state.status) && Condition::of(&state.status) == Condition::Settled {
            Ok(state)
        } else {
            Err(StackFailure::Settled {
                status: state.status,
                reason: state.reason,
                cause: ending.cause,
            })
        }
    }

    async fn protect_if_needed(
        &self,
        spec: &StackSpec,
        state: &StackState,
    ) -> Result<(), StackFailure> {
        if state.protected != spec.protected {
            self.stacks.protect(&spec.stack, spec.protected).await?;
        }
        Ok(())
    }

    /// Clears away a change set that is not executed; what remains of it is only untidy, so failing is no failure.
    async fn discard(&self, spec: &StackSpec, kind: ChangeSetKind, name: &str) {
        let removed = self.stacks.delete_change_set(&spec.stack, name).await;
        let removed = match (removed, kind) {
            // The change set also made an empty stack.
            (Ok(()), ChangeSetKind::Create) => {
                self.stacks
                    .delete(&spec.stack, &self.token("discard", &spec.stack))
                    .await
            }
            (removed, _) => removed,
        };
        if let Err(error) = removed {
            let message = format!(
                "change set `{name}` of {} is left behind: {error}",
                spec.stack
            );
            self.emit(Event::Warning { message });
        }
    }
}
