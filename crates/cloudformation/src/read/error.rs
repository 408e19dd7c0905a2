//! Why a text isn't a template.

use super::position::Position;

/// A text that can't be read as a template.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {}, column {}: {problem}", position.line, position.column)]
pub struct ParseError {
    /// Where.
    pub position: Position,
    /// What.
    pub problem: ParseProblem,
}

/// What is wrong with the text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseProblem {
    /// Neither JSON nor YAML; the words are the parser's.
    #[error("{0}")]
    Syntax(String),
    /// A key that its object already has.
    #[error("`{0}` is given twice")]
    DuplicateKey(String),
    /// Nested deeper, or grown larger by aliases, than any template is.
    #[error("the document is nested too deeply or grows too large")]
    TooLarge,
    /// A YAML tag that names no intrinsic function.
    #[error("`!{0}` is no intrinsic function")]
    UnknownTag(String),
    /// Something that a template can't hold at this place.
    #[error("`{path}` should be {expected}")]
    Shape {
        /// Where in the template.
        path: String,
        /// What belongs there.
        expected: &'static str,
    },
    /// A key that CloudFormation doesn't know at this place.
    #[error("`{path}` is not known there")]
    UnknownKey {
        /// Where in the template.
        path: String,
    },
}

impl ParseError {
    pub(super) fn new(line: usize, column: usize, problem: ParseProblem) -> Self {
        Self {
            position: Position { line, column },
            problem,
        }
    }
}
