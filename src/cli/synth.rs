//! `liftform synth`.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::args::{OutputForm, SynthArgs, TemplateForm};
use super::context::Context;
use super::error::CliError;
use super::output;
use super::session;
use super::status::ExitStatus;
use crate::ops::source::TopologySource;
use crate::ops::synth::{self, Files, MANIFEST, TemplateFormat};

pub(super) fn run(args: &SynthArgs, context: &Context) -> Result<ExitStatus, CliError> {
    let source = context.topology()?;
    let environments = context.environments(&source)?;
    let mut written = Vec::new();
    for environment in &environments {
        let files = files(args, context, &source, environment)?;
        if args.check {
            compare(&files, &self::files(args, context, &source, environment)?)?;
        } else if args.stdout {
            print(&files)?;
        } else {
            let folder = folder(args.out.as_deref(), environment, environments.len());
            synth::write(&folder, &files)?;
            written.push((environment, folder, files.len() - 1));
        }
    }
    match context.output() {
        _ if args.stdout => {}
        OutputForm::Text if args.check => output::text("both runs gave the same bytes\n")?,
        OutputForm::Text => {
            for (_, folder, templates) in &written {
                output::text(&format!(
                    "{}: {templates} templates and {MANIFEST}\n",
                    folder.display()
                ))?;
            }
        }
        OutputForm::Json | OutputForm::Jsonl => {
            let environments: Vec<_> = written
                .iter()
                .map(|(environment, folder, templates)| {
                    json!({ "environment": environment, "folder": folder, "templates": templates })
                })
                .collect();
            output::json(&json!({ "format_version": 1, "environments": environments }))?;
        }
    }
    Ok(ExitStatus::Done)
}

fn files(
    args: &SynthArgs,
    context: &Context,
    source: &TopologySource,
    environment: &str,
) -> Result<Files, CliError> {
    let plan = session::compile(context, source, environment)?;
    let format = match args.format {
        TemplateForm::Json => TemplateFormat::Json,
        TemplateForm::Yaml => TemplateFormat::Yaml,
    };
    Ok(synth::files(&plan, &context.filter(), format))
}

fn folder(out: Option<&Path>, environment: &str, environments: usize) -> PathBuf {
    match out {
        None => Path::new("target/liftform").join(environment),
        Some(out) if environments == 1 => out.to_path_buf(),
        Some(out) => out.join(environment),
    }
}

fn compare(first: &Files, second: &Files) -> Result<(), CliError> {
    let differs = first
        .iter()
        .find(|(path, text)| second.get(*path) != Some(text))
        .map(|(path, _)| path);
    match differs {
        None if first.len() == second.len() => Ok(()),
        differs => {
            let path = differs.map_or("the list of files", String::as_str);
            Err(CliError::new(
                ExitStatus::Failure,
                format!("two runs gave different bytes: {path}"),
            ))
        }
    }
}

/// One template as it is; several as one JSON object by path, or as YAML documents.
fn print(files: &Files) -> Result<(), CliError> {
    let templates: Vec<_> = files.iter().filter(|(path, _)| *path != MANIFEST).collect();
    match templates.as_slice() {
        [(_, only)] => output::text(only),
        several if several.iter().all(|(path, _)| path.ends_with(".json")) => {
            let bodies = several.iter().map(|(path, text)| {
                let body: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
                ((*path).clone(), body)
            });
            output::json(&bodies.collect::<serde_json::Map<_, _>>())
        }
        several => several
            .iter()
            .try_for_each(|(path, text)| output::text(&format!("--- # {path}\n{text}"))),
    }
}
