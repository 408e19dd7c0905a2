//! Plays players through a rule set.
//!
//! In: the text of a rule set, or a matchmaker of a topology; a population or a recording. Out: a report. The rule set is
//! checked first: one that GameLift would refuse isn't played.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use flexmatch::matching::MatchmakerOptions;
use serde_json::json;
use simulate::{
    ON_DEMAND_COST, Place, Players, PopulationError, Queue, Recording, RecordingError, Report,
    SPOT_COST, Scenario,
};
use topology::environment::{
    self, Destination, Environment, Fleet, Host, LatencyPolicy, Matchmaker, Priority,
};

use super::compile::Refusal;
use super::inspect;
use super::source::TopologySource;

/// Longest recording that is read, in bytes.
const LONGEST_RECORDING: u64 = 1 << 30;

/// Why nothing was played.
#[derive(Debug, thiserror::Error)]
pub enum SimulateError {
    /// The rule set has errors.
    #[error(transparent)]
    RuleSet(#[from] Refusal),
    /// The population has, or doesn't fit the rule set.
    #[error(transparent)]
    Population(#[from] PopulationError),
    /// The environment has no such matchmaker or queue.
    #[error("environment `{environment}` has no {what} `{name}`; it has: {}", known.join(", "))]
    Unknown {
        /// The environment.
        environment: String,
        /// `matchmaker` or `queue`.
        what: &'static str,
        /// What was asked for.
        name: String,
        /// What there is.
        known: Vec<String>,
    },
}

/// Why there is no recording to play.
#[derive(Debug, thiserror::Error)]
pub enum RecordingFileError {
    /// The file can't be read.
    #[error("cannot read the recording `{}`", path.display())]
    Read {
        /// The path.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// Its content is wrong.
    #[error("the recording `{}` has problems:\n{problems}", path.display())]
    Content {
        /// The path.
        path: PathBuf,
        /// All of them.
        problems: RecordingError,
    },
}

/// Plays players through the rule set of a file.
///
/// # Errors
///
/// When the rule set is wrong, or the players don't fit it.
pub fn simulate(
    source: &TopologySource,
    players: Players<'_>,
    options: MatchmakerOptions,
    queue: Option<&Queue>,
) -> Result<Report, SimulateError> {
    let parsed = flexmatch::parse(&String::from_utf8_lossy(&source.bytes));
    let Some(rule_set) = parsed.rule_set else {
        return Err(Refusal(inspect::rule_set(source)).into());
    };
    let scenario = Scenario {
        rule_set: &rule_set,
        matchmaker: options,
        players,
        queue,
    };
    Ok(simulate::simulate(&scenario)?)
}

/// Reads recorded tickets.
///
/// # Errors
///
/// When the file can't be read, or with everything that is wrong in it.
pub fn recording(path: &Path) -> Result<Recording, RecordingFileError> {
    let read = |path: &Path| {
        let mut text = String::new();
        let mut file = File::open(path)?.take(LONGEST_RECORDING);
        file.read_to_string(&mut text).map(|_| text)
    };
    let text = read(path).map_err(|source| RecordingFileError::Read {
        path: path.to_owned(),
        source,
    })?;
    Recording::parse(&text).map_err(|problems| RecordingFileError::Content {
        path: path.to_owned(),
        problems,
    })
}

/// A matchmaker of an environment.
///
/// # Errors
///
/// When there is none of that name.
pub fn matchmaker<'e>(
    environment: &'e Environment,
    name: &str,
) -> Result<&'e Matchmaker, SimulateError> {
    let all = &environment.matchmaking;
    all.get(name)
        .ok_or_else(|| unknown(environment, "matchmaker", name, all.keys()))
}

/// The rule set of a matchmaker, as if it were a file.
#[must_use]
pub fn rule_set(environment: &Environment, name: &str, matchmaker: &Matchmaker) -> TopologySource {
    TopologySource {
        file: format!("{name} of {}", environment.name),
        folder: PathBuf::new(),
        bytes: matchmaker.rules.to_string().into_bytes(),
    }
}

/// A queue of an environment with the locations of its fleets.
///
/// # Errors
///
/// When there is none of that name.
pub fn queue(environment: &Environment, name: &str) -> Result<Queue, SimulateError> {
    let all = &environment.queues;
    let queue = all
        .get(name)
        .ok_or_else(|| unknown(environment, "queue", name, all.keys()))?;
    let destinations = queue.destinations.iter().enumerate();
    Ok(Queue {
        name: name.to_owned(),
        timeout: queue.timeout,
        rules: rules(queue),
        places: destinations
            .flat_map(|(position, destination)| places(environment, position, destination))
            .collect(),
    })
}

fn unknown<'n>(
    environment: &Environment,
    what: &'static str,
    name: &str,
    known: impl Iterator<Item = &'n String>,
) -> SimulateError {
    SimulateError::Unknown {
        environment: environment.name.clone(),
        what,
        name: name.to_owned(),
        known: known.cloned().collect(),
    }
}

/// What the queue's resource says, in the form that GameLift has it.
fn rules(queue: &environment::Queue) -> simulate::Rules {
    let policy = |policy: &LatencyPolicy| {
        let lasts = policy.lasts.map(|lasts| lasts.as_secs_f64());
        json!({
            "MaximumIndividualPlayerLatencyMilliseconds": policy.at_most.as_secs_f64() * 1000.0,
            "PolicyDurationSeconds": lasts,
        })
    };
    let priority = |priority: &Priority| match priority {
        Priority::Latency => "LATENCY",
        Priority::Cost => "COST",
        Priority::Destination => "DESTINATION",
        Priority::Location => "LOCATION",
    };
    let order: Vec<&str> = queue.priority.iter().map(priority).collect();
    let policies: Vec<_> = queue.latency.iter().map(policy).collect();
    let properties = json!({
        "PriorityConfiguration": { "PriorityOrder": order },
        "PlayerLatencyPolicies": policies,
    });
    serde_json::from_value(properties).expect("these are the properties that the type has")
}

/// The locations of a fleet in a region; none of a fleet that isn't there.
fn places(environment: &Environment, position: usize, destination: &Destination) -> Vec<Place> {
    let region = environment.regions.get(&destination.region);
    let Some(fleet) = region.and_then(|region| region.fleets.get(&destination.fleet)) else {
        return Vec::new();
    };
    let own = match fleet.host {
        Host::Anywhere { .. } => None,
        Host::Ec2 { .. } | Host::Container(_) => Some(&destination.region),
    };
    let locations = own.into_iter().chain(&fleet.locations);
    locations
        .map(|location| Place {
            destination: position,
            region: destination.region.clone(),
            fleet: destination.fleet.clone(),
            location: location.clone(),
            cost: cost(fleet),
        })
        .collect()
}

fn cost(fleet: &Fleet) -> f64 {
    match &fleet.host {
        Host::Anywhere { cost } => cost
            .as_deref()
            .and_then(|cost| cost.parse().ok())
            .unwrap_or_default(),
        host if host.is_spot() => SPOT_COST,
        Host::Ec2 { .. } | Host::Container(_) => ON_DEMAND_COST,
    }
}
