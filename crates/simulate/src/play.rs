//! Arrivals, answers and ticks in the order of time.

use flexmatch::RuleSet;
use flexmatch::matching::{Event, Matchmaker, MatchmakerOptions, Moment};

use crate::acceptance::{Acceptance, Answers};
use crate::crowd::{Arrivals, draw};
use crate::population::{Population, PopulationError};
use crate::queue::Queue;
use crate::record::Record;
use crate::recording::Recording;
use crate::report::Report;

/// What is played.
#[derive(Debug, Clone)]
pub struct Scenario<'a> {
    /// The rules.
    pub rule_set: &'a RuleSet,
    /// The matchmaker's settings; its seed also draws the players.
    pub matchmaker: MatchmakerOptions,
    /// Who plays.
    pub players: Players<'a>,
    /// Where matches are placed; without one FlexMatch's suggested location counts.
    pub queue: Option<&'a Queue>,
}

/// Who plays.
#[derive(Debug, Clone, Copy)]
pub enum Players<'a> {
    /// Players drawn from a description.
    Drawn(&'a Population),
    /// Tickets as they were recorded. Everybody accepts matches at once.
    Recorded(&'a Recording),
}

impl Players<'_> {
    fn arrivals(self, rule_set: &RuleSet, seed: u64) -> Result<Arrivals, PopulationError> {
        match self {
            Self::Drawn(population) => {
                population.check(rule_set)?;
                Ok(draw(population, rule_set, seed))
            }
            Self::Recorded(recording) => Ok(recording.arrivals(rule_set)?),
        }
    }

    fn habits(self) -> Acceptance {
        match self {
            Self::Drawn(population) => population.acceptance,
            Self::Recorded(_) => Acceptance::default(),
        }
    }
}

/// Plays a scenario until the last ticket has ended.
///
/// # Errors
/// When the players don't fit the rule set.
pub fn simulate(scenario: &Scenario<'_>) -> Result<Report, PopulationError> {
    let Scenario {
        rule_set,
        matchmaker: options,
        players,
        queue,
    } = scenario;
    let Arrivals { list, groups } = players.arrivals(rule_set, options.seed)?;
    let mut answers = Answers::new(players.habits(), options.seed);
    let mut matchmaker = Matchmaker::new(rule_set, options.clone());
    let mut record = Record::new(rule_set, options, *queue, groups);
    let mut arrivals = list.into_iter().peekable();
    loop {
        let deadline = matchmaker.next_deadline();
        let arrival = arrivals.peek().map(|arrival| arrival.at);
        let moments = [deadline, arrival, answers.next()];
        let Some(next) = moments.into_iter().flatten().min() else {
            break;
        };
        // GameLift's cadence isn't published: the pool is looked at once a second.
        let now = next_second(next);
        while let Some(arrival) = arrivals.next_if(|arrival| arrival.at <= now) {
            let at = arrival.at;
            record.came(&arrival);
            let taken = matchmaker.enqueue(arrival.ticket, at);
            debug_assert!(taken.is_ok(), "tickets are well-formed: {taken:?}");
        }
        while let Some(answer) = answers.take(now) {
            // Who answers after somebody rejected has nothing to answer any more.
            let response = answer.response();
            let _ = matchmaker.respond(&answer.ticket, &[answer.player], response, now);
        }
        for event in matchmaker.tick(now) {
            if let Event::PotentialMatchCreated {
                formed,
                acceptance_timeout: Some(_),
            } = &event
            {
                answers.ask(formed, now);
            }
            record.happened(event, now);
        }
    }
    Ok(record.report())
}

const fn next_second(moment: Moment) -> Moment {
    Moment::from_millis(moment.as_millis().div_ceil(1000) * 1000)
}
