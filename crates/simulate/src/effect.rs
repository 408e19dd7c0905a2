//! What each expansion step of a rule set does for players.

use flexmatch::matching::FormedMatch;
use flexmatch::{Expansion, ExpansionTarget, ExpansionValue, RuleSet, RuleStatement};

use crate::report::{StepEffect, ratio};

/// Counts of every expansion step.
pub(crate) struct Effects(Vec<Counted>);

struct Counted {
    target: Target,
    name: String,
    /// In the order of the rule set.
    steps: Vec<Step>,
}

struct Step {
    from: u32,
    value: String,
    matches: usize,
    players: usize,
}

/// What decides whether a match needed a step.
enum Target {
    /// The verdict of the rule with this name.
    Rule(String),
    /// The sizes of the match's teams by age.
    Teams(Vec<(u32, Sizes)>),
}

/// Fewest and most players of each team of a match; `None` for teams that the expansion doesn't name.
type Sizes = Vec<Option<(usize, usize)>>;

impl Effects {
    pub(crate) fn new(rule_set: &RuleSet) -> Self {
        Self(
            rule_set
                .expansions
                .iter()
                .map(|expansion| counted(rule_set, expansion))
                .collect(),
        )
    }

    pub(crate) fn matched(&mut self, formed: &FormedMatch) {
        let players = formed.players().count();
        for counted in &mut self.0 {
            let needed = counted.target.needed(formed);
            if let Some(step) = counted.steps.iter_mut().find(|step| step.from == needed) {
                step.matches += 1;
                step.players += players;
            }
        }
    }

    /// `stays` are the seconds that players spent in matchmaking, however that ended.
    pub(crate) fn report(self, stays: &[f64]) -> Vec<StepEffect> {
        let reached = |from: u32| {
            stays
                .iter()
                .filter(|stay| **stay >= f64::from(from))
                .count()
        };
        let of_expansion = |counted: Counted| {
            let name = counted.name;
            let steps = counted.steps.into_iter();
            steps
                .map(|step| {
                    let waiting = reached(step.from);
                    StepEffect {
                        target: name.clone(),
                        from_seconds: step.from,
                        value: step.value,
                        waiting_players: waiting,
                        matches: step.matches,
                        players: step.players,
                        share: ratio(step.players, stays.len()),
                    }
                })
                .collect::<Vec<_>>()
        };
        self.0.into_iter().flat_map(of_expansion).collect()
    }
}

fn counted(rule_set: &RuleSet, expansion: &Expansion) -> Counted {
    let (target, name) = match &expansion.target {
        ExpansionTarget::Rule { rule, property } => (
            Target::Rule(deciding_rule(rule_set, rule).to_owned()),
            format!("rules[{rule}].{property}"),
        ),
        ExpansionTarget::Teams { teams, property } => (
            Target::Teams(sizes(rule_set, teams)),
            format!("teams[{}].{property}", teams.join(", ")),
        ),
    };
    let steps = expansion.steps.iter().map(|step| Step {
        from: step.wait_time_seconds,
        value: shown(&step.value),
        matches: 0,
        players: 0,
    });
    Counted {
        target,
        name,
        steps: steps.collect(),
    }
}

/// The rule that a match must satisfy: the rule itself, or the compound rule that takes it over.
fn deciding_rule<'a>(rule_set: &'a RuleSet, name: &'a str) -> &'a str {
    let takes_over = rule_set.rules.iter().find(|rule| match &rule.statement {
        RuleStatement::Compound(compound) => compound.statement.rules().contains(&name),
        RuleStatement::Comparison(_)
        | RuleStatement::Distance(_)
        | RuleStatement::BatchDistance(_)
        | RuleStatement::Collection(_)
        | RuleStatement::Latency(_)
        | RuleStatement::AbsoluteSort(_)
        | RuleStatement::DistanceSort(_) => false,
    });
    takes_over.map_or(name, |rule| &rule.name)
}

fn sizes(rule_set: &RuleSet, named: &[String]) -> Vec<(u32, Sizes)> {
    let players = |players: u32| usize::try_from(players).unwrap_or(usize::MAX);
    let at = |age: u32| {
        let aged = rule_set.at_age(age);
        let teams = aged.teams.iter().flat_map(|team| {
            let size = named
                .contains(&team.name)
                .then(|| (players(team.min_players), players(team.max_players)));
            team.instances().map(move |_| size).collect::<Vec<_>>()
        });
        (age, teams.collect())
    };
    rule_set.ages().into_iter().map(at).collect()
}

fn shown(value: &ExpansionValue) -> String {
    match value {
        ExpansionValue::Number(number) => number.to_string(),
        ExpansionValue::Text(text) => text.clone(),
        ExpansionValue::TextList(texts) => texts.join(", "),
    }
}

impl Target {
    /// The age from which on the target allows the match.
    fn needed(&self, formed: &FormedMatch) -> u32 {
        match self {
            Self::Rule(name) => {
                let verdict = formed.verdicts.iter().find(|verdict| verdict.rule == *name);
                verdict.map_or(0, |verdict| verdict.allowed_from)
            }
            Self::Teams(ages) => {
                let fits = |sizes: &[Option<(usize, usize)>]| {
                    let teams = formed.teams.iter().zip(sizes);
                    teams
                        .filter_map(|(team, size)| Some((team.players.len(), (*size)?)))
                        .all(|(players, (min, max))| (min..=max).contains(&players))
                };
                let found = ages.iter().find(|(_, sizes)| fits(sizes));
                found.map_or(formed.requirements_age, |(age, _)| *age)
            }
        }
    }
}
