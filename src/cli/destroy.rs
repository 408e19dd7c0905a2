//! `liftform destroy`.

use std::time::Duration;

use plan::StackPlan;

use super::args::{DestroyArgs, OutputForm};
use super::context::Context;
use super::deploy::{result, summary, tell};
use super::diagnose::Ground;
use super::error::CliError;
use super::session::{self, Start};
use super::status::ExitStatus;
use super::{output, prompt, view};
use crate::deploy::{
    DestroyPlan, Operation, RealPace, StackSpec, WhenBusy, destroy, survey_for_destroy,
};
use crate::event::{Event, StackRef};
use crate::ops::compile::Compiled;
use crate::ops::drain::{Playing, drain};
use crate::ops::outputs::Outputs;
use crate::ops::survey::survey;

pub(super) fn run(args: &DestroyArgs, context: &Context) -> Result<ExitStatus, CliError> {
    let source = context.topology()?;
    let environment = context.environment(&source)?;
    if !context.filter().regions.is_empty() || !context.filter().names.is_empty() {
        let message =
            "an environment is destroyed as a whole: `--region` and `--stack` have no meaning here";
        return Err(CliError::new(ExitStatus::Usage, message));
    }
    let Compiled {
        plan, environment, ..
    } = session::compiled(context, &source, &environment)?;
    let ground = Ground {
        source: &source,
        environment: &environment,
    };
    let specs = StackSpec::from_plan(&plan);
    session::block_on(remove(context, &plan, ground, &specs, args.drain))
}

async fn remove(
    context: &Context,
    plan: &StackPlan,
    ground: Ground<'_>,
    specs: &[StackSpec],
    patience: Duration,
) -> Result<ExitStatus, CliError> {
    let events = view::progress(context);
    let Some(session) = session::connect(context, plan, Start::Never, &*events).await? else {
        output::notice(
            context,
            "The local cloud isn't running, so there is nothing to destroy.",
        );
        return Ok(ExitStatus::Done);
    };
    let options = session::deploy_options(context, plan.target, WhenBusy::Wait);
    let pace = RealPace::start();
    let stacks = session.stacks(&pace);
    let operation = Operation {
        stacks: &stacks,
        store: &session.connection,
        pace: &pace,
        options: &options,
        events: &*events,
    };
    let work = survey_for_destroy(&operation, specs, &plan.topology, &plan.environment).await?;
    approve(context, plan, &work)?;
    let stacks: Vec<StackRef> = work.stacks().cloned().collect();
    let look = async || {
        let status = survey(&session.connection, &stacks, options.max_parallel).await?;
        Ok(Playing::of(&status))
    };
    // Four polls: sessions end in minutes, and each look asks about every fleet.
    let pause = options.polling.longest * 4;
    let left = drain(look, patience, pause, &pace, &*events).await?;
    if left.sessions > 0 {
        let message = format!("{} game sessions end with their fleets", left.sessions);
        events.emit(Event::Warning { message });
    }
    let outcome = destroy(&operation, &work).await;
    drop(events);
    let go_on = format!("liftform destroy --env {}", plan.environment);
    let failures = tell(context, ground, &session, &outcome, &go_on).await;
    let status = outcome.verdict().into();
    let result = || result(&outcome, &Outputs::default(), status, &failures);
    match context.output() {
        OutputForm::Text => output::notice(context, &summary(&outcome)),
        OutputForm::Json => output::json(&result())?,
        OutputForm::Jsonl => output::json_line(&result())?,
    }
    Ok(status)
}

fn approve(context: &Context, plan: &StackPlan, work: &DestroyPlan) -> Result<(), CliError> {
    if let Some(stack) = work.protected.first() {
        let message = format!("{stack} has termination protection, so nothing was deleted");
        let hint =
            "Remove `protect` from the environment in the topology and deploy, then destroy.";
        return Err(CliError::new(ExitStatus::Refused, message).hint(hint));
    }
    if work.is_empty() {
        return Ok(());
    }
    let stacks: String = work
        .stacks()
        .map(|stack| format!("\n  - {stack}"))
        .collect();
    output::notice(
        context,
        &format!("Destroy {} of {}:{stacks}", plan.environment, plan.topology),
    );
    prompt::confirm_by_typing(context, "This can't be undone.", &plan.environment)
}
