//! `liftform diagnose`.

use std::borrow::Cow;

use plan::{Located, locate};
use serde_json::{Value, json};
use topology::environment::{Environment, Origin};
use topology::problem::{Drawn, Span};

use super::args::{DiagnoseArgs, OutputForm};
use super::context::Context;
use super::error::CliError;
use super::events::{event, reach};
use super::status::ExitStatus;
use super::{duration, output, session};
use crate::event::StackRef;
use crate::ops::compile::{Compiled, Diagnostic, Place, Severity};
use crate::ops::diagnose::{Aftermath, Diagnosis, FirstCause, diagnose};
use crate::ops::failure;
use crate::ops::history::{self, OperationAction};
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

/// How many characters of a line the value takes that begins at a column, both from 1: a quoted text, a list or a mapping
/// in brackets, or up to a comma, a closing bracket, a comment or the end.
fn extent(line: &str, column: u32) -> u32 {
    let before = usize::try_from(column.saturating_sub(1)).unwrap_or(usize::MAX);
    let (mut length, mut trailing, mut depth, mut quote) = (0, 0, 0_usize, None);
    for letter in line.chars().skip(before) {
        match (quote, letter) {
            (Some(open), _) => {
                if letter == open {
                    quote = None;
                }
            }
            (None, '"' | '\'') => quote = Some(letter),
            (None, '[' | '{') => depth += 1,
            (None, ']' | '}') if depth > 0 => depth -= 1,
            (None, ']' | '}' | ',') if depth == 0 => break,
            (None, '#') if trailing > 0 => break,
            (None, _) => {}
        }
        trailing = if letter.is_whitespace() {
            trailing + 1
        } else {
            0
        };
        length += 1;
    }
    length - trailing
}

/// A failure as it is shown, with the line of the topology that it comes from.
pub(super) fn told(diagnosis: &Diagnosis, ground: Ground<'_>) -> Diagnostic {
    let code = failure::of(diagnosis);
    let stack = &diagnosis.stack;
    let found = diagnosis
        .cause
        .as_ref()
        .and_then(|cause| located(cause, stack, ground.environment));
    let hint = next(diagnosis, ground.environment);
    let message = message(diagnosis);
    let (place, head, margin) = match found.as_ref().filter(|found| found.origin.line > 0) {
        Some(Located { origin, .. }) => over_line(code, &message, origin, ground.source),
        None => (
            Place::Topology {
                file: ground.source.file.clone(),
            },
            format!("error[{code}]: {message}\n"),
            " ".to_owned(),
        ),
    };
    let mut lines = Vec::new();
    lines.extend(found.map(|found| format!("setting: {}", found.path)));
    lines.extend(facts(diagnosis));
    lines.push(format!("hint: {hint}"));
    let lines = lines.iter().map(|line| format!("{margin} = {line}\n"));
    Diagnostic {
        severity: Severity::Error,
        code: Some(code.to_owned()),
        drawing: format!("{head}{}", lines.collect::<String>()),
        message,
        place,
        hint: Some(hint),
    }
}

/// The place, and the drawing of what is wrong over its line, with the width of what is left of it.
fn over_line(
    code: &str,
    message: &str,
    origin: &Origin,
    source: &TopologySource,
) -> (Place, String, String) {
    // Another file's lines aren't at hand, and none is better than a wrong one.
    let text = if origin.file == source.file {
        String::from_utf8_lossy(&source.bytes)
    } else {
        Cow::Borrowed("")
    };
    let index = usize::try_from(origin.line)
        .unwrap_or(usize::MAX)
        .saturating_sub(1);
    let line = text.lines().nth(index).unwrap_or_default();
    let drawn = Drawn {
        code,
        severity: topology::problem::Severity::Error,
        message,
        file: &origin.file,
        span: Span {
            line: origin.line,
            column: origin.column,
            length: extent(line, origin.column),
            ..Span::default()
        },
        notes: &[],
        hint: None,
    };
    let place = Place::File {
        file: origin.file.clone(),
        line: origin.line,
        column: origin.column,
    };
    (place, drawn.render_place(&text), drawn.margin())
}

/// What failed, in a line.
fn message(diagnosis: &Diagnosis) -> String {
    let StackRef { region, name } = &diagnosis.stack;
    let (action, status) = (diagnosis.action.word(), &diagnosis.status);
    match &diagnosis.cause {
        Some(cause) if !cause.fleet.is_empty() => {
            format!(
                "{region} {name}/{} did not become ACTIVE, {status}",
                resource(cause)
            )
        }
        Some(cause) => format!(
            "{region} {name}/{}: {action} failed, {status}",
            resource(cause)
        ),
        None => format!("{region} {name}: {action} failed, {status}"),
    }
}

fn text(diagnosis: &Diagnosis, ground: Ground<'_>) -> String {
    let took = duration::show(diagnosis.took);
    let (stack, action) = (&diagnosis.stack, diagnosis.action.word());
    format!(
        "{stack}: {action} of {} failed after {took}\n{}",
        diagnosis.began,
        told(diagnosis, ground).drawing
    )
}

/// Everything beside the place: the cause, and what became of the stack.
fn facts(diagnosis: &Diagnosis) -> Vec<String> {
    let mut facts = match &diagnosis.cause {
        Some(cause) => cause_facts(cause),
        None => vec!["CloudFormation names no resource that failed".to_owned()],
    };
    for other in &diagnosis.others {
        let reason = other.reason.as_deref().unwrap_or("no reason given");
        facts.push(format!(
            "also: {} {}: {reason}",
            other.logical_id, other.status
        ));
    }
    if diagnosis.cancelled > 0 {
        facts.push(format!(
            "{} more were given up because of it",
            diagnosis.cancelled
        ));
    }
    facts.push(after(diagnosis.aftermath).to_owned());
    facts
}

/// The resource that failed first, inside nested stacks with these before it.
pub(super) fn resource(cause: &FirstCause) -> String {
    let path: String = cause.nested.iter().map(|id| format!("{id}/")).collect();
    format!("{path}{}", cause.event.logical_id)
}

fn cause_facts(cause: &FirstCause) -> Vec<String> {
    let FirstCause {
        event,
        fleet,
        refused,
        nested: _,
    } = cause;
    let kind = event.kind.strip_prefix("AWS::").unwrap_or(&event.kind);
    let mut facts = vec![format!(
        "first cause: {} ({kind}) {} at {}: {}",
        resource(cause),
        event.status,
        event.time.clock(),
        event.reason.as_deref().unwrap_or("no reason given")
    )];
    for told in fleet {
        let meaning = trouble::of(&told.code).map_or("", |trouble| trouble.meaning);
        let message = told.message.as_deref().unwrap_or_default();
        facts.push(format!(
            "GameLift at {}: {}, {meaning}; {message}",
            told.time.clock(),
            told.code
        ));
    }
    if let Some(refused) = refused {
        let why = if refused.explicit_deny {
            "a policy denies it"
        } else {
            "no policy allows it"
        };
        facts.push(format!(
            "IAM: {} may not `{}` on {}: {why}",
            refused.principal, refused.action, refused.resource
        ));
    }
    facts
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
        _ if diagnosis.action == OperationAction::Delete => {
            format!("`liftform destroy --env {name}`")
        }
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

pub(super) fn whole(diagnosis: &Diagnosis, environment: &Environment) -> Value {
    let cause = diagnosis.cause.as_ref().map(|cause| {
        let mut value = event(&cause.event);
        let found = located(cause, &diagnosis.stack, environment);
        value["topology"] = found.map_or(
            Value::Null,
            |Located { path, origin }| json!({ "path": path, "place": place(origin) }),
        );
        value["request_id"] = json!(cause.event.reason.as_deref().and_then(failure::request_id));
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
        "code": failure::of(diagnosis),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, column: u32, marked: &str) {
        let from = column as usize - 1;
        let length = extent(line, column) as usize;
        let found: String = line.chars().skip(from).take(length).collect();
        assert_eq!(found, marked, "{line}");
    }

    #[test]
    fn value_is_marked_to_its_end() {
        check(
            "  launch: { path: /local/game/a, concurrent: 1 }",
            19,
            "/local/game/a",
        );
        check("  locations: { us-east-1: [a, \"b]\"] }", 27, "[a, \"b]\"]");
        check("  instance: c6i.large   # cheap", 13, "c6i.large");
        check("  image: \"a#b, c\"", 10, "\"a#b, c\"");
        check("  own:", 3, "own:");
        check("short", 40, "");
    }
}
