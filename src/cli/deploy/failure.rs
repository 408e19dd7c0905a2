//! What an operation that failed says: why, what was done and what not, and the command that goes on.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::cli::context::Context;
use crate::cli::diagnose::{Ground, told, whole};
use crate::cli::output;
use crate::cli::session::Session;
use crate::cli::view::words;
use crate::deploy::{DeployOutcome, StackFailure, StackOutcome, StackResult};
use crate::event::{SkipReason, StackRef};
use crate::ops::diagnose::{Diagnosis, diagnose};
use crate::ops::failure;
use crate::ops::history;
use crate::ops::observe::Reach;

/// What JSON says of the stacks that failed.
#[derive(Debug, Default)]
pub(in crate::cli) struct Failures(BTreeMap<StackRef, Value>);

impl Failures {
    /// What is known of a stack's failure; null for what didn't fail or wasn't looked at.
    pub(super) fn of(&self, stack: &StackRef) -> &Value {
        self.0.get(stack).unwrap_or(&Value::Null)
    }
}

/// Tells every failure with its first cause and its line of the topology, then what became of the stacks. Nothing when
/// nothing failed. `go_on` is the command to try again with.
pub(in crate::cli) async fn tell(
    context: &Context,
    ground: Ground<'_>,
    session: &Session,
    outcome: &DeployOutcome,
    go_on: &str,
) -> Failures {
    let mut failures = Failures::default();
    for (stack, failure) in outcome.failures() {
        let known = match first_cause(session, stack, failure).await {
            Some(diagnosis) => {
                output::diagnostics(context, &[told(&diagnosis, ground)]);
                whole(&diagnosis, ground.environment)
            }
            None => undiagnosed(context, stack, failure, go_on),
        };
        failures.0.insert(stack.clone(), known);
    }
    if !failures.0.is_empty() {
        tell_standing(context, outcome);
    }
    failures
}

/// What AWS knows of a failure. What can't be read makes the report poorer, and hides nothing: the failure is told anyway.
async fn first_cause(
    session: &Session,
    stack: &StackRef,
    failure: &StackFailure,
) -> Option<Diagnosis> {
    let (StackFailure::Settled { .. } | StackFailure::Stuck { .. }) = failure else {
        return None;
    };
    let cloud = &session.connection;
    let stacks = std::slice::from_ref(stack);
    let operations = history::read(cloud, stacks, Reach::LastOperation).await;
    let found = diagnose(cloud, &operations.ok()?).await;
    found.ok()?.pop().filter(|found| found.cause.is_some())
}

/// Tells what is known without a look at what happened, and gives it back.
fn undiagnosed(context: &Context, stack: &StackRef, failure: &StackFailure, go_on: &str) -> Value {
    let hint = failure
        .hint(stack)
        .unwrap_or_else(|| format!("Remove the cause, then `{go_on}`."));
    let code = failure::of_failure(failure);
    output::coded_error(context, code, &format!("{stack}: {failure}\nhint: {hint}"));
    json!({ "code": code, "request_id": failure.request_id(), "next": hint })
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
