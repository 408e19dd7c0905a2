//! The world as bytes, for a service that is started anew.
//!
//! What ran does not run any more: game sessions have ended, builds have to be installed again, and tickets go back to
//! the start of their pools, with their age.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

use super::{Installation, Region, SessionStatus, World};
use std::collections::BTreeMap;

/// Raised with every change that older programs can't read.
const FORMAT: u32 = 1;

#[derive(Serialize)]
struct Saved<'a> {
    format: u32,
    issued: u64,
    regions: &'a BTreeMap<String, Region>,
}

#[derive(Deserialize)]
struct Restored {
    issued: u64,
    regions: BTreeMap<String, Region>,
}

/// Saved state that can't be used.
#[derive(Debug, Error)]
pub(crate) enum Unreadable {
    #[error("it is of another version of the service")]
    Format,
    #[error("it can't be read")]
    Json(#[from] serde_json::Error),
}

impl World {
    /// Everything that exists, as JSON.
    pub(crate) fn save(&self) -> Vec<u8> {
        let saved = Saved {
            format: FORMAT,
            issued: self.issued,
            regions: &self.regions,
        };
        serde_json::to_vec(&saved).expect("texts, numbers and maps by text are always JSON")
    }

    /// Puts saved state in the place of everything that exists.
    pub(crate) fn restore(&mut self, bytes: &[u8], now: f64) -> Result<(), Unreadable> {
        let value: Value = serde_json::from_slice(bytes)?;
        if value["format"] != FORMAT {
            return Err(Unreadable::Format);
        }
        let restored: Restored = serde_json::from_value(value)?;
        self.issued = restored.issued;
        self.regions = restored.regions;
        for region in self.region_names() {
            self.region_or_new(&region).wake(now);
            self.pool_again(&region);
        }
        Ok(())
    }
}

impl Region {
    fn wake(&mut self, now: f64) {
        for session in self.sessions.values_mut() {
            if session.status.is_open() {
                session.end(SessionStatus::Terminated, None, now);
            }
        }
        for fleet in self.fleets.values_mut() {
            if let Installation::Running(archive) | Installation::Done(archive) =
                &fleet.installation
            {
                fleet.installation = Installation::Due(archive.clone());
            }
        }
    }
}
