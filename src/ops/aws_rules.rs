//! AWS's own rules for CloudFormation templates, applied by `liftform-aws-rules`.
//!
//! In: templates, those of stacks and those in files. Out: what AWS's rules say, under AWS's rule ids. That program and how to
//! talk to it are known here only; why it is a program of its own stands in `guard/Cargo.toml`.

use std::path::PathBuf;
use std::sync::Arc;

use plan::PlannedStack;
use serde::{Deserialize, Serialize};
use topology::environment::Environment;
use topology::problem::{self, Drawn, Span};

use super::companion::{Companion, CompanionError};
use super::compile::{Diagnostic, Place, Severity};
use super::inspect;
use super::pipeline;
use super::source::TopologySource;

/// A template to be looked at.
#[derive(Clone, Debug)]
pub struct Subject {
    text: String,
    region: Option<String>,
    origin: Origin,
}

#[derive(Clone, Debug)]
enum Origin {
    File {
        file: String,
    },
    Stack {
        name: String,
        region: String,
        environment: Arc<Environment>,
    },
}

#[derive(Serialize)]
struct Question<'run> {
    templates: Vec<Asked<'run>>,
}

#[derive(Serialize)]
struct Asked<'run> {
    text: &'run str,
    region: Option<&'run str>,
}

#[derive(Deserialize)]
struct Found {
    rule: String,
    severity: Weight,
    path: String,
    line: Option<u32>,
    column: Option<u32>,
    message: String,
    hint: Option<String>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Weight {
    Error,
    Warning,
}

impl Subject {
    /// A template that stands in a file, for a Region if that is known.
    #[must_use]
    pub fn file(source: &TopologySource, region: Option<&str>) -> Self {
        Self {
            text: String::from_utf8_lossy(&source.bytes).into_owned(),
            region: region.map(str::to_owned),
            origin: Origin::File {
                file: source.file.clone(),
            },
        }
    }

    /// The template of a stack of an environment.
    #[must_use]
    pub fn stack(stack: &PlannedStack, environment: &Arc<Environment>) -> Self {
        Self {
            text: stack.template.to_json(),
            region: Some(stack.region.clone()),
            origin: Origin::Stack {
                name: stack.name.clone(),
                region: stack.region.clone(),
                environment: Arc::clone(environment),
            },
        }
    }

    fn diagnostic(&self, found: Found) -> Diagnostic {
        match &self.origin {
            Origin::File { file } => in_file(file, &self.text, found),
            Origin::Stack {
                name,
                region,
                environment,
            } => {
                let severity = match found.severity {
                    Weight::Error => Severity::Error,
                    Weight::Warning => Severity::Warning,
                };
                let place = pipeline::place_in_template(name, region, found.path, environment);
                pipeline::about_template(severity, found.rule, found.message, place, found.hint)
            }
        }
    }
}

fn in_file(file: &str, text: &str, found: Found) -> Diagnostic {
    let span = match (found.line, found.column) {
        (Some(line), Some(column)) => inspect::span(text, line as usize, column as usize),
        _ => Span::default(),
    };
    let (severity, drawn) = match found.severity {
        Weight::Error => (Severity::Error, problem::Severity::Error),
        Weight::Warning => (Severity::Warning, problem::Severity::Warning),
    };
    let notes = inspect::notes(&found.path);
    let drawing = Drawn {
        severity: drawn,
        code: &found.rule,
        message: &found.message,
        file,
        span,
        notes: &notes,
        hint: found.hint.as_deref(),
    };
    Diagnostic {
        severity,
        drawing: drawing.render(text),
        code: Some(found.rule),
        message: found.message,
        place: Place::File {
            file: file.to_owned(),
            line: span.line,
            column: span.column,
        },
        hint: found.hint,
    }
}

/// The program that knows AWS's rules.
#[must_use]
pub fn companion(program: PathBuf) -> Companion {
    Companion {
        program,
        task: "knows AWS's own rules",
        origin: "It stands beside `liftform`; from source: `cargo build --release --manifest-path guard/Cargo.toml --features \
                 aws-validate --ignore-rust-version`, then name `liftform-aws-rules` in LIFTFORM_AWS_RULES.",
    }
}

/// Applies AWS's rules: for each template what they say, in the order of the templates. Without templates nothing is run.
///
/// # Errors
///
/// When the program doesn't run, or fails.
pub fn check(
    companion: &Companion,
    subjects: &[Subject],
) -> Result<Vec<Vec<Diagnostic>>, CompanionError> {
    if subjects.is_empty() {
        return Ok(Vec::new());
    }
    let question = Question {
        templates: subjects
            .iter()
            .map(|subject| Asked {
                text: &subject.text,
                region: subject.region.as_deref(),
            })
            .collect(),
    };
    let answer: Vec<Vec<Found>> = companion.ask(&question)?;
    if answer.len() != subjects.len() {
        let (asked, got) = (subjects.len(), answer.len());
        let words = format!("AWS's rules answered for {got} of {asked} templates");
        return Err(CompanionError::Failed(words));
    }
    let drawn = subjects.iter().zip(answer).map(|(subject, found)| {
        let diagnostics = found.into_iter().map(|found| subject.diagnostic(found));
        diagnostics.collect()
    });
    Ok(drawn.collect())
}
