//! The state file: who runs a local cloud and where. It is there exactly while the cloud is ready.

use std::path::PathBuf;

use hyper::{Method, StatusCode};
use serde::{Deserialize, Serialize};

use crate::local::http::{self, Call};
use crate::local::{LocalError, LocalOptions};

/// Where a local cloud answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Endpoints {
    /// Every service but GameLift, as `http://127.0.0.1:4566`. GameLift requests are passed on from here too.
    pub aws: String,
    /// GameLift.
    pub gamelift: String,
    /// The account that owns everything.
    pub account_id: String,
    /// The region of requests that aren't signed.
    pub region: String,
    /// The process that runs it.
    pub pid: u32,
    /// Since when, in seconds since 1970.
    pub started: f64,
}

/// What the state file says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct State {
    /// The version of liftform that runs it.
    pub(super) version: String,
    /// Tells this cloud from a later one at the same port.
    pub(super) token: String,
    pub(super) endpoints: Endpoints,
}

#[derive(Deserialize)]
struct Health {
    token: String,
}

impl State {
    pub(super) fn path(options: &LocalOptions) -> PathBuf {
        options.state_dir.join("local.json")
    }

    /// The state that was written last; `None` when there is none that can be read.
    pub(super) fn read(options: &LocalOptions) -> Option<Self> {
        serde_json::from_slice(&std::fs::read(Self::path(options)).ok()?).ok()
    }

    /// Writes the file as a whole, never in parts.
    pub(super) fn write(&self, options: &LocalOptions) -> Result<(), LocalError> {
        let path = Self::path(options);
        let partial = path.with_extension("partial");
        let text = serde_json::to_vec_pretty(self).expect("strings and numbers are always JSON");
        std::fs::write(&partial, text).map_err(LocalError::file("writing", &partial))?;
        std::fs::rename(&partial, &path).map_err(LocalError::file("writing", path))
    }

    /// Removes the file; fine if there is none.
    pub(super) fn remove(options: &LocalOptions) -> Result<(), LocalError> {
        let path = Self::path(options);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(LocalError::file("removing", path)(error))
            }
            _ => Ok(()),
        }
    }

    /// Whether the cloud of this state answers, and not another program at its port.
    pub(super) async fn is_alive(&self) -> bool {
        let call = Call::bare(Method::GET, &self.endpoints.gamelift, "/_liftform/health");
        let Ok((StatusCode::OK, body)) = http::send(call).await else {
            return false;
        };
        serde_json::from_slice::<Health>(&body).is_ok_and(|health| health.token == self.token)
    }
}
