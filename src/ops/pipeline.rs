//! The pure pipeline behind [`Compiler`]: `topology`, `plan` and `cloudformation` put in a row.
//!
//! The only file of the program that knows the calls of all three.

use std::collections::BTreeMap;
use std::fs;

use cloudformation::{Finding, ValidateOptions, validate};
use plan::PlannedStack;
use topology::problem::{Problem, Problems};
use topology::sources::Folder;
use topology::{Document, Setting};

use super::compile::{Compiled, Compiler, Diagnostic, Explanation, Place, Refusal, Severity};
use super::source::TopologySource;

/// The pipeline of this program.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pipeline;

impl Compiler for Pipeline {
    fn environments(&self, source: &TopologySource) -> Result<Vec<String>, Refusal> {
        let document = parse(source)?;
        Ok(document
            .environments()
            .into_iter()
            .map(str::to_owned)
            .collect())
    }

    fn check(&self, source: &TopologySource) -> Vec<Diagnostic> {
        match parse(source) {
            Ok(document) => draw_all(
                source,
                &topology::check_all(&document, &Folder::new(&source.folder)),
            ),
            Err(refusal) => refusal.0,
        }
    }

    fn compile(
        &self,
        source: &TopologySource,
        environment: &str,
        settings: &[String],
    ) -> Result<Compiled, Refusal> {
        let document = parse(source)?;
        let settings: Result<Vec<Setting>, _> =
            settings.iter().map(|text| Setting::parse(text)).collect();
        let settings =
            settings.map_err(|error| Refusal(vec![whole(source, &error.to_string())]))?;
        let resolved = topology::resolve(
            &document,
            environment,
            &settings,
            &Folder::new(&source.folder),
        )
        .map_err(|problems| Refusal(draw_all(source, &problems)))?;
        let plan = plan::build(&resolved.environment)
            .map_err(|error| Refusal(vec![whole(source, &with_causes(&error))]))?;
        Ok(Compiled {
            environment: resolved.environment,
            plan,
            warnings: draw_all(source, &resolved.warnings),
        })
    }

    fn check_template(&self, stack: &PlannedStack) -> Vec<Diagnostic> {
        let options = ValidateOptions {
            region: Some(stack.region.clone()),
        };
        validate(&stack.template, &options)
            .into_iter()
            .map(|finding| in_template(stack, finding))
            .collect()
    }

    fn explain(&self, code: &str) -> Option<Explanation> {
        topology::codes::explain(code)
            .map(|found| Explanation {
                code: found.code.as_str().to_owned(),
                title: found.title.to_owned(),
                text: found.text.to_owned(),
            })
            .or_else(|| {
                topology::codes::explain_rule_set(code).map(|text| Explanation {
                    code: code.to_ascii_uppercase(),
                    title: "FlexMatch rule set".to_owned(),
                    text: text.to_owned(),
                })
            })
    }
}

fn parse(source: &TopologySource) -> Result<Document, Refusal> {
    topology::parse_bytes(&source.file, &source.bytes)
        .map_err(|problems| Refusal(draw_all(source, &problems)))
}

/// Draws every problem over the file that it is in: the topology, or a file that the topology names.
fn draw_all(source: &TopologySource, problems: &Problems) -> Vec<Diagnostic> {
    let mut texts = BTreeMap::from([(
        source.file.clone(),
        String::from_utf8_lossy(&source.bytes).into_owned(),
    )]);
    let mut drawn = Vec::new();
    for problem in problems.iter() {
        let read = || fs::read_to_string(source.folder.join(&problem.file)).unwrap_or_default();
        let text = texts.entry(problem.file.clone()).or_insert_with(read);
        drawn.push(diagnostic(problem, text));
    }
    drawn
}

fn diagnostic(problem: &Problem, text: &str) -> Diagnostic {
    Diagnostic {
        severity: match problem.severity {
            topology::problem::Severity::Error => Severity::Error,
            topology::problem::Severity::Warning => Severity::Warning,
        },
        code: Some(problem.code.as_str().to_owned()),
        message: problem.message.clone(),
        place: Place::File {
            file: problem.file.clone(),
            line: problem.span.line,
            column: problem.span.column,
        },
        hint: problem.hint.clone(),
        drawing: problem.render(text),
    }
}

fn in_template(stack: &PlannedStack, finding: Finding) -> Diagnostic {
    let Finding {
        path,
        message,
        hint,
        ..
    } = finding;
    let PlannedStack { name, region, .. } = stack;
    let hint_line = hint
        .as_ref()
        .map(|hint| format!("  = hint: {hint}\n"))
        .unwrap_or_default();
    Diagnostic {
        severity: Severity::Error,
        code: None,
        drawing: format!(
            "error: {message}\n --> template of {name} ({region}): {path}\n{hint_line}"
        ),
        message,
        place: Place::Template {
            stack: name.clone(),
            region: region.clone(),
            path,
        },
        hint,
    }
}

fn whole(source: &TopologySource, message: &str) -> Diagnostic {
    Diagnostic {
        severity: Severity::Error,
        code: None,
        message: message.to_owned(),
        place: Place::Topology {
            file: source.file.clone(),
        },
        hint: None,
        drawing: format!("error: {message}\n --> {}\n", source.file),
    }
}

fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
