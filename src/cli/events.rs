//! `liftform events`.

use std::fmt::Write as _;
use std::time::Duration;

use plan::StackPlan;
use serde_json::{Value, json};

use super::args::{EventsArgs, OutputForm};
use super::context::Context;
use super::error::CliError;
use super::status::ExitStatus;
use super::view::chart;
use super::{duration, output, session};
use crate::ops::history::{self, StackOperation};
use crate::ops::observe::{HistoryEvent, Reach};

pub(super) fn run(args: &EventsArgs, context: &Context) -> Result<ExitStatus, CliError> {
    let source = context.topology()?;
    let environment = context.environment(&source)?;
    let plan = session::compile(context, &source, &environment)?;
    let reach = reach(context, args.since);
    let operations = session::block_on(read(context, &plan, reach))?;
    match context.output() {
        OutputForm::Text if operations.is_empty() => output::notice(context, "No events."),
        OutputForm::Text if args.chart => output::text(&charts(&operations, args.since))?,
        OutputForm::Text => output::text(&operations.iter().map(text).collect::<String>())?,
        OutputForm::Json => {
            let operations: Vec<_> = operations.iter().map(whole).collect();
            output::json(&json!({ "format_version": 1, "operations": operations }))?;
        }
        OutputForm::Jsonl => lines(&operations)?,
    }
    Ok(ExitStatus::Done)
}

/// How far back a command reads.
pub(super) fn reach(context: &Context, since: Option<Duration>) -> Reach {
    since.map_or(Reach::LastOperation, |since| {
        Reach::Since(context.now().before(since))
    })
}

async fn read(
    context: &Context,
    plan: &StackPlan,
    reach: Reach,
) -> Result<Vec<StackOperation>, CliError> {
    let session = session::attach(context, plan).await?;
    let stacks = session::selected(context, plan)?;
    Ok(history::read(&session.connection, &stacks, reach).await?)
}

/// One chart for each run; without a time only of the newest, because stacks that weren't touched by it would stretch its
/// axis to weeks.
fn charts(operations: &[StackOperation], since: Option<Duration>) -> String {
    let runs = history::runs(operations);
    let first = if since.is_some() {
        0
    } else {
        runs.len().saturating_sub(1)
    };
    let charts: Vec<_> = runs[first..].iter().map(|run| chart::draw(run)).collect();
    charts.join("\n")
}

fn text(operation: &StackOperation) -> String {
    let mut text = format!("{}\n", headline(operation));
    for event in &operation.events {
        // Writing to a string can't fail.
        let _ = writeln!(text, "  {}", line(event, took(operation, event)));
    }
    text
}

/// What was done to a stack and how it ended, in one line.
pub(super) fn headline(operation: &StackOperation) -> String {
    let took = duration::show(operation.took());
    let end = match (operation.ended.is_some(), operation.has_failed()) {
        (false, _) => format!("running for {took}"),
        (true, false) => format!("done in {took}"),
        (true, true) => format!("failed after {took}"),
    };
    let (stack, action) = (&operation.stack, operation.action.word());
    format!("{stack}: {action} {end}, {}", operation.status)
}

fn line(event: &HistoryEvent, took: Option<Duration>) -> String {
    let kind = event.kind.strip_prefix("AWS::").unwrap_or(&event.kind);
    let took = took
        .map(|took| format!(" {}", duration::show(took)))
        .unwrap_or_default();
    let reason = event
        .reason
        .as_ref()
        .map(|reason| format!(": {reason}"))
        .unwrap_or_default();
    format!(
        "{} {} {} {kind}{took}{reason}",
        event.time, event.status, event.logical_id
    )
}

/// How long the work took that ended with an event.
fn took(operation: &StackOperation, event: &HistoryEvent) -> Option<Duration> {
    if !event.is_settled() {
        return None;
    }
    if event.is_about_stack() {
        return Some(operation.took());
    }
    operation
        .resources()
        .into_iter()
        .find(|span| span.logical_id == event.logical_id && span.ended == Some(event.time))
        .map(|span| event.time.since(span.began))
}

fn whole(operation: &StackOperation) -> Value {
    json!({
        "stack": operation.stack.name,
        "region": operation.stack.region,
        "action": operation.action,
        "status": operation.status,
        "failed": operation.has_failed(),
        "began": operation.began,
        "ended": operation.ended,
        "seconds": operation.took().as_secs(),
        "resources": operation.resources(),
        "events": operation.events.iter().map(event).collect::<Vec<_>>(),
    })
}

/// An event with the names that it has in a running operation's lines, too.
pub(super) fn event(event: &HistoryEvent) -> Value {
    json!({
        "time": event.time,
        "logical_id": event.logical_id,
        "physical_id": event.physical_id,
        "resource_type": event.kind,
        "status": event.status,
        "reason": event.reason,
    })
}

fn lines(operations: &[StackOperation]) -> Result<(), CliError> {
    output::version_line()?;
    for operation in operations {
        for found in &operation.events {
            let mut line = event(found);
            line["type"] = "stack_event".into();
            line["stack"] = operation.stack.name.as_str().into();
            line["region"] = operation.stack.region.as_str().into();
            output::json_line(&line)?;
        }
    }
    Ok(())
}
