//! What is wrong in a rule set, and where.

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// GameLift accepts it, but it is probably not what was meant.
    Warning,
    /// GameLift refuses it, or reads it differently from what was typed.
    Error,
}

/// One problem in the text of a rule set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Stable code, one of [`crate::code`].
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// Lower-case fragment that says what is wrong.
    pub message: String,
    /// Line in the text, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// Characters to underline, at least 1; never beyond the end of the line.
    pub length: u32,
    /// A full sentence that says what to do.
    pub hint: Option<String>,
    /// Where in the rule set, as in `rules[2].maxDistance`; empty for the whole body.
    pub path: String,
}

impl Problem {
    pub(crate) fn hint(&mut self, hint: impl Into<String>) {
        self.hint = Some(hint.into());
    }
}

pub(crate) fn has_errors(problems: &[Problem]) -> bool {
    problems
        .iter()
        .any(|problem| problem.severity == Severity::Error)
}
