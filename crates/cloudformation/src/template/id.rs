//! Names of things in a template.

use std::fmt;

/// The longest name that CloudFormation accepts for a resource, parameter or output.
pub(crate) const MAX_LENGTH: usize = 255;

/// Letters and digits only, at most 255: what CloudFormation accepts as a logical id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogicalId(String);

impl LogicalId {
    /// Takes a text that already is a logical id.
    ///
    /// # Errors
    /// When the text is empty, too long, or holds anything but ASCII letters and digits.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        check(text).map(|()| Self(text.to_owned()))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The rule behind [`LogicalId`], for names that arrive as plain text.
pub(crate) fn check(text: &str) -> Result<(), IdError> {
    if text.is_empty() {
        return Err(IdError::Empty);
    }
    if text.len() > MAX_LENGTH {
        return Err(IdError::TooLong { length: text.len() });
    }
    match text.chars().find(|letter| !letter.is_ascii_alphanumeric()) {
        Some(letter) => Err(IdError::Character {
            id: text.to_owned(),
            letter,
        }),
        None => Ok(()),
    }
}

impl fmt::Display for LogicalId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl From<LogicalId> for String {
    fn from(id: LogicalId) -> Self {
        id.0
    }
}

impl From<&LogicalId> for String {
    fn from(id: &LogicalId) -> Self {
        id.0.clone()
    }
}

/// Why a text can't name something in a template.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Nothing there.
    #[error("a logical id can't be empty")]
    Empty,
    /// Over the limit.
    #[error("a logical id of {length} characters is too long, {MAX_LENGTH} are allowed")]
    TooLong {
        /// Characters given.
        length: usize,
    },
    /// Something other than a letter or digit.
    #[error("`{letter}` in logical id `{id}`: only letters and digits are allowed")]
    Character {
        /// The whole id.
        id: String,
        /// The first character that isn't allowed.
        letter: char,
    },
}

/// A name given twice within one section of a template.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the template already has a {what} called `{id}`")]
pub struct DuplicateId {
    /// What kind of thing it names.
    pub what: &'static str,
    /// The name.
    pub id: String,
}
