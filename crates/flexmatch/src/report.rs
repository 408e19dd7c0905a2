//! Collects problems and finds the position of each.
//!
//! Checks name a place by its path. Only here is a path turned into a line and column, so a check needs no positions.

use crate::json::{Member, Node, Value};
use crate::path::{Path, Segment};
use crate::position::{Span, locate};
use crate::problem::{Problem, Severity};

/// The problems found so far in one text.
pub(crate) struct Report<'a> {
    text: &'a str,
    root: Option<&'a Node>,
    problems: Vec<Problem>,
}

impl<'a> Report<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self {
            text,
            root: None,
            problems: Vec::new(),
        }
    }

    /// Names the tree that paths lead through from now on.
    pub(crate) fn set_root(&mut self, root: &'a Node) {
        self.root = Some(root);
    }

    /// An error at the value that `path` leads to, or at the deepest one that exists.
    pub(crate) fn error(
        &mut self,
        path: &Path,
        code: &'static str,
        message: impl Into<String>,
    ) -> &mut Problem {
        let span = self.value_span(path);
        self.push(span, path, code, Severity::Error, message.into())
    }

    /// A warning at the value that `path` leads to, or at the deepest one that exists.
    pub(crate) fn warning(
        &mut self,
        path: &Path,
        code: &'static str,
        message: impl Into<String>,
    ) -> &mut Problem {
        let span = self.value_span(path);
        self.push(span, path, code, Severity::Warning, message.into())
    }

    /// A warning at a key rather than at its value.
    pub(crate) fn key_warning(
        &mut self,
        member: &Member,
        path: &Path,
        code: &'static str,
        message: String,
    ) -> &mut Problem {
        self.push(
            member.key_span.clone(),
            path,
            code,
            Severity::Warning,
            message,
        )
    }

    /// An error at bytes of the text, for problems found before there is a tree.
    pub(crate) fn error_at(
        &mut self,
        span: Span,
        code: &'static str,
        message: String,
    ) -> &mut Problem {
        self.push(span, &Path::default(), code, Severity::Error, message)
    }

    /// Like [`Self::error_at`], with a path that is already known.
    pub(crate) fn error_in(
        &mut self,
        span: Span,
        path: &Path,
        code: &'static str,
        message: String,
    ) -> &mut Problem {
        self.push(span, path, code, Severity::Error, message)
    }

    /// A warning at bytes of the text.
    pub(crate) fn warning_at(
        &mut self,
        span: Span,
        code: &'static str,
        message: String,
    ) -> &mut Problem {
        self.push(span, &Path::default(), code, Severity::Warning, message)
    }

    pub(crate) fn has_errors_with(&self, code: &str) -> bool {
        self.problems.iter().any(|problem| problem.code == code)
    }

    /// The problems in the order of the text.
    pub(crate) fn finish(mut self) -> Vec<Problem> {
        self.problems
            .sort_by_key(|problem| (problem.line, problem.column, problem.code));
        self.problems
    }

    fn push(
        &mut self,
        span: Span,
        path: &Path,
        code: &'static str,
        severity: Severity,
        message: String,
    ) -> &mut Problem {
        let position = locate(self.text, &span);
        self.problems.push_mut(Problem {
            code,
            severity,
            message,
            line: position.line,
            column: position.column,
            length: position.length,
            hint: None,
            path: path.to_string(),
        })
    }

    fn value_span(&self, path: &Path) -> Span {
        let Some(root) = self.root else { return 0..0 };
        let mut node = root;
        for segment in path.segments() {
            match step(node, segment) {
                Some(below) => node = below,
                None => break,
            }
        }
        // An item is an object over many lines: its name says more than its opening brace.
        let name = node.get("name").filter(|_| !std::ptr::eq(node, root));
        name.unwrap_or(node).span.clone()
    }
}

fn step<'a>(node: &'a Node, segment: &Segment) -> Option<&'a Node> {
    match (&node.value, segment) {
        (Value::Object(_), Segment::Key(key)) => node.get(key),
        (Value::Array(items), Segment::Index(index)) => items.get(*index),
        _ => None,
    }
}
