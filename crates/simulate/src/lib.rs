//! Plays a population of players through a FlexMatch rule set.
//!
//! In: a rule set, the matchmaker's settings, a population and a seed. Out: a [`Report`], a value that can be serialised,
//! compared and held against thresholds. No I/O and no clock: days of play take seconds, and the same input gives the same
//! report on any machine.
//!
//! | module | job |
//! |---|---|
//! | `cities` | where players live and how far data centres are: a dated table |
//! | `population` | who plays: attributes, parties, arrivals over the day |
//! | `crowd` | the players of one simulation, drawn from a population |
//! | `play` | arrivals and ticks in the order of time |
//! | `record` | what happened to whom, put together to a report |
//! | `report`, `threshold` | the result, and conditions on it |

mod cities;
mod crowd;
mod play;
mod population;
mod record;
mod report;
mod threshold;

pub use cities::locations;
pub use play::{Scenario, simulate};
pub use population::{Distribution, Population, PopulationError};
pub use report::{
    Affected, AttributeQuality, Blocked, Percentiles, Report, Share, StepShare, WaitBucket,
};
pub use threshold::{Threshold, ThresholdError};
