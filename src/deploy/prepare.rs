//! Finds out what deploying would do, by change sets that nobody executes yet.
//!
//! In: specs and what was built. Out: a [`Prepared`] per chosen stack. The change sets stay until they are executed or
//! [`discard`]ed. A stack whose inputs come from a stack that changes first has no change set: its inputs don't exist yet.

use std::collections::{BTreeMap, BTreeSet};

use cloudformation::Template;
use cloudformation::diff::{Side, compare as compare_templates};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use plan::{ParameterSource, StackRole};

use super::compare::{Difference, compare};
use super::condition::Condition;
use super::inputs::{self, Outputs};
use super::pace::Polling;
use super::{
    ArtifactStore, ChangeSet, ChangeSetKind, ChangeSetRequest, ChangeSetState, Operation, Pace,
    Selection, StackApi, StackFailure, StackSpec, StackState, discard, sweep,
};
use crate::bundle::ArtifactCatalog;
use crate::event::StackRef;
use crate::remote::Cause;

/// Who says what would happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// CloudFormation.
    ChangeSet,
    /// Our rules; nothing is written.
    Template,
}

/// What deploying would do with one stack.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// What it shall be.
    pub spec: StackSpec,
    /// What it was before anything was prepared; none: it doesn't exist.
    pub state: Option<StackState>,
    /// Its deployed template.
    pub template: Option<String>,
    /// Parameter values that are known.
    pub parameters: BTreeMap<String, String>,
    /// Parameters that aren't: by name, why.
    pub later: BTreeMap<String, String>,
    /// What would be done.
    pub step: PreparedStep,
}

/// What would be done with a stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PreparedStep {
    /// Nothing.
    Leave,
    /// Only what needs no change set: termination protection, stack policy.
    Protect,
    /// This change set would be executed.
    Execute {
        /// Whether it makes the stack.
        kind: ChangeSetKind,
        /// The change set.
        change_set: ChangeSet,
    },
    /// It would be changed, and no change set says how: because none was asked for, or because inputs come later.
    Change,
    /// What a failed creation left would be deleted first, then it would be made.
    Remake,
    /// Its status lets nobody change it.
    Blocked,
}

impl Prepared {
    /// The stack.
    pub fn stack(&self) -> &StackRef {
        &self.spec.stack
    }
}

/// Why it can't be found out.
#[derive(Debug, thiserror::Error)]
#[error("{stack}: {failure}")]
pub struct PrepareError {
    /// The stack.
    pub stack: StackRef,
    /// What failed.
    pub failure: Box<StackFailure>,
}

impl PrepareError {
    /// Names the stack that a failure is about.
    pub fn new(stack: &StackRef, failure: impl Into<StackFailure>) -> Self {
        Self {
            stack: stack.clone(),
            failure: Box::new(failure.into()),
        }
    }
}

/// Finds out what deploying would do with the chosen stacks.
///
/// # Errors
///
/// When a stack can't be read or CloudFormation refuses a change set; change sets that were made by then are discarded.
pub async fn prepare<Stacks: StackApi, Store: ArtifactStore, Clock: Pace>(
    operation: &Operation<'_, Stacks, Store, Clock>,
    specs: &[StackSpec],
    catalog: &ArtifactCatalog,
    method: Method,
) -> Result<Vec<Prepared>, PrepareError> {
    let found = operation.read_all(specs).await?;
    let mut prepared = survey(specs, &found, catalog)?;
    if method == Method::Template {
        return Ok(prepared);
    }
    let outputs = outputs(&found);
    let made = stream::iter(prepared.iter().enumerate())
        .filter(|(_, stack)| {
            let region = &stack.spec.stack.region;
            let can_be_sent = super::upload::fits_inline(&stack.spec)
                || inputs::bucket(specs, region, &outputs).is_ok();
            std::future::ready(can_be_sent && stack.takes_change_set())
        })
        .map(async |(place, stack)| {
            let step = operation.change_set(specs, stack, &outputs).await;
            (place, step)
        })
        .buffer_unordered(operation.options.max_parallel.max(1))
        .collect::<Vec<_>>()
        .await;
    let mut failed = None;
    for (place, step) in made {
        let Some(stack) = prepared.get_mut(place) else {
            continue;
        };
        match step {
            Ok(step) => stack.step = step,
            Err(failure) => failed = Some((stack.spec.stack.clone(), failure)),
        }
    }
    match failed {
        None => Ok(prepared),
        Some((stack, failure)) => {
            discard(operation, &prepared).await;
            Err(PrepareError::new(&stack, failure))
        }
    }
}

/// A stack as it is: its state and its template.
type Found = BTreeMap<StackRef, (StackState, Option<String>)>;

fn outputs(found: &Found) -> Outputs {
    found
        .iter()
        .map(|(stack, (state, _))| (stack.clone(), state.outputs.clone()))
        .collect()
}

/// Decides for each stack what would be done, as far as the templates tell.
fn survey(
    specs: &[StackSpec],
    found: &Found,
    catalog: &ArtifactCatalog,
) -> Result<Vec<Prepared>, PrepareError> {
    let outputs = outputs(found);
    // Outputs that don't keep their values.
    let mut moving: BTreeSet<(StackRef, String)> = BTreeSet::new();
    let mut waves: Vec<&StackSpec> = specs.iter().collect();
    waves.sort_by_key(|spec| spec.wave);
    let mut prepared = Vec::new();
    for spec in waves
        .into_iter()
        .filter(|spec| spec.selection == Selection::Deploy)
    {
        let (parameters, later) = values(spec, &outputs, &moving, catalog)?;
        let (state, template) = match found.get(&spec.stack) {
            Some((state, template)) => (Some(state.clone()), template.clone()),
            None => (None, None),
        };
        let mut stack = Prepared {
            spec: spec.clone(),
            state,
            template,
            parameters,
            later,
            step: PreparedStep::Change,
        };
        stack.step = stack.first_step();
        let names = stack
            .moving_outputs()
            .map_err(|reason| PrepareError::new(&spec.stack, StackFailure::ChangeSet { reason }))?;
        moving.extend(names.into_iter().map(|name| (spec.stack.clone(), name)));
        prepared.push(stack);
    }
    Ok(prepared)
}

/// Parameter values that are known, and why the others aren't.
type Values = (BTreeMap<String, String>, BTreeMap<String, String>);

fn values(
    spec: &StackSpec,
    outputs: &Outputs,
    moving: &BTreeSet<(StackRef, String)>,
    catalog: &ArtifactCatalog,
) -> Result<Values, PrepareError> {
    let (mut known, mut later) = Values::default();
    for (parameter, source) in &spec.parameters {
        if let ParameterSource::Output {
            stack,
            region,
            output,
        } = source
        {
            let place = (StackRef::new(stack, region), output.clone());
            let exists = outputs
                .get(&place.0)
                .is_some_and(|outputs| outputs.contains_key(output));
            if moving.contains(&place) || !exists {
                later.insert(parameter.clone(), format!("from {output} of {}", place.0));
                continue;
            }
        }
        let value = inputs::value(parameter, source, outputs, catalog);
        let value = value.map_err(|error| PrepareError::new(&spec.stack, error))?;
        known.insert(parameter.clone(), value);
    }
    Ok((known, later))
}

impl Prepared {
    /// What would be done, as far as it is known without a change set.
    fn first_step(&self) -> PreparedStep {
        let Some(state) = &self.state else {
            return PreparedStep::Change;
        };
        match Condition::of(&state.status) {
            Condition::Gone | Condition::Empty => PreparedStep::Change,
            Condition::NeedsDelete => PreparedStep::Remake,
            Condition::NeedsRollback | Condition::Busy => PreparedStep::Blocked,
            Condition::Settled if !self.later.is_empty() => PreparedStep::Change,
            Condition::Settled => {
                let template = self.template.as_deref().unwrap_or_default();
                match compare(&self.spec, &self.parameters, state, template) {
                    Difference::None => PreparedStep::Leave,
                    Difference::Protection => PreparedStep::Protect,
                    Difference::Content => PreparedStep::Change,
                }
            }
        }
    }

    fn takes_change_set(&self) -> bool {
        self.step == PreparedStep::Change && self.later.is_empty()
    }

    /// Whether a change set would make the stack.
    fn kind(&self) -> ChangeSetKind {
        match self.existing() {
            Some(_) => ChangeSetKind::Update,
            None => ChangeSetKind::Create,
        }
    }

    /// The stack, if there is more than the empty one that a change set made.
    pub fn existing(&self) -> Option<&StackState> {
        self.state.as_ref().filter(|state| {
            !matches!(
                Condition::of(&state.status),
                Condition::Gone | Condition::Empty
            )
        })
    }

    /// The outputs whose values won't be what they are now, or may not be.
    fn moving_outputs(&self) -> Result<BTreeSet<String>, String> {
        match self.step {
            PreparedStep::Leave | PreparedStep::Protect | PreparedStep::Blocked => {
                Ok(BTreeSet::new())
            }
            PreparedStep::Remake | PreparedStep::Execute { .. } | PreparedStep::Change => {
                let parse = |text: &str| Template::parse(text).map_err(|error| error.to_string());
                let desired = parse(&self.spec.template)?;
                let (Some(state), Some(deployed)) = (&self.state, &self.template) else {
                    return Ok(desired.outputs.keys().cloned().collect());
                };
                let deployed = parse(deployed)?;
                let old = Side {
                    parameters: state.parameters.clone(),
                    ..Side::new(&deployed)
                };
                Ok(compare_templates(&old, &self.side(&desired)).outputs)
            }
        }
    }

    /// The desired template with what is known of its parameters.
    pub fn side<'template>(&self, desired: &'template Template) -> Side<'template> {
        Side {
            parameters: self.parameters.clone(),
            later: self.later.clone(),
            ..Side::new(desired)
        }
    }
}

impl<Stacks: StackApi, Store: ArtifactStore, Clock: Pace> Operation<'_, Stacks, Store, Clock> {
    async fn read_all(&self, specs: &[StackSpec]) -> Result<Found, PrepareError> {
        stream::iter(specs)
            .map(async |spec| {
                let read = self.read(spec).await;
                read.map_err(|failure| PrepareError::new(&spec.stack, failure))
            })
            .buffer_unordered(self.options.max_parallel.max(1))
            .try_filter_map(async |found| Ok(found))
            .try_collect()
            .await
    }

    async fn read(
        &self,
        spec: &StackSpec,
    ) -> Result<Option<(StackRef, (StackState, Option<String>))>, StackFailure> {
        let Some(mut state) = self.stacks.describe(&spec.stack).await? else {
            return Ok(None);
        };
        let is_settled = Condition::of(&state.status) == Condition::Settled;
        let template = if is_settled && spec.selection == Selection::Deploy {
            if matches!(spec.role, StackRole::Fleets | StackRole::Backend) {
                state.policy = self.stacks.policy(&spec.stack).await?;
            }
            Some(self.stacks.template(&spec.stack).await?)
        } else {
            None
        };
        Ok(Some((spec.stack.clone(), (state, template))))
    }

    /// Makes the change set of a stack and waits until it is computed.
    async fn change_set(
        &self,
        specs: &[StackSpec],
        stack: &Prepared,
        outputs: &Outputs,
    ) -> Result<PreparedStep, StackFailure> {
        let spec = &stack.spec;
        let kind = stack.kind();
        let request = ChangeSetRequest {
            name: self.change_set_name(&spec.stack),
            kind,
            template: self.template_source(specs, spec, outputs).await?,
            parameters: stack.parameters.clone(),
            tags: spec.tags.clone(),
            on_failure: self.options.on_failure,
            token: self.change_set_name(&spec.stack),
        };
        if let Err(error) = self.stacks.create_change_set(&spec.stack, &request).await {
            if error.cause() == Cause::Transient {
                // The last try may have been heard.
                sweep(self, std::slice::from_ref(spec)).await;
            }
            return Err(error.into());
        }
        let computed = self.computed_change_set(&spec.stack, &request.name).await;
        let failure = match computed {
            Ok(ChangeSetState::Ready(change_set)) => {
                return Ok(PreparedStep::Execute { kind, change_set });
            }
            Ok(ChangeSetState::Empty) => {
                self.clear(&spec.stack, kind, &request.name).await;
                return Ok(PreparedStep::Leave);
            }
            Ok(ChangeSetState::Pending) => StackFailure::TimedOut,
            Ok(ChangeSetState::Absent) => StackFailure::ChangeSet {
                reason: "somebody deleted it meanwhile".to_owned(),
            },
            Ok(ChangeSetState::Failed { reason }) => StackFailure::ChangeSet { reason },
            Err(failure) => failure,
        };
        self.clear(&spec.stack, kind, &request.name).await;
        Err(failure)
    }

    async fn computed_change_set(
        &self,
        stack: &StackRef,
        name: &str,
    ) -> Result<ChangeSetState, StackFailure> {
        let mut polling = Polling::new(self.options.polling);
        loop {
            match self.stacks.describe_change_set(stack, name).await {
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
}
