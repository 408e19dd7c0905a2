//! `liftform diagnose`.

use std::fmt::Write as _;

use plan::{Located, locate};
use serde_json::{Value, json};
use topology::environment::{Environment, Origin};

use super::args::{DiagnoseArgs, OutputForm};
use super::context::Context;
use super::error::CliError;
use super::events::{event, reach};
use super::status::ExitStatus;
use super::{duration, output, session};
use crate::event::StackRef;
use crate::ops::compile::Compiled;
use crate::ops::diagnose::{Aftermath, Diagnosis, FirstCause, diagnose};
use crate::ops::history;
use crate::ops::observe::Reach;
use crate::ops::source::TopologySource;
use crate::ops::trouble;

pub(super) fn run(args: &DiagnoseArgs, context: &Context) -> Result<ExitStatus, CliError> {
    let source = context.topology()?;
    let environment = context.environment(&source)?;
    let compiled = session::compiled(context, &source, &environment)?;
    let reach = reach(context, args.since);
    let found = session::block_on(read(context, &compiled, reach))?;
    match context.output() {
        OutputForm::Text if found.is_empty() => output::text("Nothing failed.\n")?,
        OutputForm::Text => {
            let ground = Ground {
                source: &source,
                environment: &compiled.environment,
            };
            let texts: Vec<_> = found
                .iter()
                .map(|diagnosis| text(diagnosis, ground))
                .collect();
            output::text(&texts.join("\n"))?;
        }
        OutputForm::Json | OutputForm::Jsonl => {
            let found: Vec<_> = found
                .iter()
                .map(|diagnosis| whole(diagnosis, &compiled.environment))
                .collect();
            output::json(&json!({ "format_version": 1, "diagnoses": found }))?;
        }
    }
    Ok(if found.is_empty() {
        ExitStatus::Done
    } else {
        ExitStatus::Failed
    })
}

async fn read(
    context: &Context,
    compiled: &Compiled,
    reach: Reach,
) -> Result<Vec<Diagnosis>, CliError> {
    let session = session::attach(context, &compiled.plan).await?;
    let stacks = session::selected(context, &compiled.plan)?;
    let operations = history::read(&session.connection, &stacks, reach).await?;
    Ok(diagnose(&session.connection, &operations).await?)
}

/// What a diagnosis is told against.
#[derive(Clone, Copy)]
pub(super) struct Ground<'run> {
    pub(super) source: &'run TopologySource,
    pub(super) environment: &'run Environment,
}

/// What in the topology a cause comes from.
fn located<'environment>(
    cause: &FirstCause,
    stack: &StackRef,
    environment: &'environment Environment,
) -> Option<Located<'environment>> {
    let settings = cause
        .fleet
        .first()
        .and_then(|event| trouble::of(&event.code))
        .map_or(&[][..], |trouble| trouble.settings);
    locate(
        environment,
        &stack.region,
        &cause.event.logical_id,
        settings,
    )
}

/// A place as `file:line:column`.
fn place(origin: &Origin) -> String {
    match origin.file.as_str() {
        "" => "--set".to_owned(),
        file => format!("{file}:{}:{}", origin.line, origin.column),
    }
}

/// The line of a place, with a mark below it; empty for what no line of the topology says.
fn snippet(origin: &Origin, source: &TopologySource) -> String {
    let text = String::from_utf8_lossy(&source.bytes);
    let (Ok(line), Ok(column)) = (usize::try_from(origin.line), usize::try_from(origin.column))
    else {
        return String::new();
    };
    let written = line
        .checked_sub(1)
        .and_then(|index| text.lines().nth(index))
        .filter(|_| origin.file == source.file);
    let Some(written) = written else {
        return String::new();
    };
    let number = line.to_string();
    let margin = " ".repeat(number.len());
    let before: String = written
        .chars()
        .take(column.saturating_sub(1))
        .map(|letter| if letter == '\t' { '\t' } else { ' ' })
        .collect();
    format!("{margin} |\n{number} | {written}\n{margin} | {before}^\n")
}

fn text(diagnosis: &Diagnosis, ground: Ground<'_>) -> String {
    let took = duration::show(diagnosis.took);
    let (stack, action) = (&diagnosis.stack, diagnosis.action.word());
    format!(
        "{stack}: {action} of {} failed after {took}, {}\n{}",
        diagnosis.began,
        diagnosis.status,
        body(diagnosis, ground)
    )
}

/// Everything but the first line: the place, the cause, what became of the stack, and what to do.
pub(super) fn body(diagnosis: &Diagnosis, ground: Ground<'_>) -> String {
    // Writing to a string can't fail.
    let mut text = match &diagnosis.cause {
        Some(cause) => cause_text(cause, &diagnosis.stack, ground),
        None => "  = CloudFormation names no resource that failed\n".to_owned(),
    };
    for other in &diagnosis.others {
        let reason = other.reason.as_deref().unwrap_or("no reason given");
        let _ = writeln!(
            text,
            "  = also: {} {}: {reason}",
            other.logical_id, other.status
        );
    }
    if diagnosis.cancelled > 0 {
        let _ = writeln!(
            text,
            "  = {} more were given up because of it",
            diagnosis.cancelled
        );
    }
    let _ = writeln!(text, "  = {}", after(diagnosis.aftermath));
    let _ = writeln!(text, "hint: {}", next(diagnosis, ground.environment));
    text
}

/// The resource that failed first, inside nested stacks with these before it.
pub(super) fn resource(cause: &FirstCause) -> String {
    let path: String = cause.nested.iter().map(|id| format!("{id}/")).collect();
    format!("{path}{}", cause.event.logical_id)
}

fn cause_text(cause: &FirstCause, stack: &StackRef, ground: Ground<'_>) -> String {
    let FirstCause {
        event,
        fleet,
        refused,
        nested: _,
    } = cause;
    let mut text = String::new();
    // Writing to a string can't fail.
    if let Some(Located { path, origin }) = located(cause, stack, ground.environment) {
        let _ = writeln!(text, "  --> {} ({path})", place(origin));
        text.push_str(&snippet(origin, ground.source));
    }
    let kind = event.kind.strip_prefix("AWS::").unwrap_or(&event.kind);
    let _ = writeln!(
        text,
        "  = first cause: {} ({kind}) {} at {}: {}",
        resource(cause),
        event.status,
        event.time.clock(),
        event.reason.as_deref().unwrap_or("no reason given")
    );
    for told in fleet {
        let meaning = trouble::of(&told.code).map_or("", |trouble| trouble.meaning);
        let message = told.message.as_deref().unwrap_or_default();
        let _ = writeln!(
            text,
            "  = GameLift at {}: {}, {meaning}; {message}",
            told.time.clock(),
            told.code
        );
    }
    if let Some(refused) = refused {
        let why = if refused.explicit_deny {
            "a policy denies it"
        } else {
            "no policy allows it"
        };
        let _ = writeln!(
            text,
            "  = IAM: {} may not `{}` on {}: {why}",
            refused.principal, refused.action, refused.resource
        );
    }
    text
}

fn after(aftermath: Aftermath) -> &'static str {
    match aftermath {
        Aftermath::Running => "CloudFormation is still working on it",
        Aftermath::RolledBack => "the stack is as it was before",
        Aftermath::Empty => {
            "nothing is left of it but an empty stack, which the next deploy removes"
        }
        Aftermath::Stuck => "the stack could not be taken back, and takes no update until it is",
        Aftermath::Left => "the stack was left as it is",
        Aftermath::Gone => "the stack is gone",
    }
}

/// The next step: what the cause asks for, then the command that goes on.
fn next(diagnosis: &Diagnosis, environment: &Environment) -> String {
    let name = &environment.name;
    let command = match diagnosis.aftermath {
        Aftermath::Running => return format!("Run `liftform events --env {name}` to follow it."),
        Aftermath::Stuck => format!("`liftform rollback --env {name} --continue`"),
        Aftermath::RolledBack | Aftermath::Empty | Aftermath::Left | Aftermath::Gone => {
            format!("`liftform deploy --env {name} --resume`")
        }
    };
    let advice = diagnosis.cause.as_ref().and_then(|cause| {
        let told = cause
            .fleet
            .first()
            .and_then(|event| trouble::of(&event.code));
        let right = cause
            .refused
            .as_ref()
            .map(|refused| format!("Allow `{}`.", refused.action));
        told.map(|trouble| trouble.advice.to_owned()).or(right)
    });
    match advice {
        Some(advice) => format!("{advice} Then {command}."),
        None => format!("Remove the cause, then {command}."),
    }
}

fn whole(diagnosis: &Diagnosis, environment: &Environment) -> Value {
    let cause = diagnosis.cause.as_ref().map(|cause| {
        let mut value = event(&cause.event);
        let found = located(cause, &diagnosis.stack, environment);
        value["topology"] = found.map_or(
            Value::Null,
            |Located { path, origin }| json!({ "path": path, "place": place(origin) }),
        );
        value["nested"] = json!(cause.nested);
        value["refused"] = json!(cause.refused);
        value["fleet_events"] = cause
            .fleet
            .iter()
            .map(|told| json!({ "time": told.time, "code": told.code, "message": told.message }))
            .collect();
        value
    });
    json!({
        "stack": diagnosis.stack.name,
        "region": diagnosis.stack.region,
        "action": diagnosis.action,
        "status": diagnosis.status,
        "began": diagnosis.began,
        "seconds": diagnosis.took.as_secs(),
        "state": diagnosis.aftermath,
        "cause": cause,
        "others": diagnosis.others.iter().map(event).collect::<Vec<_>>(),
        "cancelled": diagnosis.cancelled,
        "next": next(diagnosis, environment),
    })
}
