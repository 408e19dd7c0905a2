//! Where the parts of a template stand in its text.

use std::collections::BTreeMap;

/// A place in a text, counted from one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line.
    pub line: usize,
    /// Column, in characters.
    pub column: usize,
}

/// Places by path, like `Resources/Players/Properties/KeySchema/0`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Positions(BTreeMap<String, Position>);

impl Positions {
    /// The place of this path, or of the closest one above it that the text has.
    #[must_use]
    pub fn find(&self, path: &str) -> Option<Position> {
        let mut path = path;
        loop {
            if let Some(position) = self.0.get(path) {
                return Some(*position);
            }
            path = match path.rsplit_once('/') {
                Some((parent, _)) => parent,
                None if path.is_empty() => return None,
                None => "",
            };
        }
    }

    /// Gives a path the place of another one.
    pub(super) fn alias(&mut self, path: &str, known: &str) {
        if let Some(Position { line, column }) = self.find(known) {
            self.insert(path, line, column);
        }
    }

    /// Records a place; the first one for a path stays.
    pub(super) fn insert(&mut self, path: &str, line: usize, column: usize) {
        self.0
            .entry(path.to_owned())
            .or_insert(Position { line, column });
    }
}

/// A path that grows and shrinks while a document is walked.
#[derive(Default)]
pub(super) struct Path {
    text: String,
    lengths: Vec<usize>,
}

impl Path {
    pub(super) fn push(&mut self, part: &str) {
        self.lengths.push(self.text.len());
        if self.lengths.len() > 1 {
            self.text.push('/');
        }
        self.text.push_str(part);
    }

    pub(super) fn pop(&mut self) {
        if let Some(length) = self.lengths.pop() {
            self.text.truncate(length);
        }
    }

    pub(super) fn as_str(&self) -> &str {
        &self.text
    }
}
