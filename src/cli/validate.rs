//! `liftform validate`.

use std::sync::Arc;

use checks::Options;
use serde_json::json;

use super::args::{OutputChoice, OutputForm, ValidateArgs};
use super::context::Context;
use super::error::CliError;
use super::output;
use super::sarif;
use super::status::ExitStatus;
use crate::ops::aws_rules::{self, Subject};
use crate::ops::compile::{Diagnostic, Severity};
use crate::ops::inspect::{self, Kind};
use crate::ops::pipeline;
use crate::ops::policies::{self, Policies};
use crate::ops::source::{SourceError, TopologySource};

pub(super) fn run(args: &ValidateArgs, context: &Context) -> Result<ExitStatus, CliError> {
    let asked = Asked {
        policies: Policies {
            rules: policies::read(&args.policy)?,
            companion: context.guard(),
        },
        aws_rules: args.aws_rules,
    };
    let sources = sources(args, context)?;
    let mut found = Vec::new();
    let mut subjects = Vec::new();
    for (number, (source, kind)) in sources.iter().enumerate() {
        let checked = match kind {
            Kind::Topology => check(source, &asked, context)?,
            Kind::RuleSet => Checked::from(inspect::rule_set(source)),
            Kind::Template => template(source, &asked, context)?,
        };
        found.extend(checked.found.into_iter().map(|found| (number, found)));
        let of_file = checked.subjects.into_iter();
        subjects.extend(of_file.map(|subject| (number, subject)));
    }
    if args.aws_rules {
        found.extend(said_by_aws(subjects, context)?);
        found.sort_by_key(|(number, _)| *number);
    }
    let found: Vec<_> = found.into_iter().map(|(_, found)| found).collect();
    let sources: Vec<_> = sources.into_iter().map(|(source, _)| source).collect();
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

/// What other people's engines are asked.
struct Asked {
    policies: Policies,
    aws_rules: bool,
}

/// What was found in a file, and the templates in it or of it that AWS's rules can look at.
struct Checked {
    found: Vec<Diagnostic>,
    subjects: Vec<Subject>,
}

impl From<Vec<Diagnostic>> for Checked {
    fn from(found: Vec<Diagnostic>) -> Self {
        Self {
            found,
            subjects: Vec::new(),
        }
    }
}

fn template(
    source: &TopologySource,
    asked: &Asked,
    context: &Context,
) -> Result<Checked, CliError> {
    let options = options(context);
    let subject = || Subject::file(source, options.region.as_deref());
    Ok(Checked {
        found: inspect::template(source, &options, &asked.policies)?,
        subjects: asked.aws_rules.then(subject).into_iter().collect(),
    })
}

/// What AWS's rules say, with the number of the file. They are asked once for all files: their program takes longer to start
/// than for a hundred templates.
fn said_by_aws(
    subjects: Vec<(usize, Subject)>,
    context: &Context,
) -> Result<Vec<(usize, Diagnostic)>, CliError> {
    let (numbers, subjects): (Vec<_>, Vec<_>) = subjects.into_iter().unzip();
    let said = aws_rules::check(&context.aws_rules(), &subjects)?;
    let said = numbers.into_iter().zip(said);
    let numbered = said.flat_map(|(number, said)| said.into_iter().map(move |said| (number, said)));
    Ok(numbered.collect())
}

/// The files with what they hold. A file that is named and tells nothing about itself was meant as a topology; one that
/// was found in a folder is none of ours.
fn sources(
    args: &ValidateArgs,
    context: &Context,
) -> Result<Vec<(TopologySource, Kind)>, CliError> {
    if args.files.is_empty() {
        return Ok(vec![(context.topology()?, Kind::Topology)]);
    }
    let kind = |source: &TopologySource| inspect::kind(&String::from_utf8_lossy(&source.bytes));
    let mut sources = Vec::new();
    for path in &args.files {
        if !path.is_dir() {
            let source = TopologySource::read(path)?;
            let kind = kind(&source).unwrap_or(Kind::Topology);
            sources.push((source, kind));
            continue;
        }
        let before = sources.len();
        for path in inspect::files_below(path)? {
            let source = match TopologySource::read(&path) {
                // Nothing of ours is that long; data that lies there may be.
                Err(SourceError::TooLong { .. }) => continue,
                read => read?,
            };
            sources.extend(kind(&source).map(|kind| (source, kind)));
        }
        if sources.len() == before {
            let message = format!("nothing to check below `{}`", path.display());
            return Err(CliError::new(ExitStatus::Usage, message).hint(
                "Topologies, rule sets and templates end in .yaml, .yml, .json or .template.",
            ));
        }
    }
    Ok(sources)
}

/// What templates are checked for: the Region is known when one is asked for.
fn options(context: &Context) -> Options {
    Options {
        region: match context.global.region.as_slice() {
            [region] => Some(region.clone()),
            _ => None,
        },
        ..Options::default()
    }
}

/// Checks the topology first: templates of a topology with errors don't exist.
fn check(source: &TopologySource, asked: &Asked, context: &Context) -> Result<Checked, CliError> {
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
        return Ok(Checked::from(found));
    }
    let mut subjects = Vec::new();
    for environment in context.environments(source)? {
        match compiler.compile(source, &environment, &context.global.set) {
            Err(refusal) => found.extend(refusal.0),
            Ok(compiled) => {
                // Without a choice of environments the check of all of them warned already.
                found.extend(compiled.warnings.into_iter().filter(|_| chosen));
                let environment = Arc::new(compiled.environment);
                let stacks = context.filter().select(&compiled.plan.stacks);
                if asked.aws_rules {
                    let stacks = stacks.iter();
                    subjects.extend(stacks.map(|stack| Subject::stack(stack, &environment)));
                }
                for stack in &stacks {
                    found.extend(compiler.check_template(stack, &environment));
                }
                let templates: Vec<_> = stacks.iter().map(|stack| &stack.template).collect();
                for (stack, broken) in stacks.iter().zip(asked.policies.check(&templates)?) {
                    let broken = broken.into_iter();
                    found.extend(
                        broken.map(|finding| pipeline::in_template(stack, &environment, finding)),
                    );
                }
            }
        }
    }
    Ok(Checked { found, subjects })
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
            let files = named(sources);
            let warnings = found.len() - errors;
            output::text(&match (errors, warnings) {
                (0, 0) => format!("{files}: valid\n"),
                (0, warnings) => format!("{files}: valid, {warnings} warnings\n"),
                (errors, warnings) => format!("{files}: {errors} errors, {warnings} warnings\n"),
            })
        }
    }
}

/// The files by name, or their number when the names would fill the screen.
fn named(sources: &[TopologySource]) -> String {
    const SHOWN: usize = 8;
    if sources.len() > SHOWN {
        return format!("{} files", sources.len());
    }
    let names: Vec<_> = sources
        .iter()
        .map(|source| format!("`{}`", source.file))
        .collect();
    names.join(", ")
}
