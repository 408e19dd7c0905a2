//! The adapter to the rule-set checker: the only file that knows it.
//!
//! In: text of a rule set. Out: its comment-free JSON and problems with positions in that text.

use serde_json::Value;

use crate::problem::Severity;

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
    /// The checker's code; nothing: the general one.
    pub(crate) code: Option<&'static str>,
    pub(crate) severity: Severity,
    pub(crate) message: String,
    pub(crate) line: u32,
    pub(crate) column: u32,
    pub(crate) length: u32,
    pub(crate) hint: Option<String>,
}

/// Reads a rule set.
pub(crate) fn parse(text: &str) -> Rules {
    match serde_json::from_str::<Value>(text) {
        Ok(body @ Value::Object(_)) => Rules {
            canonical: Some(body),
            problems: Vec::new(),
        },
        Ok(_) => failed("a rule set is a JSON object".to_owned(), 1, 1),
        Err(error) => {
            let text = error.to_string();
            let message = text.split(" at line ").next().unwrap_or_default();
            failed(
                format!("the rule set is not JSON: {message}"),
                small(error.line()),
                small(error.column()),
            )
        }
    }
}

fn failed(message: String, line: u32, column: u32) -> Rules {
    let (line, column) = (line.max(1), column.max(1));
    let problem = RuleProblem {
        code: None,
        severity: Severity::Error,
        message,
        line,
        column,
        length: 1,
        hint: None,
    };
    Rules {
        canonical: None,
        problems: vec![problem],
    }
}

fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
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
    fn rule_set_is_an_object() {
        assert_eq!(parse("[]").problems.len(), 1);
        assert!(parse("{}").problems.is_empty());
    }
}
