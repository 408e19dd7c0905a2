//! Deploys all stacks, wave by wave.

use futures_util::StreamExt as _;
use futures_util::stream;

use super::inputs::Outputs;
use super::stack::Inputs;
use super::{
    ArtifactStore, DeployOutcome, Operation, Pace, StackApi, StackOutcome, StackResult, StackSpec,
    schedule,
};
use crate::bundle::ArtifactCatalog;
use crate::event::{Event, SkipReason, StackRef};

/// Deploys the stacks.
///
/// Stacks of one wave run side by side. When one fails, those that are running finish, because CloudFormation runs them
/// anyway, and later waves are skipped, because they need it.
pub async fn execute<Stacks: StackApi, Store: ArtifactStore, Clock: Pace>(
    operation: &Operation<'_, Stacks, Store, Clock>,
    specs: &[StackSpec],
    catalog: &ArtifactCatalog,
) -> DeployOutcome {
    let mut outcome = DeployOutcome::default();
    let mut outputs = Outputs::new();
    let mut failed = false;
    for wave in schedule::waves(specs) {
        if failed {
            outcome
                .stacks
                .extend(wave.iter().map(|spec| skip(operation, &spec.stack)));
            continue;
        }
        let inputs = Inputs {
            specs,
            outputs: &outputs,
            catalog,
        };
        let mut ended: Vec<(usize, StackOutcome)> = stream::iter(wave.into_iter().enumerate())
            .map(async |(place, spec)| (place, deploy_one(operation, spec, inputs).await))
            .buffer_unordered(operation.options.max_parallel.max(1))
            .collect()
            .await;
        ended.sort_by_key(|(place, _)| *place);
        let ended: Vec<StackOutcome> = ended.into_iter().map(|(_, outcome)| outcome).collect();
        failed = ended
            .iter()
            .any(|outcome| matches!(outcome.result, StackResult::Failed(_)));
        for stack in &ended {
            outputs.insert(stack.stack.clone(), stack.outputs.iter().cloned().collect());
        }
        outcome.stacks.extend(ended);
    }
    outcome
}

async fn deploy_one<Stacks: StackApi, Store: ArtifactStore, Clock: Pace>(
    operation: &Operation<'_, Stacks, Store, Clock>,
    spec: &StackSpec,
    inputs: Inputs<'_>,
) -> StackOutcome {
    let began = operation.pace.now();
    let (result, outputs) = match operation.deploy(spec, inputs).await {
        Ok((result, outputs)) => (result, outputs.into_iter().collect()),
        Err(failure) => (StackResult::Failed(failure), Vec::new()),
    };
    let took = operation.pace.now().saturating_sub(began);
    let stack = spec.stack.clone();
    match result.ending() {
        Some(crate::event::StackEnding::Unchanged) => {
            operation.emit(Event::StackSkipped {
                stack: stack.clone(),
                reason: SkipReason::Unchanged,
            });
        }
        Some(ending) => operation.emit(Event::StackFinished {
            stack: stack.clone(),
            ending,
            took,
        }),
        None => {}
    }
    StackOutcome {
        stack,
        result,
        took,
        outputs,
    }
}

fn skip<Stacks: StackApi, Store: ArtifactStore, Clock: Pace>(
    operation: &Operation<'_, Stacks, Store, Clock>,
    stack: &StackRef,
) -> StackOutcome {
    let reason = SkipReason::EarlierFailure;
    operation.emit(Event::StackSkipped {
        stack: stack.clone(),
        reason,
    });
    StackOutcome {
        stack: stack.clone(),
        result: StackResult::Skipped(reason),
        took: std::time::Duration::ZERO,
        outputs: Vec::new(),
    }
}
