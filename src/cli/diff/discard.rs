//! Plans that nobody will execute: what they left in CloudFormation goes.

use std::path::Path;

use plan::StackPlan;
use review::plan_file::Step;
use serde_json::json;

use super::super::args::OutputForm;
use super::super::context::Context;
use super::super::deploy::read_plan;
use super::super::error::CliError;
use super::super::session;
use super::super::status::ExitStatus;
use super::super::{output, view};
use crate::deploy::{Leftover, Operation, RealPace, WhenBusy, pinned, remove};
use crate::event::StackRef;

/// Stands for every plan of the environment.
const ALL: &str = "all";

pub(super) fn run(plans: &Path, context: &Context) -> Result<ExitStatus, CliError> {
    let source = context.topology()?;
    let environment = context.environment(&source)?;
    let plan = session::compile(context, &source, &environment)?;
    let named = if plans == Path::new(ALL) {
        None
    } else {
        Some(named(plans, &plan)?)
    };
    let removed = session::block_on(removed(context, &plan, named))?;
    tell(context, &removed)?;
    Ok(ExitStatus::Done)
}

/// The change sets that a plan file pins.
fn named(path: &Path, plan: &StackPlan) -> Result<Vec<Leftover>, CliError> {
    let file = read_plan(path)?;
    if file.scope.environment != plan.environment || file.scope.topology != plan.topology {
        let message = format!(
            "the plan is for {} of {}, and this is {} of {}",
            file.scope.environment, file.scope.topology, plan.environment, plan.topology
        );
        return Err(CliError::new(ExitStatus::Refused, message)
            .hint("Name the environment of the plan with `--env`."));
    }
    let pins = file.stacks.iter();
    let change_sets = pins.filter_map(|pin| match &pin.step {
        Step::Execute { change_set } => Some(Leftover::new(
            &StackRef::new(&pin.name, &pin.region),
            change_set,
        )),
        Step::Leave | Step::Protect | Step::Later => None,
    });
    Ok(change_sets.collect())
}

async fn removed(
    context: &Context,
    plan: &StackPlan,
    named: Option<Vec<Leftover>>,
) -> Result<Vec<Leftover>, CliError> {
    let events = view::progress(context);
    let session = session::attach(context, plan).await?;
    let options = session::deploy_options(context, plan.target, WhenBusy::Refuse);
    let pace = RealPace::start();
    let stacks = session.stacks(&pace);
    let operation = Operation {
        stacks: &stacks,
        store: &session.connection,
        pace: &pace,
        options: &options,
        events: &*events,
    };
    let change_sets = match named {
        Some(named) => named,
        None => pinned(&operation, &session::specs(context, plan)?).await?,
    };
    let removed = remove(&operation, &change_sets).await;
    removed.map_err(|failure| CliError::new(failure.verdict().into(), failure.to_string()))
}

fn tell(context: &Context, removed: &[Leftover]) -> Result<(), CliError> {
    let value = || {
        let removed: Vec<_> = removed
            .iter()
            .map(|Leftover { stack, change_set }| {
                json!({"name": stack.name, "region": stack.region, "change_set": change_set})
            })
            .collect();
        json!({"type": "discarded", "format_version": 1, "removed": removed})
    };
    match context.output() {
        OutputForm::Json => output::json(&value()),
        OutputForm::Jsonl => output::json_line(&value()),
        OutputForm::Text if removed.is_empty() => {
            output::notice(context, "No change set of a plan is left.");
            Ok(())
        }
        OutputForm::Text => {
            let lines = removed
                .iter()
                .map(|Leftover { stack, change_set }| format!("{stack}: removed {change_set}\n"));
            output::text(&lines.collect::<String>())
        }
    }
}
