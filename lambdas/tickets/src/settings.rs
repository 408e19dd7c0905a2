//! Environment variables, read once at start. A missing or wrong one stops the handler with its name.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use thiserror::Error;

use crate::attributes::Declaration;
use crate::id::{PrefixError, TicketPrefix};

/// Why a handler cannot start.
#[derive(Debug, Error)]
pub enum SettingsError {
    /// Not set, or empty.
    #[error("environment variable `{0}` is not set")]
    Missing(&'static str),
    /// Set, but not JSON of the expected shape.
    #[error("cannot read environment variable `{name}`")]
    Json {
        /// The variable.
        name: &'static str,
        /// What is wrong.
        source: serde_json::Error,
    },
    /// Set, but no ticket id could begin like this.
    #[error("cannot use environment variable `TICKET_PREFIX`")]
    Prefix(#[from] PrefixError),
}

/// Where variables come from: the process, or a test.
pub struct Variables<'a>(&'a dyn Fn(&str) -> Option<String>);

/// The two tables' names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tables {
    /// `TICKETS_TABLE`.
    pub tickets: String,
    /// `PLAYERS_TABLE`; empty in handlers that don't touch players.
    pub players: String,
}

/// A matchmaker of the topology.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct MatchmakerSettings {
    /// The matchmaking configuration's name.
    pub configuration: String,
    /// How long FlexMatch searches.
    pub timeout_seconds: i64,
    /// How long players may take to accept; none if they need not.
    #[serde(default)]
    pub acceptance_seconds: Option<i64>,
}

impl<'a> Variables<'a> {
    /// Reads through a function, so that only `runtime` touches the process.
    pub const fn new(lookup: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self(lookup)
    }

    /// A variable's text.
    pub fn text(&self, name: &'static str) -> Result<String, SettingsError> {
        self.optional(name).ok_or(SettingsError::Missing(name))
    }

    /// A variable that may be absent.
    pub fn optional(&self, name: &str) -> Option<String> {
        (self.0)(name).filter(|value| !value.is_empty())
    }

    /// A variable's text, read as JSON.
    pub fn json<T: DeserializeOwned>(&self, name: &'static str) -> Result<T, SettingsError> {
        serde_json::from_str(&self.text(name)?)
            .map_err(|source| SettingsError::Json { name, source })
    }

    /// The tickets table alone.
    pub fn tickets_table(&self) -> Result<Tables, SettingsError> {
        Ok(Tables {
            tickets: self.text("TICKETS_TABLE")?,
            players: String::new(),
        })
    }

    /// The players table alone.
    pub fn players_table(&self) -> Result<Tables, SettingsError> {
        Ok(Tables {
            tickets: String::new(),
            players: self.text("PLAYERS_TABLE")?,
        })
    }

    /// Both tables.
    pub fn tables(&self) -> Result<Tables, SettingsError> {
        Ok(Tables {
            tickets: self.text("TICKETS_TABLE")?,
            players: self.text("PLAYERS_TABLE")?,
        })
    }

    /// `TICKET_PREFIX`.
    pub fn prefix(&self) -> Result<TicketPrefix, SettingsError> {
        Ok(TicketPrefix::parse(&self.text("TICKET_PREFIX")?)?)
    }

    /// `MATCHMAKERS`, by name.
    pub fn matchmakers(&self) -> Result<BTreeMap<String, MatchmakerSettings>, SettingsError> {
        self.json("MATCHMAKERS")
    }

    /// `ATTRIBUTES`, by name.
    pub fn attributes(&self) -> Result<BTreeMap<String, Declaration>, SettingsError> {
        self.json("ATTRIBUTES")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check<T>(
        value: Option<&str>,
        read: impl Fn(&Variables<'_>) -> Result<T, SettingsError>,
        expected: &str,
    ) {
        let lookup = |_: &str| value.map(str::to_owned);
        let error = read(&Variables::new(&lookup)).err().unwrap();
        assert_eq!(error.to_string(), expected);
    }

    #[test]
    fn a_missing_or_empty_variable_is_named() {
        check(
            None,
            |v| v.tables(),
            "environment variable `TICKETS_TABLE` is not set",
        );
        check(
            Some(""),
            |v| v.prefix(),
            "environment variable `TICKET_PREFIX` is not set",
        );
    }

    #[test]
    fn wrong_json_names_its_variable() {
        check(
            Some("duel"),
            |v| v.matchmakers(),
            "cannot read environment variable `MATCHMAKERS`",
        );
        check(
            Some(r#"{"skill": {"type": "float"}}"#),
            |v| v.attributes(),
            "cannot read environment variable `ATTRIBUTES`",
        );
    }

    #[test]
    fn a_prefix_flexmatch_would_refuse_is_refused_at_start() {
        check(
            Some("a_b"),
            |v| v.prefix(),
            "cannot use environment variable `TICKET_PREFIX`",
        );
    }

    #[test]
    fn matchmakers_are_read_as_the_template_writes_them() {
        let text = r#"{"duel":{"configuration":"skirmish-prod-duel","timeout_seconds":120,"acceptance_seconds":20}}"#;
        let lookup = |_: &str| Some(text.to_owned());
        let matchmakers = Variables::new(&lookup).matchmakers().unwrap();
        assert_eq!(
            matchmakers["duel"],
            MatchmakerSettings {
                configuration: "skirmish-prod-duel".to_owned(),
                timeout_seconds: 120,
                acceptance_seconds: Some(20)
            }
        );
    }
}
