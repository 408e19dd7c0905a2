//! What the handler must know about the topology.

use std::collections::{BTreeMap, BTreeSet};

use tickets::attributes::Declaration;
use tickets::id::TicketPrefix;
use tickets::settings::{MatchmakerSettings, SettingsError, Variables};

/// Read once at start.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The start of ticket ids.
    pub prefix: TicketPrefix,
    /// Matchmakers by name.
    pub matchmakers: BTreeMap<String, MatchmakerSettings>,
    /// Attributes by name.
    pub attributes: BTreeMap<String, Declaration>,
    /// Locations that clients may send latency for.
    pub locations: BTreeSet<String>,
}

impl Settings {
    /// Reads `TICKET_PREFIX`, `MATCHMAKERS`, `ATTRIBUTES` and `LOCATIONS`.
    pub fn read(variables: &Variables<'_>) -> Result<Self, SettingsError> {
        Ok(Self {
            prefix: variables.prefix()?,
            matchmakers: variables.matchmakers()?,
            attributes: variables.attributes()?,
            locations: variables.json("LOCATIONS")?,
        })
    }
}
