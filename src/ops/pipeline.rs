//! The pure pipeline behind [`Compiler`]: `topology`, `plan` and `cloudformation` put in a row.
//!
//! The only file of the program that knows the calls of all three.

use std::collections::BTreeMap;
use std::fs;

use checks::{Finding, Options};
use plan::PlannedStack;
use topology::environment::Environment;
use topology::problem::{Problem, Problems};
use topology::sources::Folder;
use topology::{Document, Setting, examples};

use super::compile::{
    Compiled, Compiler, Diagnostic, Explanation, Place, Refusal, Severity, TopologyLine,
};
use super::failure;
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

    fn check_template(&self, stack: &PlannedStack, environment: &Environment) -> Vec<Diagnostic> {
        let options = Options {
            region: Some(stack.region.clone()),
            facts: environment.facts.clone(),
        };
        checks::check(&stack.template, &options)
            .into_iter()
            .map(|finding| in_template(stack, environment, finding))
            .collect()
    }

    fn explain(&self, code: &str) -> Option<Explanation> {
        let mut all = self.explanations().into_iter();
        all.find(|known| known.code.eq_ignore_ascii_case(code))
    }

    fn explanations(&self) -> Vec<Explanation> {
        let topologies = topology::codes::ALL.iter().map(|known| Explanation {
            code: known.code.as_str().to_owned(),
            title: known.title.to_owned(),
            text: known.text.to_owned(),
            example: examples::of(known.code.as_str()).0.to_owned(),
            fix: examples::of(known.code.as_str()).1.to_owned(),
        });
        let rule_sets = topology::codes::rule_set_codes().map(|code| {
            let text = topology::codes::explain_rule_set(code).unwrap_or_default();
            // The first sentence says what the problem is.
            let title = text.split(['.', ':']).next().unwrap_or(text);
            Explanation {
                code: code.to_owned(),
                title: format!("rule set: {title}"),
                text: text.to_owned(),
                example: examples::of_rule_set(code).0.to_owned(),
                fix: examples::of_rule_set(code).1.to_owned(),
            }
        });
        let templates = checks::codes::all().map(|known| Explanation {
            code: known.code.to_owned(),
            title: known.title.to_owned(),
            text: known.text.to_owned(),
            example: known.example.to_owned(),
            fix: known.fix.to_owned(),
        });
        let failures = failure::ALL.iter().map(|known| Explanation {
            code: known.code.to_owned(),
            title: known.title.to_owned(),
            text: known.text.to_owned(),
            // No file shows what only AWS says.
            example: String::new(),
            fix: String::new(),
        });
        let mut all: Vec<_> = topologies
            .chain(rule_sets)
            .chain(templates)
            .chain(failures)
            .collect();
        all.sort_by(|a, b| a.code.cmp(&b.code));
        all
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

pub(super) fn diagnostic(problem: &Problem, text: &str) -> Diagnostic {
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

/// A finding about the template of a stack, with the line of the topology that made the part in question.
pub fn in_template(
    stack: &PlannedStack,
    environment: &Environment,
    finding: Finding,
) -> Diagnostic {
    let severity = match finding.severity {
        checks::Severity::Error => Severity::Error,
        checks::Severity::Warning => Severity::Warning,
    };
    let place = place_in_template(&stack.name, &stack.region, finding.path, environment);
    let code = finding.code.to_owned();
    about_template(severity, code, finding.message, place, finding.hint)
}

/// A path of a stack's template, with what in the topology made it.
pub(super) fn place_in_template(
    stack: &str,
    region: &str,
    path: String,
    environment: &Environment,
) -> Place {
    let located = plan::locate_path(environment, region, &path);
    Place::Template {
        stack: stack.to_owned(),
        region: region.to_owned(),
        path,
        made_by: located.map(|plan::Located { path: key, origin }| TopologyLine {
            key,
            file: origin.file.clone(),
            line: origin.line,
            column: origin.column,
        }),
    }
}

/// What is said about a template that no file of the user holds.
pub(super) fn about_template(
    severity: Severity,
    code: String,
    message: String,
    place: Place,
    hint: Option<String>,
) -> Diagnostic {
    let made_by = match &place {
        Place::Template {
            made_by: Some(line),
            ..
        } => format!("  = made by {line}\n"),
        Place::Template { made_by: None, .. } | Place::File { .. } | Place::Topology { .. } => {
            String::new()
        }
    };
    let hint_line = hint
        .as_ref()
        .map(|hint| format!("  = hint: {hint}\n"))
        .unwrap_or_default();
    Diagnostic {
        severity,
        drawing: format!("{severity}[{code}]: {message}\n --> {place}\n{made_by}{hint_line}"),
        code: Some(code),
        message,
        place,
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
