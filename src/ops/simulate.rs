//! Plays a population through a rule set.
//!
//! In: the text of a rule set, a population. Out: a report. The rule set is checked first: one that GameLift would refuse
//! isn't played.

use flexmatch::matching::MatchmakerOptions;
use simulate::{Population, PopulationError, Report, Scenario};

use super::compile::Refusal;
use super::inspect;
use super::source::TopologySource;

/// Why nothing was played.
#[derive(Debug, thiserror::Error)]
pub enum SimulateError {
    /// The rule set has errors.
    #[error(transparent)]
    RuleSet(#[from] Refusal),
    /// The population has, or doesn't fit the rule set.
    #[error(transparent)]
    Population(#[from] PopulationError),
}

/// Plays the population through the rule set of a file.
///
/// # Errors
///
/// When the rule set or the population is wrong.
pub fn simulate(
    source: &TopologySource,
    population: &Population,
    options: MatchmakerOptions,
) -> Result<Report, SimulateError> {
    let parsed = flexmatch::parse(&String::from_utf8_lossy(&source.bytes));
    let Some(rule_set) = parsed.rule_set else {
        return Err(Refusal(inspect::rule_set(source)).into());
    };
    let scenario = Scenario {
        rule_set: &rule_set,
        matchmaker: options,
        population,
    };
    Ok(simulate::simulate(&scenario)?)
}
