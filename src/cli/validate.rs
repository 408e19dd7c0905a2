//! `liftform validate`.

use serde_json::json;

use super::args::{OutputChoice, OutputForm, ValidateArgs};
use super::context::Context;
use super::error::CliError;
use super::output;
use super::sarif;
use super::status::ExitStatus;
use crate::ops::compile::{Diagnostic, Severity};
use crate::ops::source::TopologySource;

pub(super) fn run(args: &ValidateArgs, context: &Context) -> Result<ExitStatus, CliError> {
    let sources = match args.files.as_slice() {
        [] => vec![context.topology()?],
        files => files
            .iter()
            .map(|file| TopologySource::read(file))
            .collect::<Result<_, _>>()?,
    };
    let mut found = Vec::new();
    for source in &sources {
        found.extend(check(source, context)?);
    }
    let errors = found
        .iter()
        .filter(|diagnostic| diagnostic.severity == Severity::Error)
        .count();
    report(context, &sources, &found, errors)?;
    Ok(if errors == 0 {
        ExitStatus::Done
    } else {
        ExitStatus::Refused
    })
}

/// Checks the topology first: templates of a topology with errors don't exist.
fn check(source: &TopologySource, context: &Context) -> Result<Vec<Diagnostic>, CliError> {
    let compiler = context.compiler();
    let chosen = !context.global.env.is_empty() || !context.global.set.is_empty();
    let mut found = if chosen {
        Vec::new()
    } else {
        compiler.check(source)
    };
    if found
        .iter()
        .any(|diagnostic| diagnostic.severity == Severity::Error)
    {
        return Ok(found);
    }
    for environment in context.environments(source)? {
        match compiler.compile(source, &environment, &context.global.set) {
            Err(refusal) => found.extend(refusal.0),
            Ok(compiled) => {
                // Without a choice of environments the check of all of them warned already.
                found.extend(compiled.warnings.into_iter().filter(|_| chosen));
                for stack in context.filter().select(&compiled.plan.stacks) {
                    found.extend(compiler.check_template(stack));
                }
            }
        }
    }
    Ok(found)
}

fn report(
    context: &Context,
    sources: &[TopologySource],
    found: &[Diagnostic],
    errors: usize,
) -> Result<(), CliError> {
    if context.global.output == Some(OutputChoice::Sarif) {
        return output::json(&sarif::log(found, context.compiler()));
    }
    match context.output() {
        OutputForm::Json => output::json(&json!({
            "format_version": 1,
            "files": sources.iter().map(|source| &source.file).collect::<Vec<_>>(),
            "valid": errors == 0,
            "problems": found,
        })),
        OutputForm::Jsonl => found.iter().try_for_each(output::json_line),
        OutputForm::Text => {
            output::diagnostics(context, found);
            let files = sources
                .iter()
                .map(|source| format!("`{}`", source.file))
                .collect::<Vec<_>>()
                .join(", ");
            let warnings = found.len() - errors;
            output::text(&match (errors, warnings) {
                (0, 0) => format!("{files}: valid\n"),
                (0, warnings) => format!("{files}: valid, {warnings} warnings\n"),
                (errors, warnings) => format!("{files}: {errors} errors, {warnings} warnings\n"),
            })
        }
    }
}
