//! `liftform deploy`.

use std::fmt::Write as _;

use plan::StackPlan;
use serde_json::json;
use topology::environment::Target;

use super::args::{DeployArgs, OutputForm};
use super::context::Context;
use super::error::CliError;
use super::session::{self, Session, Start};
use super::status::ExitStatus;
use super::{duration, output, outputs, prompt, view};
use crate::bundle::{ArtifactCatalog, bundle};
use crate::deploy::{
    DeployOutcome, Everything, Method, Operation, Prepared, PreparedStep, RealPace, StackResult,
    StackSpec, WhenBusy, execute, prepare, settle_all,
};
use crate::event::EventSink;
use crate::ops::outputs::Outputs;

pub(super) fn run(args: &DeployArgs, context: &Context) -> Result<ExitStatus, CliError> {
    let source = context.topology()?;
    let environment = context.environment(&source)?;
    let plan = session::compile(context, &source, &environment)?;
    let specs = session::specs(context, &plan)?;
    refuse_without_approval(context, &plan)?;
    let events = view::progress(context);
    let options = session::bundle_options(context, &source, plan.architecture);
    let catalog = bundle(&session::artifacts(&specs), &options, &*events)?;
    session::block_on(deploy(args, context, &plan, &specs, &catalog, events))
}

/// Nobody will be there to approve it in ten minutes, either, so the build needn't be waited for.
fn refuse_without_approval(context: &Context, plan: &StackPlan) -> Result<(), CliError> {
    let needed = plan.target == Target::Aws && !context.global.yes;
    if needed && !context.can_ask() {
        let message = format!(
            "deploying `{}` needs an approval, and there is no terminal to ask on",
            plan.environment
        );
        return Err(CliError::new(ExitStatus::NotApproved, message)
            .hint("Approve it in advance with `--yes`."));
    }
    Ok(())
}

async fn deploy(
    args: &DeployArgs,
    context: &Context,
    plan: &StackPlan,
    specs: &[StackSpec],
    catalog: &ArtifactCatalog,
    events: Box<dyn EventSink>,
) -> Result<ExitStatus, CliError> {
    let Some(session) = session::connect(context, plan, Start::IfNeeded, &*events).await? else {
        return Err(CliError::new(
            ExitStatus::Failure,
            "the local cloud is gone again",
        ));
    };
    let when_busy = if args.fail_if_busy {
        WhenBusy::Refuse
    } else {
        WhenBusy::Wait
    };
    let options = session::deploy_options(context, plan.target, when_busy);
    let pace = RealPace::start();
    let operation = Operation {
        stacks: &session.connection,
        store: &session.connection,
        pace: &pace,
        options: &options,
        events: &*events,
    };
    settle_all(&operation, specs).await?;
    let prepared = prepare(&operation, specs, catalog, Method::ChangeSet).await?;
    output::notice(context, &show_plan(plan, &prepared));
    let nothing_to_do = prepared
        .iter()
        .all(|stack| stack.step == PreparedStep::Leave);
    if plan.target == Target::Aws && !nothing_to_do {
        prompt::approve(context, "Deploy?")?;
    }
    let outcome = execute(&operation, specs, catalog, &prepared, &Everything).await;
    drop(events);
    report(context, &outcome, &session)?;
    Ok(outcome.verdict().into())
}

fn show_plan(plan: &StackPlan, prepared: &[Prepared]) -> String {
    let mut text = format!("Plan {} of {}", plan.environment, plan.topology);
    for stack in prepared {
        let what = match &stack.step {
            PreparedStep::Leave => "unchanged",
            PreparedStep::Protect => "protection",
            PreparedStep::Execute { .. } => "change",
            PreparedStep::Change => "change",
            PreparedStep::Remake => "recreate",
            PreparedStep::Blocked => "blocked",
        };
        let _ = write!(text, "\n  {}  {what}", stack.stack());
    }
    text
}

fn report(context: &Context, outcome: &DeployOutcome, session: &Session) -> Result<(), CliError> {
    report_failures(context, outcome);
    let mut values = Outputs::from(outcome);
    if let Some(endpoint) = &session.local {
        values.point_to(endpoint);
    }
    match context.output() {
        OutputForm::Text => {
            output::notice(context, &summary(outcome));
            output::text(&outputs::table(&values))
        }
        OutputForm::Json => output::json(&result(outcome, &values)),
        OutputForm::Jsonl => output::json_line(&result(outcome, &values)),
    }
}

/// Says what failed, and what to do about it.
pub(super) fn report_failures(context: &Context, outcome: &DeployOutcome) {
    let label = if context.colours() {
        "\x1b[1;31merror\x1b[0m"
    } else {
        "error"
    };
    for (stack, failure) in outcome.failures() {
        let hint = failure
            .hint(stack)
            .map(|hint| format!("\nhint: {hint}"))
            .unwrap_or_default();
        // Written even when the user wants quiet.
        let _ = std::io::Write::write_all(
            &mut std::io::stderr(),
            format!("{label}: {stack}: {failure}{hint}\n").as_bytes(),
        );
    }
}

/// Counts the ends.
pub(super) fn summary(outcome: &DeployOutcome) -> String {
    let count = |wanted: fn(&StackResult) -> bool| {
        outcome
            .stacks
            .iter()
            .filter(|stack| wanted(&stack.result))
            .count()
    };
    let parts = [
        (count(|result| *result == StackResult::Created), "created"),
        (count(|result| *result == StackResult::Updated), "updated"),
        (count(|result| *result == StackResult::Started), "started"),
        (count(|result| *result == StackResult::Deleted), "deleted"),
        (
            count(|result| *result == StackResult::RolledBack),
            "rolled back",
        ),
        (
            count(|result| *result == StackResult::Unchanged),
            "unchanged",
        ),
        (
            count(|result| matches!(result, StackResult::Failed(_))),
            "failed",
        ),
        (
            count(|result| matches!(result, StackResult::Skipped(_))),
            "skipped",
        ),
    ];
    let parts: Vec<_> = parts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    if parts.is_empty() {
        "Nothing to do.".to_owned()
    } else {
        format!("{} stacks: {}.", outcome.stacks.len(), parts.join(", "))
    }
}

pub(super) fn result(outcome: &DeployOutcome, values: &Outputs) -> serde_json::Value {
    let stacks: Vec<_> = outcome
        .stacks
        .iter()
        .map(|stack| {
            let (state, error) = match &stack.result {
                StackResult::Created => ("created", None),
                StackResult::Updated => ("updated", None),
                StackResult::Started => ("started", None),
                StackResult::Unchanged => ("unchanged", None),
                StackResult::Deleted => ("deleted", None),
                StackResult::RolledBack => ("rolled_back", None),
                StackResult::Skipped(_) => ("skipped", None),
                StackResult::Failed(failure) => ("failed", Some(failure.to_string())),
            };
            json!({
                "name": stack.stack.name,
                "region": stack.stack.region,
                "result": state,
                "error": error,
                "seconds": stack.took.as_secs(),
                "took": duration::show(stack.took),
            })
        })
        .collect();
    json!({
        "type": "result",
        "format_version": 1,
        "exit_code": ExitStatus::from(outcome.verdict()).code(),
        "results": stacks,
        "stacks": values,
    })
}
