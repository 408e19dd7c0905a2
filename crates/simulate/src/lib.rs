//! Plays a population of players through a FlexMatch rule set.
//!
//! In: a rule set, the matchmaker's settings, its queue, a population or recorded tickets, and a seed. Out: a [`Report`], a value that can be serialised,
//! compared and held against thresholds. No I/O and no clock: days of play take seconds, and the same input gives the same
//! report on any machine.
//!
//! | module | job |
//! |---|---|
//! | `cities` | where players live and how far data centres are: a dated table |
//! | `population` | who plays: attributes, parties, arrivals over the day |
//! | `crowd` | the players of one simulation, drawn from a population |
//! | `recording` | tickets of a CSV file instead |
//! | `acceptance` | what players answer to a proposed match |
//! | `queue`, `placed` | where matches are placed, and how many find no place |
//! | `play` | arrivals, answers and ticks in the order of time |
//! | `record` | what happened to whom, put together to a report |
//! | `effect` | what each expansion step did |
//! | `report`, `threshold` | the result, and conditions on it |

mod acceptance;
mod cities;
mod crowd;
mod effect;
mod placed;
mod play;
mod population;
mod queue;
mod record;
mod recording;
mod report;
mod threshold;

pub use acceptance::Acceptance;
pub use cities::locations;
pub use placement::{ON_DEMAND_COST, Place, Rules, SPOT_COST};
pub use play::{Players, Scenario, simulate};
pub use population::{Distribution, Population, PopulationError};
pub use queue::Queue;
pub use recording::{LineError, Recording, RecordingError};
pub use report::{
    Affected, Asked, AttributeQuality, Blocked, Percentiles, Placement, PolicyShare, Report,
    RuleQuality, Share, StepEffect, StepShare, WaitBucket,
};
pub use threshold::{Threshold, ThresholdError};
