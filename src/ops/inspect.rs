//! Files told apart by what is in them, and checked: templates and rule sets of any origin.
//!
//! In: paths. Out: files with their kind, and diagnostics with places in those files. Topologies are checked by
//! [`super::pipeline`].

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use checks::Options;
use cloudformation::{Template, read};
use topology::problem::{Code, Problem, Severity, Span};

use super::compile::Diagnostic;
use super::policies::{Policies, PolicyError};
use super::source::TopologySource;

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A topology.
    Topology,
    /// A FlexMatch rule set.
    RuleSet,
    /// A CloudFormation template.
    Template,
}

/// Tells what a text holds by the keys that stand outermost in it; broken text is told as well as can be.
pub fn kind(text: &str) -> Option<Kind> {
    let keys = outer_keys(text.strip_prefix('\u{feff}').unwrap_or(text));
    let has = |name: &str| keys.iter().any(|key| key == name);
    if has("ruleLanguageVersion") || (has("teams") && !has("fleets")) {
        Some(Kind::RuleSet)
    } else if has("Resources") || has("AWSTemplateFormatVersion") {
        Some(Kind::Template)
    } else if has("environments") || (has("home") && has("name")) {
        Some(Kind::Topology)
    } else {
        None
    }
}

fn outer_keys(text: &str) -> Vec<String> {
    if text.trim_start().starts_with(['{', '/']) {
        return json_keys(text);
    }
    let keys = text.lines().filter_map(|line| {
        let key = line.split_once(':')?.0.trim_end().trim_matches(['"', '\'']);
        let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_".contains(letter);
        (!key.is_empty() && key.chars().all(plain)).then(|| key.to_owned())
    });
    keys.collect()
}

/// The texts right before a colon inside one brace; comments, as rule sets may have them, are passed over.
fn json_keys(text: &str) -> Vec<String> {
    let (mut keys, mut last) = (Vec::new(), String::new());
    let mut depth = 0_usize;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => {
                last.clear();
                while let Some(letter) = letters.next().filter(|letter| *letter != '"') {
                    last.push(letter);
                    if letter == '\\' {
                        last.extend(letters.next());
                    }
                }
            }
            '/' if letters.peek() == Some(&'/') => {
                letters.by_ref().find(|letter| *letter == '\n');
            }
            ':' if depth == 1 => keys.push(last.clone()),
            '{' | '[' => depth += 1,
            '}' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    keys
}

/// The files below a folder that may hold something to check, in order of their paths. Hidden folders and those of tools
/// are passed over, and links are not followed.
///
/// # Errors
///
/// When a folder can't be read.
pub fn files_below(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let (mut found, mut open) = (Vec::new(), vec![folder.to_path_buf()]);
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            let (path, kind) = (entry.path(), entry.file_type()?);
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with('.') {
                continue;
            }
            if kind.is_dir() && !matches!(name.as_str(), "node_modules" | "target") {
                open.push(path);
            } else if kind.is_file() && has_known_ending(&path) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn has_known_ending(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str());
    matches!(ending, Some("yaml" | "yml" | "json" | "template"))
}

/// Checks a template.
///
/// # Errors
///
/// When policies can't be applied.
pub fn template(
    source: &TopologySource,
    options: &Options,
    policies: &Policies,
) -> Result<Vec<Diagnostic>, PolicyError> {
    let text = String::from_utf8_lossy(&source.bytes);
    let Ok(template) = Template::parse(&text) else {
        return Ok(unreadable(source, &text));
    };
    let mut findings = checks::check(&template, options);
    findings.extend(policies.check(&[&template])?.into_iter().flatten());
    if findings.is_empty() {
        return Ok(Vec::new());
    }
    // Positions take longer than all the rest, and most templates need none.
    let positions = read::parse(&text)
        .map(|parsed| parsed.positions)
        .unwrap_or_default();
    let drawn = findings.into_iter().map(|finding| {
        let place = positions.find(&finding.path);
        let span = place.map_or_else(Span::default, |at| span(&text, at.line, at.column));
        draw(source, &text, span, finding)
    });
    Ok(drawn.collect())
}

fn unreadable(source: &TopologySource, text: &str) -> Vec<Diagnostic> {
    let Err(error) = read::parse(text) else {
        return Vec::new();
    };
    let finding = checks::Finding {
        code: checks::codes::UNREADABLE,
        severity: checks::Severity::Error,
        path: String::new(),
        message: error.problem.to_string(),
        hint: None,
    };
    let span = span(text, error.position.line, error.position.column);
    vec![draw(source, text, span, finding)]
}

fn draw(source: &TopologySource, text: &str, span: Span, finding: checks::Finding) -> Diagnostic {
    let problem = Problem {
        code: Code::new(finding.code),
        severity: match finding.severity {
            checks::Severity::Error => Severity::Error,
            checks::Severity::Warning => Severity::Warning,
        },
        message: finding.message,
        file: source.file.clone(),
        span,
        notes: notes(&finding.path),
        hint: finding.hint,
    };
    super::pipeline::diagnostic(&problem, text)
}

/// Where in the template it is, unless that is the whole.
pub(super) fn notes(path: &str) -> Vec<String> {
    let named = (!path.is_empty()).then(|| format!("at {path}"));
    named.into_iter().collect()
}

/// The word at a place.
pub(super) fn span(text: &str, line: usize, column: usize) -> Span {
    let letters = text
        .lines()
        .nth(line.saturating_sub(1))
        .unwrap_or_default()
        .chars()
        .skip(column.saturating_sub(1));
    let ends = |letter: &char| !(letter.is_whitespace() || ",:]}".contains(*letter));
    let length = letters.take_while(ends).count().max(1);
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    Span {
        line: number(line),
        column: number(column),
        length: number(length),
        ..Span::default()
    }
}

/// Checks a rule set.
pub fn rule_set(source: &TopologySource) -> Vec<Diagnostic> {
    let text = String::from_utf8_lossy(&source.bytes);
    let problems = topology::rule_set_problems(&source.file, &text);
    problems
        .iter()
        .map(|problem| super::pipeline::diagnostic(problem, &text))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<Kind>) {
        assert_eq!(kind(text), expected, "{text}");
    }

    #[test]
    fn files_are_told_apart_by_their_outer_keys() {
        check("name: a\nhome: b\nenvironments: {}\n", Some(Kind::Topology));
        check(
            "# x\nAWSTemplateFormatVersion: '2010-09-09'\n",
            Some(Kind::Template),
        );
        check("\"Resources\": {}\n", Some(Kind::Template));
        check("{\"a\": {\"Resources\": 1}}", None);
        check(
            "{\"a\": [\"{\", 1], \"Resources\": {}}",
            Some(Kind::Template),
        );
        check(
            "// ours: {\n{ \"ruleLanguageVersion\": \"1.0\", \"teams\": [] }",
            Some(Kind::RuleSet),
        );
        check("key: value\n", None);
        check("", None);
    }

    #[test]
    fn broken_files_are_told_apart_too() {
        check("Resources:\n  A: [\n", Some(Kind::Template));
        check("{\"Resources\": {\"A\": }", Some(Kind::Template));
        check("{\"teams\": [", Some(Kind::RuleSet));
    }
}
