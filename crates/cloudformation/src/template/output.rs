//! A value that a stack shows.

use serde_json::Value as Json;

/// An output of a stack.
#[derive(Clone, Debug, PartialEq)]
pub struct Output {
    /// What is shown.
    pub value: Json,
    /// What it means.
    pub description: Option<String>,
    /// The name under which other stacks of the account and Region can import it.
    pub export: Option<Json>,
    /// The condition under which the output exists.
    pub condition: Option<String>,
}

impl Output {
    /// An output with this value: text, an intrinsic function, or JSON.
    #[must_use]
    pub fn new(value: impl Into<Json>) -> Self {
        Self {
            value: value.into(),
            description: None,
            export: None,
            condition: None,
        }
    }

    /// Says what the value means.
    #[must_use]
    pub fn description(self, text: impl Into<String>) -> Self {
        Self {
            description: Some(text.into()),
            ..self
        }
    }

    /// Exports the value to other stacks.
    #[must_use]
    pub fn export(self, name: impl Into<Json>) -> Self {
        Self {
            export: Some(name.into()),
            ..self
        }
    }

    /// Sets the condition under which the output exists.
    #[must_use]
    pub fn condition(self, name: impl Into<String>) -> Self {
        Self {
            condition: Some(name.into()),
            ..self
        }
    }
}
