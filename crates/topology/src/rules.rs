//! The adapter to the rule-set checker: the only file that knows it.
//!
//! In: text of a rule set. Out: its comment-free JSON and problems with positions in that text.

use serde_json::Value;

use crate::problem::{Code, Problem, Problems, Severity, Span};

/// A rule set as far as it could be read.
#[derive(Debug)]
pub(crate) struct Rules {
    /// The body without comments; nothing when the text isn't JSON.
    pub(crate) canonical: Option<Value>,
    pub(crate) problems: Vec<RuleProblem>,
}

/// A problem inside a rule set.
#[derive(Debug)]
pub(crate) struct RuleProblem {
    pub(crate) code: Code,
    pub(crate) severity: Severity,
    pub(crate) message: String,
    pub(crate) line: u32,
    pub(crate) column: u32,
    pub(crate) length: u32,
    pub(crate) hint: Option<String>,
}

/// Reads and checks a rule set.
pub(crate) fn parse(text: &str) -> Rules {
    let parsed = flexmatch::parse(text);
    Rules {
        canonical: parsed.canonical,
        problems: parsed.problems.into_iter().map(problem).collect(),
    }
}

/// What is wrong with a rule set by itself.
#[must_use]
pub fn rule_set_problems(file: &str, text: &str) -> Problems {
    let found = parse(text).problems.into_iter();
    let problems = found.map(|problem| Problem {
        code: problem.code,
        severity: problem.severity,
        message: problem.message,
        file: file.to_owned(),
        span: Span {
            line: problem.line,
            column: problem.column,
            length: problem.length,
            ..Span::default()
        },
        notes: Vec::new(),
        hint: problem.hint,
    });
    problems.collect()
}

fn problem(problem: flexmatch::Problem) -> RuleProblem {
    RuleProblem {
        code: Code::new(problem.code),
        severity: match problem.severity {
            flexmatch::Severity::Error => Severity::Error,
            flexmatch::Severity::Warning => Severity::Warning,
        },
        message: match problem.path.is_empty() {
            true => problem.message,
            false => format!("{} (at `{}`)", problem.message, problem.path),
        },
        line: problem.line,
        column: problem.column,
        length: problem.length,
        hint: problem.hint,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_json_is_reported_with_its_place() {
        let rules = parse("{\n  \"name\": }");
        assert!(rules.canonical.is_none());
        assert_eq!((rules.problems[0].line, rules.problems[0].column), (2, 11));
    }

    #[test]
    fn comments_are_left_out_of_the_body() {
        let rules = parse(
            "{ // ours\n \"ruleLanguageVersion\": \"1.0\", \"teams\": [{\"name\": \"a\", \"minPlayers\": 1, \"maxPlayers\": 2}] }",
        );
        assert!(
            rules
                .problems
                .iter()
                .all(|problem| problem.severity == Severity::Warning)
        );
        assert!(
            !rules
                .canonical
                .expect("a body")
                .to_string()
                .contains("ours")
        );
    }
}
