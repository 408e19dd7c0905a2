//! What the service is told from outside.

use std::path::PathBuf;
use std::sync::Arc;

use crate::clock::{Clock, SystemClock};
use crate::surroundings::Surroundings;

/// The default [`Config::speed`]: the 20 minutes that a fleet takes in AWS pass in half a second.
pub const FASTER_THAN_AWS: f64 = 2400.0;

/// How one local service behaves.
#[derive(Clone)]
pub struct Config {
    /// The account that owns everything.
    pub account: String,
    /// The region of requests that aren't signed.
    pub default_region: String,
    /// Names this instance: shown by the health check, demanded by the stop request, and the seed of every id.
    pub token: String,
    /// How many seconds of provisioning pass in one second of the clock.
    pub speed: f64,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
    /// The cloud around the service. Without one events go nowhere.
    pub surroundings: Option<Arc<dyn Surroundings>>,
    /// The directory for the builds of managed fleets, whose server processes run on this machine. Without it, or
    /// without surroundings to get builds from, managed fleets have no server processes.
    pub servers: Option<PathBuf>,
}

impl Config {
    /// A service with MiniStack's account, the machine's clock and fleets that are ready within a second.
    pub fn new(token: impl Into<String>) -> Self {
        Self {
            account: "000000000000".to_owned(),
            default_region: "us-east-1".to_owned(),
            token: token.into(),
            speed: FASTER_THAN_AWS,
            clock: Arc::new(SystemClock),
            surroundings: None,
            servers: None,
        }
    }
}

impl std::fmt::Debug for Config {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Config")
            .field("account", &self.account)
            .field("default_region", &self.default_region)
            .field("speed", &self.speed)
            .finish_non_exhaustive()
    }
}
