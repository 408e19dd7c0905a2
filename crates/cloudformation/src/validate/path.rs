//! Where in a template something is: borrowed while walking, written out for a finding.

use std::fmt;

/// A path like `Resources/Players/Properties/KeySchema/0`, kept as a chain on the stack because most paths are never shown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Path<'a> {
    parent: Option<&'a Self>,
    part: Part<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Part<'a> {
    Key(&'a str),
    Index(usize),
}

impl<'a> Path<'a> {
    pub(crate) fn root(section: &'a str) -> Self {
        Self {
            parent: None,
            part: Part::Key(section),
        }
    }

    pub(crate) fn key(&'a self, key: &'a str) -> Self {
        Self {
            parent: Some(self),
            part: Part::Key(key),
        }
    }

    /// The key at its end; empty for an index.
    pub(crate) fn last(&self) -> &'a str {
        match self.part {
            Part::Key(key) => key,
            Part::Index(_) => "",
        }
    }

    pub(crate) fn index(&'a self, index: usize) -> Self {
        Self {
            parent: Some(self),
            part: Part::Index(index),
        }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            write!(formatter, "{parent}/")?;
        }
        match self.part {
            Part::Key(key) => formatter.write_str(key),
            Part::Index(index) => write!(formatter, "{index}"),
        }
    }
}
