//! What each rule comes to in a match that was found: how far it is used up, and from which age on it allows the match.

use super::evaluate::{extent, holds};
use super::lineup::Lineup;
use super::program::{Program, Test};

/// A rule that stands alone, seen from one match.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleVerdict {
    /// Its name.
    pub rule: String,
    /// What the rule limits; `None` when that is no number, as for equal texts or compound rules.
    pub extent: Option<Extent>,
    /// The lowest age in seconds at which the rule allows this match: 0, or the wait of an expansion step.
    pub allowed_from: u32,
}

/// What a rule limits, as it is in one match.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Extent {
    /// What is measured.
    pub quantity: Quantity,
    /// How much of it, the value that is nearest to breaking the rule.
    pub value: f64,
}

/// What the value of an [`Extent`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantity {
    /// The largest distance of a measured value from the reference, or between two parties for batch distances.
    Distance,
    /// Milliseconds of the party that is furthest from the location that is best for the match.
    Latency,
    /// The smallest number of common or listed texts.
    Count,
}

/// The verdicts of all rules, in the order of the rule set.
pub(super) fn verdicts(program: &Program, lineup: &Lineup<'_>) -> Vec<RuleVerdict> {
    let names = program.rule_names.iter().enumerate();
    names
        .map(|(index, name)| RuleVerdict {
            rule: name.clone(),
            extent: test_of(program, index, lineup.stage_index())
                .and_then(|test| extent(test, lineup)),
            allowed_from: allowed_from(program, index, lineup),
        })
        .collect()
}

fn test_of(program: &Program, index: usize, stage: usize) -> Option<&Test> {
    let mut rules = program.stages[stage].rules.iter();
    rules
        .find(|rule| rule.index == index)
        .map(|rule| &rule.test)
}

fn allowed_from(program: &Program, index: usize, lineup: &Lineup<'_>) -> u32 {
    let mut stages = program.stages.iter().enumerate();
    let first = stages
        .find(|(stage, _)| test_of(program, index, *stage).is_none_or(|test| holds(test, lineup)));
    first.map_or(lineup.stage().from, |(_, stage)| stage.from)
}
