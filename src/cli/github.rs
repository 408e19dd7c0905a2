//! What GitHub Actions reads from a command beside its exit status: annotations, masks, the step summary, outputs.
//! <https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands>
//!
//! Commands go to stderr, which the runner reads, too: stdout holds the result alone.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use review::model::Document;
use review::{Secrets, view};

use super::error::CliError;
use super::status::ExitStatus;
use crate::ops::compile::{Diagnostic, Place, Severity};

/// The files of a step in GitHub Actions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Actions {
    /// Where Markdown is appended that stands on the run's page.
    pub(super) summary: Option<PathBuf>,
    /// Where outputs of the step are appended.
    pub(super) output: Option<PathBuf>,
}

impl Actions {
    /// Hides secrets in all that the job logs from here on.
    pub(super) fn mask(secrets: &Secrets) {
        let lines = secrets.iter().flat_map(str::lines);
        for line in lines.filter(|line| !line.trim().is_empty()) {
            command(&format!("::add-mask::{}", escaped(line)));
        }
    }

    /// Puts a document on the run's page, and what a workflow decides by into the step's outputs.
    pub(super) fn report(&self, document: &Document) -> Result<(), CliError> {
        if let Some(path) = &self.summary {
            append(path, &view::markdown(document))?;
        }
        if let Some(path) = &self.output {
            append(path, &outputs(document))?;
        }
        Ok(())
    }
}

/// Marks problems at their lines.
pub(super) fn annotate(diagnostics: &[Diagnostic]) {
    let commands = diagnostics.iter().map(annotation);
    commands.for_each(|line| command(&line));
}

/// Marks the end of a command that didn't work.
pub(super) fn annotate_error(message: &str) {
    command(&format!("::error::{}", escaped(message)));
}

/// The command that marks a problem at its line.
pub(super) fn annotation(diagnostic: &Diagnostic) -> String {
    let level = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let at = |file: &str, line: u32, column: u32| {
        vec![
            format!("file={}", property(file)),
            format!("line={line}"),
            format!("col={column}"),
        ]
    };
    let mut properties = match &diagnostic.place {
        Place::File { file, line, column } => at(file, *line, *column),
        Place::Template {
            made_by: Some(made_by),
            ..
        } if !made_by.file.is_empty() => at(&made_by.file, made_by.line, made_by.column),
        Place::Topology { file } => vec![format!("file={}", property(file))],
        Place::Template { .. } => Vec::new(),
    };
    if let Some(code) = &diagnostic.code {
        properties.push(format!("title={}", property(code)));
    }
    let space = if properties.is_empty() { "" } else { " " };
    let hint = diagnostic
        .hint
        .as_ref()
        .map(|hint| format!("\n{hint}"))
        .unwrap_or_default();
    format!(
        "::{level}{space}{}::{}",
        properties.join(","),
        escaped(&format!("{}{hint}", diagnostic.message))
    )
}

fn outputs(document: &Document) -> String {
    let needs: Vec<String> = document
        .reviews
        .iter()
        .filter(|review| !review.approval.is_empty())
        .map(|review| review.approval.to_string())
        .collect();
    let sum = |count: fn(&review::model::Totals) -> usize| -> usize {
        document
            .reviews
            .iter()
            .map(|review| count(&review.totals))
            .sum()
    };
    // Counts, a truth value and our own words with logical ids: no value has a line break.
    format!(
        "changes={}\nreplacements={}\ndeletions={}\napproval={}\n",
        document.has_changes(),
        sum(|totals| totals.replace + totals.may_replace),
        sum(|totals| totals.delete),
        needs.join("; ").replace(['\r', '\n'], " ")
    )
}

fn append(path: &Path, text: &str) -> Result<(), CliError> {
    let opened = OpenOptions::new().append(true).create(true).open(path);
    let written = opened.and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| {
        let message = format!("cannot append to `{}`: {error}", path.display());
        CliError::new(ExitStatus::Failure, message)
    })
}

fn command(line: &str) {
    // Who can't be told needn't be.
    let _ = writeln!(io::stderr(), "{line}");
}

fn escaped(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn property(text: &str) -> String {
    escaped(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::compile::TopologyLine;

    fn diagnostic(place: Place) -> Diagnostic {
        Diagnostic {
            severity: Severity::Error,
            code: Some("L0102".to_owned()),
            message: "100% wrong\n::warning::x".to_owned(),
            place,
            hint: Some("mend it".to_owned()),
            drawing: String::new(),
        }
    }

    #[test]
    fn annotation_stands_at_its_line_and_cannot_start_another_command() {
        let place = Place::File {
            file: "a,b.yaml".to_owned(),
            line: 3,
            column: 5,
        };
        assert_eq!(
            annotation(&diagnostic(place)),
            "::error file=a%2Cb.yaml,line=3,col=5,title=L0102::100%25 wrong%0A::warning::x%0Amend it"
        );
    }

    #[test]
    fn finding_in_a_template_has_no_line() {
        let place = Place::Template {
            stack: "game".to_owned(),
            region: "eu-west-1".to_owned(),
            path: "Resources/Queue".to_owned(),
            made_by: None,
        };
        assert!(annotation(&diagnostic(place)).starts_with("::error title=L0102::"));
    }

    #[test]
    fn finding_in_a_template_is_marked_at_the_line_that_made_it() {
        let place = Place::Template {
            stack: "game".to_owned(),
            region: "eu-west-1".to_owned(),
            path: "Resources/Queue".to_owned(),
            made_by: Some(TopologyLine {
                key: "queues.worldwide".to_owned(),
                file: "game.yaml".to_owned(),
                line: 7,
                column: 3,
            }),
        };
        assert!(annotation(&diagnostic(place)).starts_with("::error file=game.yaml,line=7,col=3,"));
    }

    #[test]
    fn report_is_appended_to_what_other_steps_wrote() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("output");
        std::fs::write(&path, "earlier=1\n").unwrap();
        let actions = Actions {
            summary: None,
            output: Some(path.clone()),
        };
        actions.report(&Document::new("0", vec![])).unwrap();
        assert_eq!(
            std::fs::read_to_string(path).unwrap(),
            "earlier=1\nchanges=false\nreplacements=0\ndeletions=0\napproval=\n"
        );
    }
}
