//! Arrivals and ticks in the order of time.

use flexmatch::RuleSet;
use flexmatch::matching::{Matchmaker, MatchmakerOptions, Moment};

use crate::crowd::draw;
use crate::population::{Population, PopulationError};
use crate::record::Record;
use crate::report::Report;

/// What is played.
#[derive(Debug, Clone)]
pub struct Scenario<'a> {
    /// The rules.
    pub rule_set: &'a RuleSet,
    /// The matchmaker's settings; its seed also draws the players.
    pub matchmaker: MatchmakerOptions,
    /// Who plays.
    pub population: &'a Population,
}

/// Plays a scenario until the last ticket has ended. Matches count as accepted and placed at once.
///
/// # Errors
/// When the population doesn't fit the rule set.
pub fn simulate(scenario: &Scenario<'_>) -> Result<Report, PopulationError> {
    let Scenario {
        rule_set,
        matchmaker: options,
        population,
    } = scenario;
    population.check(rule_set)?;
    let arrivals = draw(population, rule_set, options.seed);
    let options = MatchmakerOptions {
        acceptance_timeout: None,
        ..options.clone()
    };
    let mut matchmaker = Matchmaker::new(rule_set, options);
    let mut record = Record::new(rule_set);
    let mut arrivals = arrivals.into_iter().peekable();
    loop {
        let deadline = matchmaker.next_deadline();
        let arrival = arrivals.peek().map(|arrival| arrival.at);
        let Some(next) = deadline.into_iter().chain(arrival).min() else {
            break;
        };
        // GameLift's cadence isn't published: the pool is looked at once a second.
        let now = next_second(next);
        while let Some(arrival) = arrivals.next_if(|arrival| arrival.at <= now) {
            let at = arrival.at;
            record.came(&arrival);
            let taken = matchmaker.enqueue(arrival.ticket, at);
            debug_assert!(taken.is_ok(), "tickets are drawn well-formed: {taken:?}");
        }
        for event in matchmaker.tick(now) {
            record.happened(event, now);
        }
    }
    Ok(record.report())
}

const fn next_second(moment: Moment) -> Moment {
    Moment::from_millis(moment.as_millis().div_ceil(1000) * 1000)
}
