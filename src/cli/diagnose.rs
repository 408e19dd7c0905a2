//! `liftform diagnose`.

use std::fmt::Write as _;

use plan::locate;
use serde_json::{Value, json};
use topology::environment::Environment;

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
            let texts: Vec<_> = found
                .iter()
                .map(|diagnosis| text(diagnosis, &compiled.environment))
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

/// The place of a cause in the topology, as a key path and as `file:line:column`.
fn place(
    cause: &FirstCause,
    stack: &StackRef,
    environment: &Environment,
) -> Option<(String, String)> {
    let settings = cause
        .fleet
        .first()
        .and_then(|event| trouble::of(&event.code))
        .map_or(&[][..], |trouble| trouble.settings);
    let found = locate(
        environment,
        &stack.region,
        &cause.event.logical_id,
        settings,
    )?;
    let origin = found.origin;
    let place = match origin.file.as_str() {
        "" => "--set".to_owned(),
        file => format!("{file}:{}:{}", origin.line, origin.column),
    };
    Some((found.path, place))
}

fn text(diagnosis: &Diagnosis, environment: &Environment) -> String {
    let took = duration::show(diagnosis.took);
    let (stack, action) = (&diagnosis.stack, diagnosis.action.word());
    let mut text = format!(
        "{stack}: {action} of {} failed after {took}, {}\n",
        diagnosis.began, diagnosis.status
    );
    // Writing to a string can't fail.
    match &diagnosis.cause {
        Some(cause) => text.push_str(&cause_text(cause, stack, environment)),
        None => text.push_str("  = CloudFormation names no resource that failed\n"),
    }
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
    let _ = writeln!(text, "hint: {}", next(diagnosis, environment));
    text
}

fn cause_text(cause: &FirstCause, stack: &StackRef, environment: &Environment) -> String {
    let FirstCause {
        nested,
        event,
        fleet,
        refused,
    } = cause;
    let mut text = String::new();
    // Writing to a string can't fail.
    if let Some((path, place)) = place(cause, stack, environment) {
        let _ = writeln!(text, "  --> {place} ({path})");
    }
    let path: String = nested.iter().map(|id| format!("{id}/")).collect();
    let kind = event.kind.strip_prefix("AWS::").unwrap_or(&event.kind);
    let _ = writeln!(
        text,
        "  = first cause: {path}{} ({kind}) {} at {}: {}",
        event.logical_id,
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
            format!("`liftform deploy --env {name}`")
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
        let place = place(cause, &diagnosis.stack, environment);
        value["topology"] = place.map_or(
            Value::Null,
            |(path, place)| json!({ "path": path, "place": place }),
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
