//! What a deployment that failed says: why, what was done and what not, and the command that goes on.

use super::Deployment;
use crate::cli::context::Context;
use crate::cli::diagnose::{Ground, body, resource};
use crate::cli::output;
use crate::cli::session::Session;
use crate::cli::view::words;
use crate::deploy::{DeployOutcome, StackFailure, StackOutcome, StackResult};
use crate::event::{SkipReason, StackRef};
use crate::ops::diagnose::{Diagnosis, FirstCause, diagnose};
use crate::ops::history;
use crate::ops::observe::Reach;

/// Tells every failure with its first cause, then what became of the stacks. Nothing when nothing failed.
pub(super) async fn tell(run: &Deployment<'_>, session: &Session, outcome: &DeployOutcome) {
    for (stack, failure) in outcome.failures() {
        let text = match first_cause(session, stack, failure).await {
            Some((diagnosis, cause)) => diagnosed(&diagnosis, &cause, run.ground()),
            None => undiagnosed(stack, failure, &run.plan.environment),
        };
        output::error(run.context, &text);
    }
    if outcome.failures().next().is_some() {
        tell_standing(run.context, outcome);
    }
}

/// What AWS knows of a failure. What can't be read makes the report poorer, and hides nothing: the failure is told anyway.
async fn first_cause(
    session: &Session,
    stack: &StackRef,
    failure: &StackFailure,
) -> Option<(Diagnosis, FirstCause)> {
    let (StackFailure::Settled { .. } | StackFailure::Stuck { .. }) = failure else {
        return None;
    };
    let cloud = &session.connection;
    let stacks = std::slice::from_ref(stack);
    let operations = history::read(cloud, stacks, Reach::LastOperation).await;
    let found = diagnose(cloud, &operations.ok()?).await;
    let diagnosis = found.ok()?.pop()?;
    let cause = diagnosis.cause.clone()?;
    Some((diagnosis, cause))
}

fn diagnosed(diagnosis: &Diagnosis, cause: &FirstCause, ground: Ground<'_>) -> String {
    let stack = &diagnosis.stack;
    format!(
        "{} {}/{}: {} failed, {}\n{}",
        stack.region,
        stack.name,
        resource(cause),
        diagnosis.action.word(),
        diagnosis.status,
        body(diagnosis, ground).trim_end()
    )
}

fn undiagnosed(stack: &StackRef, failure: &StackFailure, environment: &str) -> String {
    let hint = failure.hint(stack).unwrap_or_else(|| {
        format!("Remove the cause, then `liftform deploy --env {environment} --resume`.")
    });
    format!("{stack}: {failure}\nhint: {hint}")
}

/// What became of every stack that was asked for.
fn tell_standing(context: &Context, outcome: &DeployOutcome) {
    for StackOutcome { stack, result, .. } in &outcome.stacks {
        if *result != StackResult::Skipped(SkipReason::NotSelected) {
            output::notice(context, &format!("  {stack}: {}", standing(result)));
        }
    }
}

fn standing(result: &StackResult) -> &'static str {
    match result {
        StackResult::Created => "created",
        StackResult::Updated => "updated",
        StackResult::Started => "begun, and goes on in CloudFormation",
        StackResult::Unchanged => "unchanged",
        StackResult::Deleted => "deleted",
        StackResult::RolledBack => "rolled back",
        StackResult::Skipped(reason) => words::skipped(*reason),
        StackResult::Failed(_) => "failed",
    }
}
