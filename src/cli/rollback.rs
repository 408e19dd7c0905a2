//! `liftform rollback`.

use std::fmt::Write as _;

use plan::StackPlan;
use serde_json::json;
use topology::environment::Target;

use super::args::{OutputForm, RollbackArgs};
use super::context::Context;
use super::deploy::{Failures, report_failures, result, summary};
use super::error::CliError;
use super::session::{self, Session};
use super::status::ExitStatus;
use super::{output, prompt, view};
use crate::deploy::{Operation, RealPace, RollbackStep, WayBack, WhenBusy, rollback};
use crate::ops::outputs::Outputs;
use crate::ops::stuck::{self, Skip, StuckStack};

pub(super) fn run(args: &RollbackArgs, context: &Context) -> Result<ExitStatus, CliError> {
    let source = context.topology()?;
    let environment = context.environment(&source)?;
    let plan = session::compile(context, &source, &environment)?;
    session::block_on(async {
        let session = session::attach(context, &plan).await?;
        let stacks = session::selected(context, &plan)?;
        let found = stuck::survey(&session.connection, &stacks).await?;
        if found.is_empty() || !args.acts() {
            return report(context, &environment, &found);
        }
        let steps =
            stuck::steps(&found, &args.skip()).map_err(|unknown| cannot_skip(&unknown, &found))?;
        go_back(context, &plan, &session, &found, &steps).await
    })
}

impl RollbackArgs {
    fn acts(&self) -> bool {
        self.go_on || self.force || !self.skip.is_empty()
    }

    fn skip(&self) -> Skip {
        match (self.force, self.skip.is_empty()) {
            (true, _) => Skip::All,
            (false, true) => Skip::None,
            (false, false) => Skip::These(self.skip.clone()),
        }
    }
}

fn report(
    context: &Context,
    environment: &str,
    found: &[StuckStack],
) -> Result<ExitStatus, CliError> {
    match context.output() {
        OutputForm::Text if found.is_empty() => output::text("No stack needs to be taken back.\n")?,
        OutputForm::Text => {
            output::text(&describe(found))?;
            output::notice(context, &advice(environment, found));
        }
        OutputForm::Json | OutputForm::Jsonl => {
            let stacks: Vec<_> = found
                .iter()
                .map(|stuck| {
                    let StuckStack { stack, status, blockers, .. } = stuck;
                    json!({ "name": stack.name, "region": stack.region, "status": status, "blockers": blockers })
                })
                .collect();
            output::json(&json!({ "format_version": 1, "stuck": stacks }))?;
        }
    }
    Ok(if found.is_empty() {
        ExitStatus::Done
    } else {
        ExitStatus::Failed
    })
}

fn describe(found: &[StuckStack]) -> String {
    let mut text = String::new();
    for stuck in found {
        // Writing to a string can't fail.
        let _ = writeln!(text, "{}: {}", stuck.stack, stuck.status);
        for blocker in &stuck.blockers {
            let reason = blocker.reason.as_deref().unwrap_or("no reason given");
            let _ = writeln!(
                text,
                "  {} ({}): {reason}",
                blocker.logical_id, blocker.resource_type
            );
        }
    }
    text
}

fn advice(environment: &str, found: &[StuckStack]) -> String {
    let command = format!("liftform rollback --env {environment}");
    let ids: Vec<_> = found
        .iter()
        .flat_map(|stuck| &stuck.blockers)
        .map(|blocker| blocker.logical_id.as_str())
        .collect();
    let skip = match ids.join(",") {
        ids if ids.is_empty() => String::new(),
        ids => format!(
            "\nhint: If that can't be mended, `{command} --skip {ids}` leaves these resources as they are; CloudFormation then \
             takes them to be as they were before the update."
        ),
    };
    format!("hint: Mend what failed, then `{command} --continue`.{skip}")
}

fn cannot_skip(unknown: &[String], found: &[StuckStack]) -> CliError {
    let message = format!(
        "cannot skip `{}`: only what failed during the rollback can be skipped",
        unknown.join("`, `")
    );
    let ids: Vec<_> = found
        .iter()
        .flat_map(|stuck| &stuck.blockers)
        .map(|blocker| blocker.logical_id.as_str())
        .collect();
    let hint = match ids.join(", ") {
        ids if ids.is_empty() => "Nothing failed there; use `--continue` alone.".to_owned(),
        ids => format!("That is {ids}."),
    };
    CliError::new(ExitStatus::Refused, message).hint(hint)
}

async fn go_back(
    context: &Context,
    plan: &StackPlan,
    session: &Session,
    found: &[StuckStack],
    steps: &[RollbackStep],
) -> Result<ExitStatus, CliError> {
    output::notice(context, &show(found, steps));
    if plan.target == Target::Aws {
        prompt::approve(context, "Take them back?")?;
    }
    let events = view::progress(context);
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
    let outcome = rollback(&operation, steps).await;
    drop(events);
    report_failures(context, &outcome);
    let result = || {
        let status = outcome.verdict().into();
        result(&outcome, &Outputs::default(), status, &Failures::default())
    };
    match context.output() {
        OutputForm::Text => output::notice(context, &summary(&outcome)),
        OutputForm::Json => output::json(&result())?,
        OutputForm::Jsonl => output::json_line(&result())?,
    }
    Ok(outcome.verdict().into())
}

fn show(found: &[StuckStack], steps: &[RollbackStep]) -> String {
    let rows = found.iter().zip(steps).map(|(stuck, step)| {
        let what = match step.way {
            WayBack::Continue => "go on with its rollback",
            WayBack::Rollback => "take back its failed operation",
        };
        let skip = match step.skip.join(", ") {
            ids if ids.is_empty() => String::new(),
            ids => format!(", skipping {ids}"),
        };
        format!("\n  {} ({}): {what}{skip}", stuck.stack, stuck.status)
    });
    format!("Rollback{}", rows.collect::<String>())
}
