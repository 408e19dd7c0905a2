//! Removes the stacks of one environment, last wave first.
//!
//! What is removed is read from CloudFormation, not only from the topology: stacks that left the topology are found by
//! their tags. The artifact stack of a region stays as long as another environment or topology has stacks there.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::StreamExt as _;
use futures_util::stream;
use plan::StackRole;

use super::condition::Condition;
use super::inputs::BUCKET_OUTPUT;
use super::{
    ArtifactStore, DeployOutcome, Operation, Pace, StackApi, StackFailure, StackOutcome,
    StackResult, StackSpec, StackState, TAG_ENVIRONMENT, TAG_TOPOLOGY,
};
use crate::event::{Event, SkipReason, StackAction, StackRef};
use crate::remote::RemoteError;

/// What destroying an environment removes and keeps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DestroyPlan {
    /// What goes, in order; the stacks of one inner list go side by side.
    pub waves: Vec<Vec<DestroyStep>>,
    /// Artifact stacks that others need.
    pub kept: Vec<StackRef>,
    /// Stacks that refuse to be deleted. While there are any, nothing is deleted.
    pub protected: Vec<StackRef>,
}

/// One stack that goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DestroyStep {
    /// The stack.
    pub stack: StackRef,
    /// The bucket that must be emptied before.
    bucket: Option<String>,
    /// Whether protection must be taken off; only for artifact stacks, which guard nothing once nobody uses them.
    unprotect: bool,
}

impl DestroyPlan {
    /// Whether there is nothing to remove.
    pub fn is_empty(&self) -> bool {
        self.waves.is_empty()
    }

    /// Everything that goes, in order.
    pub fn stacks(&self) -> impl Iterator<Item = &StackRef> {
        self.waves.iter().flatten().map(|step| &step.stack)
    }
}

/// Reads what there is and says what destroying would remove.
///
/// # Errors
///
/// When the stacks of a region can't be read.
pub async fn survey_for_destroy<Stacks: StackApi, Store: ArtifactStore, Clock: Pace>(
    operation: &Operation<'_, Stacks, Store, Clock>,
    specs: &[StackSpec],
    topology: &str,
    environment: &str,
) -> Result<DestroyPlan, RemoteError> {
    let regions: BTreeSet<&str> = specs
        .iter()
        .map(|spec| spec.stack.region.as_str())
        .collect();
    let mut states = Vec::new();
    for region in regions {
        states.extend(operation.stacks.list(region).await?);
    }
    states.retain(|state| Condition::of(&state.status) != Condition::Gone);
    Ok(plan(specs, &states, topology, environment))
}

/// Chooses. Pure.
fn plan(
    specs: &[StackSpec],
    states: &[StackState],
    topology: &str,
    environment: &str,
) -> DestroyPlan {
    let specs: BTreeMap<&StackRef, &StackSpec> =
        specs.iter().map(|spec| (&spec.stack, spec)).collect();
    let tagged = |state: &StackState, key: &str, value: &str| {
        state.tags.get(key).is_some_and(|tag| tag == value)
    };
    let is_ours = |state: &StackState| {
        specs
            .get(&state.stack())
            .is_some_and(|spec| spec.role != StackRole::Artifacts)
            || tagged(state, TAG_TOPOLOGY, topology) && tagged(state, TAG_ENVIRONMENT, environment)
    };
    let mut result = DestroyPlan::default();
    let mut waves: BTreeMap<usize, Vec<DestroyStep>> = BTreeMap::new();
    for state in states {
        let stack = state.stack();
        let spec = specs.get(&stack);
        if spec.is_some_and(|spec| spec.role == StackRole::Artifacts) {
            let is_needed = |other: &StackState| {
                other.region == state.region
                    && other.tags.contains_key(TAG_TOPOLOGY)
                    && !is_ours(other)
            };
            if states.iter().any(is_needed) {
                result.kept.push(stack);
                continue;
            }
            let bucket = state.outputs.get(BUCKET_OUTPUT).cloned();
            let wave = spec.map_or(0, |spec| spec.wave);
            waves.entry(wave).or_default().push(DestroyStep {
                stack,
                bucket,
                unprotect: state.protected,
            });
        } else if is_ours(state) {
            if state.protected {
                result.protected.push(stack.clone());
            }
            // Nothing in the topology needs a stack that left it, so it goes with the last wave.
            let wave = spec.map_or(usize::MAX, |spec| spec.wave);
            waves.entry(wave).or_default().push(DestroyStep {
                stack,
                bucket: None,
                unprotect: false,
            });
        }
    }
    result.waves = waves.into_values().rev().collect();
    result
}

/// Removes what the plan says.
pub async fn destroy<Stacks: StackApi, Store: ArtifactStore, Clock: Pace>(
    operation: &Operation<'_, Stacks, Store, Clock>,
    plan: &DestroyPlan,
) -> DeployOutcome {
    let mut outcome = DeployOutcome::default();
    for stack in &plan.kept {
        outcome
            .stacks
            .push(skipped(operation, stack, SkipReason::InUse));
    }
    let mut failed = false;
    for wave in &plan.waves {
        if failed {
            let skip =
                |step: &DestroyStep| skipped(operation, &step.stack, SkipReason::EarlierFailure);
            outcome.stacks.extend(wave.iter().map(skip));
            continue;
        }
        let mut ended: Vec<StackOutcome> = stream::iter(wave)
            .map(|step| destroy_one(operation, step))
            .buffer_unordered(operation.options.max_parallel.max(1))
            .collect()
            .await;
        ended.sort_by(|one, other| one.stack.cmp(&other.stack));
        failed = ended
            .iter()
            .any(|outcome| matches!(outcome.result, StackResult::Failed(_)));
        outcome.stacks.extend(ended);
    }
    outcome
}

async fn destroy_one<Stacks: StackApi, Store: ArtifactStore, Clock: Pace>(
    operation: &Operation<'_, Stacks, Store, Clock>,
    step: &DestroyStep,
) -> StackOutcome {
    let began = operation.pace.now();
    let stack = step.stack.clone();
    operation.emit(Event::StackStarted {
        stack: stack.clone(),
        action: StackAction::Delete,
    });
    let result = match operation.delete(step).await {
        Ok(()) => StackResult::Deleted,
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

fn skipped<Stacks: StackApi, Store: ArtifactStore, Clock: Pace>(
    operation: &Operation<'_, Stacks, Store, Clock>,
    stack: &StackRef,
    reason: SkipReason,
) -> StackOutcome {
    operation.emit(Event::StackSkipped {
        stack: stack.clone(),
        reason,
    });
    let took = std::time::Duration::ZERO;
    StackOutcome {
        stack: stack.clone(),
        result: StackResult::Skipped(reason),
        took,
        outputs: Vec::new(),
    }
}

impl<Stacks: StackApi, Store: ArtifactStore, Clock: Pace> Operation<'_, Stacks, Store, Clock> {
    async fn delete(&self, step: &DestroyStep) -> Result<(), StackFailure> {
        let stack = &step.stack;
        // Somebody's running operation would make CloudFormation refuse.
        if self.settle(stack).await?.is_none() {
            return Ok(());
        }
        if step.unprotect {
            self.stacks.protect(stack, false).await?;
        }
        if let Some(bucket) = &step.bucket {
            self.store.empty(&stack.region, bucket).await?;
        }
        let newest = self.stacks.latest_event(stack).await?;
        self.stacks
            .delete(stack, &self.token("destroy", stack))
            .await?;
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

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(name: &str, role: StackRole, wave: usize) -> StackSpec {
        StackSpec {
            stack: StackRef::new(name, "eu-west-1"),
            role,
            wave,
            template: "{}".to_owned(),
            parameters: BTreeMap::new(),
            tags: BTreeMap::new(),
            protected: false,
            guarded: BTreeSet::new(),
            selection: crate::deploy::Selection::Deploy,
        }
    }

    fn specs() -> Vec<StackSpec> {
        vec![
            spec("liftform-artifacts", StackRole::Artifacts, 0),
            spec("game-dev-fleets", StackRole::Fleets, 1),
            spec("game-dev-backend", StackRole::Backend, 2),
        ]
    }

    fn state(name: &str, tags: &[(&str, &str)]) -> StackState {
        StackState {
            name: name.to_owned(),
            region: "eu-west-1".to_owned(),
            status: "CREATE_COMPLETE".to_owned(),
            tags: tags
                .iter()
                .map(|&(key, value)| (key.to_owned(), value.to_owned()))
                .collect(),
            ..StackState::default()
        }
    }

    fn of(environment: &'static str) -> [(&'static str, &'static str); 2] {
        [(TAG_TOPOLOGY, "game"), (TAG_ENVIRONMENT, environment)]
    }

    fn order(states: &[StackState]) -> Vec<Vec<String>> {
        let plan = plan(&specs(), states, "game", "dev");
        plan.waves
            .iter()
            .map(|wave| wave.iter().map(|step| step.stack.name.clone()).collect())
            .collect()
    }

    #[test]
    fn stacks_go_in_reverse_order_and_the_artifacts_last() {
        let states = [
            state("game-dev-backend", &of("dev")),
            state("game-dev-fleets", &of("dev")),
            state("liftform-artifacts", &[]),
        ];
        assert_eq!(
            order(&states),
            [
                ["game-dev-backend"],
                ["game-dev-fleets"],
                ["liftform-artifacts"]
            ]
        );
    }

    #[test]
    fn absent_stacks_are_no_work() {
        assert!(plan(&specs(), &[], "game", "dev").is_empty());
    }

    #[test]
    fn stack_that_left_the_topology_goes_first() {
        let states = [
            state("game-dev-backend", &of("dev")),
            state("game-dev-old", &of("dev")),
        ];
        assert_eq!(order(&states), [["game-dev-old"], ["game-dev-backend"]]);
    }

    #[test]
    fn artifacts_stay_while_another_environment_is_there() {
        let states = [
            state("liftform-artifacts", &[]),
            state("game-prod-backend", &of("prod")),
        ];
        let plan = plan(&specs(), &states, "game", "dev");
        assert!(plan.is_empty());
        assert_eq!(
            plan.kept,
            [StackRef::new("liftform-artifacts", "eu-west-1")]
        );
    }

    #[test]
    fn foreign_stacks_are_left_alone() {
        assert!(order(&[state("network", &[("team", "infra")])]).is_empty());
    }

    #[test]
    fn protected_stack_is_named_before_anything_is_deleted() {
        let mut protected = state("game-dev-fleets", &of("dev"));
        protected.protected = true;
        let plan = plan(&specs(), &[protected], "game", "dev");
        assert_eq!(
            plan.protected,
            [StackRef::new("game-dev-fleets", "eu-west-1")]
        );
    }
}
