//! The order of work, and what will be done, before anything is done.
//!
//! In: specs, and the stacks as they are. Out: waves and a forecast that a user can approve. Pure but for reading the
//! stacks in [`forecast`].

use std::collections::BTreeMap;

use super::compare::{Difference, compare};
use super::condition::Condition;
use super::inputs::{self, Outputs};
use super::{ArtifactStore, Operation, Pace, Selection, StackApi, StackSpec, StackState};
use crate::bundle::ArtifactCatalog;
use crate::event::StackRef;
use crate::remote::RemoteError;

/// Splits the specs into waves, first wave first, and keeps their order within a wave.
pub(super) fn waves(specs: &[StackSpec]) -> Vec<Vec<&StackSpec>> {
    let mut waves: BTreeMap<usize, Vec<&StackSpec>> = BTreeMap::new();
    for spec in specs {
        waves.entry(spec.wave).or_default().push(spec);
    }
    waves.into_values().collect()
}

/// What will be done with one stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForecastStep {
    /// The stack.
    pub stack: StackRef,
    /// What.
    pub forecast: Forecast,
}

/// What will be done, as far as it is known before earlier stacks are deployed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Forecast {
    /// It doesn't exist.
    Create,
    /// It differs.
    Update,
    /// What a failed creation left is deleted, then it is created.
    Recreate {
        /// Its status.
        status: String,
    },
    /// It is right.
    Unchanged,
    /// It depends on outputs that don't exist yet.
    MayChange,
    /// Somebody else is working on it.
    Busy {
        /// Its status.
        status: String,
    },
    /// An earlier update left it in a state that needs a person.
    Stuck {
        /// Its status.
        status: String,
    },
}

impl Forecast {
    /// Whether nothing will be done.
    pub fn is_unchanged(&self) -> bool {
        *self == Self::Unchanged
    }
}

/// Reads all stacks and says what deploying would do with them.
///
/// # Errors
///
/// When a stack can't be read.
pub async fn forecast<Stacks: StackApi, Store: ArtifactStore, Clock: Pace>(
    operation: &Operation<'_, Stacks, Store, Clock>,
    specs: &[StackSpec],
    catalog: &ArtifactCatalog,
) -> Result<Vec<ForecastStep>, RemoteError> {
    let mut states = BTreeMap::new();
    for spec in specs {
        states.insert(
            spec.stack.clone(),
            operation.stacks.describe(&spec.stack).await?,
        );
    }
    let outputs: Outputs = states
        .iter()
        .filter_map(|(stack, state)| Some((stack.clone(), state.as_ref()?.outputs.clone())))
        .collect();
    let mut steps = Vec::new();
    for spec in specs
        .iter()
        .filter(|spec| spec.selection == Selection::Deploy)
    {
        let state = states.get(&spec.stack).and_then(Option::as_ref);
        let template = match state {
            Some(state) if Condition::of(&state.status) == Condition::Settled => {
                Some(operation.stacks.template(&spec.stack).await?)
            }
            _ => None,
        };
        let forecast = foresee(spec, state, template.as_deref(), &outputs, catalog);
        steps.push(ForecastStep {
            stack: spec.stack.clone(),
            forecast,
        });
    }
    Ok(steps)
}

fn foresee(
    spec: &StackSpec,
    state: Option<&StackState>,
    template: Option<&str>,
    outputs: &Outputs,
    catalog: &ArtifactCatalog,
) -> Forecast {
    let Some(state) = state else {
        return Forecast::Create;
    };
    let status = state.status.clone();
    match Condition::of(&status) {
        Condition::Gone => Forecast::Create,
        Condition::NeedsDelete => Forecast::Recreate { status },
        Condition::NeedsRollback => Forecast::Stuck { status },
        Condition::Busy => Forecast::Busy { status },
        Condition::Settled => match inputs::resolve(spec, outputs, catalog) {
            Err(_) => Forecast::MayChange,
            Ok(parameters) => match compare(spec, &parameters, state, template.unwrap_or_default())
            {
                Difference::None => Forecast::Unchanged,
                Difference::Protection | Difference::Content => Forecast::Update,
            },
        },
    }
}
