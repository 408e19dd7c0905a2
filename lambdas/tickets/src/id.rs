//! Names with rules: ticket ids and player ids.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

/// Hexadecimal digits of the random part of a ticket id.
const RANDOM_DIGITS: usize = 32;

/// Longest prefix that leaves room for `-` and the random part within FlexMatch's 128 characters.
const LONGEST_PREFIX: usize = 128 - 1 - RANDOM_DIGITS;

/// The start of every ticket id of one environment, so that foreign tickets are told apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketPrefix(String);

/// Why a prefix cannot start a ticket id.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("ticket prefix `{0}` must be 1 to {LONGEST_PREFIX} letters, digits, dots or hyphens")]
pub struct PrefixError(String);

impl TicketPrefix {
    /// Checks a prefix against the characters FlexMatch accepts in ticket ids.
    pub fn parse(text: &str) -> Result<Self, PrefixError> {
        let fits = (1..=LONGEST_PREFIX).contains(&text.len());
        let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
        if fits && text.chars().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(PrefixError(text.to_owned()))
        }
    }

    /// A new ticket id; the random part comes from the operating system.
    pub fn new_ticket(&self) -> TicketId {
        TicketId(format!("{}-{}", self.0, Uuid::new_v4().simple()))
    }

    /// Whether this environment chose that id.
    ///
    /// The remainder must be exactly one random part: `skirmish-prod` does not own `skirmish-prod-eu-…`, nor a backfill
    /// ticket, whose id is a bare UUID or chosen by a game server.
    pub fn owns(&self, ticket: &TicketId) -> bool {
        ticket
            .0
            .strip_prefix(self.0.as_str())
            .and_then(|rest| rest.strip_prefix('-'))
            .is_some_and(|random| {
                random.len() == RANDOM_DIGITS && random.bytes().all(|b| b.is_ascii_hexdigit())
            })
    }
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes an id as somebody else wrote it.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_id! {
    /// A matchmaking ticket's id, as FlexMatch and the tickets table know it.
    TicketId
}

text_id! {
    /// A player: the Cognito identity id.
    PlayerId
}

#[cfg(test)]
mod tests {
    use super::*;

    const RANDOM: &str = "0123456789abcdef0123456789abcdef";

    #[track_caller]
    fn check_owns(prefix: &str, ticket: &str, owned: bool) {
        let prefix = TicketPrefix::parse(prefix).unwrap();
        assert_eq!(prefix.owns(&TicketId::new(ticket)), owned, "{ticket}");
    }

    #[test]
    fn new_tickets_are_owned_and_fit_flexmatch() {
        let prefix = TicketPrefix::parse("skirmish-prod").unwrap();
        let ticket = prefix.new_ticket();
        assert!(prefix.owns(&ticket));
        assert!(ticket.as_str().len() <= 128);
        assert_ne!(ticket, prefix.new_ticket());
    }

    #[test]
    fn another_environment_with_a_longer_name_is_foreign() {
        check_owns(
            "skirmish-prod",
            &format!("skirmish-prod-eu-{RANDOM}"),
            false,
        );
        check_owns("skirmish-prod", &format!("skirmish-prod-{RANDOM}"), true);
    }

    #[test]
    fn backfill_tickets_are_foreign() {
        check_owns("skirmish", "5ccb6523-0566-412d-b63c-1569e00d023d", false);
        check_owns("skirmish", "skirmish-backfill-1", false);
    }

    #[test]
    fn a_prefix_with_other_characters_is_refused() {
        assert!(TicketPrefix::parse("skir_mish").is_err());
        assert!(TicketPrefix::parse("").is_err());
        assert!(TicketPrefix::parse(&"a".repeat(96)).is_err());
        assert!(TicketPrefix::parse(&"a".repeat(95)).is_ok());
    }
}
