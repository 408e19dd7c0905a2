//! How a deployment ended.

use serde_json::json;

use super::failure::Failures;
use crate::cli::args::OutputForm;
use crate::cli::context::Context;
use crate::cli::error::CliError;
use crate::cli::session::Session;
use crate::cli::status::ExitStatus;
use crate::cli::{duration, output, outputs};
use crate::deploy::{DeployOutcome, StackResult};
use crate::ops::outputs::Outputs;

pub(in crate::cli) fn report(
    context: &Context,
    outcome: &DeployOutcome,
    session: &Session,
    status: ExitStatus,
) -> Result<(), CliError> {
    report_failures(context, outcome);
    conclude(context, outcome, session, status, &Failures::default())
}

/// Writes the result, once failures are told.
pub(in crate::cli) fn conclude(
    context: &Context,
    outcome: &DeployOutcome,
    session: &Session,
    status: ExitStatus,
    failures: &Failures,
) -> Result<(), CliError> {
    let mut values = Outputs::from(outcome);
    if let Some(endpoint) = &session.local {
        values.point_to(endpoint);
    }
    match context.output() {
        OutputForm::Text => {
            output::notice(context, &summary(outcome));
            output::text(&outputs::table(&values))
        }
        OutputForm::Json => output::json(&result(outcome, &values, status, failures)),
        OutputForm::Jsonl => output::json_line(&result(outcome, &values, status, failures)),
    }
}

/// Says what failed, and what to do about it.
pub(in crate::cli) fn report_failures(context: &Context, outcome: &DeployOutcome) {
    for (stack, failure) in outcome.failures() {
        let hint = failure
            .hint(stack)
            .map(|hint| format!("\nhint: {hint}"))
            .unwrap_or_default();
        output::error(context, &format!("{stack}: {failure}{hint}"));
    }
}

/// Counts the ends.
pub(in crate::cli) fn summary(outcome: &DeployOutcome) -> String {
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

pub(in crate::cli) fn result(
    outcome: &DeployOutcome,
    values: &Outputs,
    status: ExitStatus,
    failures: &Failures,
) -> serde_json::Value {
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
                "failure": failures.of(&stack.stack),
                "seconds": stack.took.as_secs(),
                "took": duration::show(stack.took),
            })
        })
        .collect();
    json!({
        "type": "result",
        "format_version": 1,
        "exit_code": status.code(),
        "results": stacks,
        "stacks": values,
    })
}
