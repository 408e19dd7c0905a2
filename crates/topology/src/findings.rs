//! Collects what the stages find, and turns places into files and positions.

use std::collections::BTreeSet;

use crate::node::Place;
use crate::problem::{Code, Problem, Problems, Severity};

/// A problem in the making.
#[derive(Debug)]
pub(crate) struct Finding {
    code: Code,
    severity: Severity,
    place: Place,
    message: String,
    notes: Vec<String>,
    hint: Option<String>,
}

impl Finding {
    pub(crate) fn error(code: Code, place: Place, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            place,
            message: message.into(),
            notes: Vec::new(),
            hint: None,
        }
    }

    pub(crate) fn warning(code: Code, place: Place, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(code, place, message)
        }
    }

    pub(crate) fn hint(self, hint: impl Into<String>) -> Self {
        self.hints(Some(hint.into()))
    }

    pub(crate) fn hints(mut self, hint: Option<String>) -> Self {
        self.hint = hint;
        self
    }

    pub(crate) fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }
}

/// The problems found so far.
#[derive(Debug)]
pub(crate) struct Findings {
    /// Name of each source, by [`Place::source`].
    files: Vec<String>,
    list: Vec<Problem>,
    misshapen: BTreeSet<Place>,
    /// Fields that a misspelt key was meant to be.
    meant: BTreeSet<(&'static str, &'static str)>,
}

impl Findings {
    pub(crate) fn new(files: Vec<String>) -> Self {
        Self {
            files,
            list: Vec::new(),
            misshapen: BTreeSet::new(),
            meant: BTreeSet::new(),
        }
    }

    pub(crate) fn push(&mut self, finding: Finding) {
        let Finding {
            code,
            severity,
            place,
            message,
            notes,
            hint,
        } = finding;
        let file = self.files.get(place.source).cloned().unwrap_or_default();
        self.list.push(Problem {
            code,
            severity,
            message,
            file,
            span: place.span,
            notes,
            hint,
        });
    }

    /// Reports a value of the wrong shape; later checks are silent about that place.
    pub(crate) fn push_shape(&mut self, finding: Finding) {
        self.misshapen.insert(finding.place);
        self.push(finding);
    }

    /// Reports what a check found, unless the value there was misshapen: then this only follows from it.
    pub(crate) fn push_check(&mut self, finding: Finding) {
        if !self.misshapen.contains(&finding.place) {
            self.push(finding);
        }
    }

    /// Makes later checks silent about a place, since what they could find there follows from something reported.
    pub(crate) fn silence(&mut self, place: Place) {
        self.misshapen.insert(place);
    }

    /// Whether a value of the wrong shape stands there.
    pub(crate) fn is_misshapen(&self, place: Place) -> bool {
        self.misshapen.contains(&place)
    }

    /// Remembers that a top-level field is there, though misspelt.
    pub(crate) fn mean(&mut self, record: &'static str, field: &'static str) {
        self.meant.insert((record, field));
    }

    pub(crate) fn is_meant(&self, record: &'static str, field: &'static str) -> bool {
        self.meant.contains(&(record, field))
    }

    pub(crate) fn push_problem(&mut self, problem: Problem) {
        self.list.push(problem);
    }

    pub(crate) fn finish(self) -> Problems {
        self.list.into_iter().collect()
    }
}
