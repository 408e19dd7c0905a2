//! Evaluates matches the plain way, over players and text, with nothing of the matcher's.
//!
//! Knows tickets of one player, and of expressions the forms that the laws use.

use std::collections::BTreeMap;

use flexmatch::matching::{FormedMatch, Player};
use flexmatch::{AttributeValue, RuleSet, RuleStatement};

pub(crate) struct Plain<'a> {
    pub(crate) rule_set: &'a RuleSet,
    pub(crate) players: &'a BTreeMap<String, Player>,
}

impl Plain<'_> {
    /// The rules and sizes that a match breaks under the requirements it claims to satisfy.
    pub(crate) fn broken(&self, formed: &FormedMatch) -> Vec<String> {
        let aged = self.rule_set.at_age(formed.requirements_age);
        let mut broken = Vec::new();
        let sizes = aged
            .teams
            .iter()
            .flat_map(|team| vec![team; team.quantity as usize]);
        for (team, expected) in formed.teams.iter().zip(sizes) {
            let players = team.players.len();
            if players < expected.min_players as usize || players > expected.max_players as usize {
                broken.push(format!("{} has {players} players", team.name));
            }
        }
        for rule in &aged.rules {
            if !self.holds(&rule.statement, formed) {
                broken.push(rule.name.clone());
            }
        }
        broken
    }

    fn holds(&self, statement: &RuleStatement, formed: &FormedMatch) -> bool {
        let all: Vec<&Player> = formed
            .players()
            .map(|player| &self.players[player.id.as_str()])
            .collect();
        match statement {
            RuleStatement::Latency(rule) => {
                let max = rule.max_latency.expect("the laws give one");
                all[0].latency.keys().any(|location| {
                    all.iter().all(|player| {
                        player
                            .latency
                            .get(location)
                            .is_some_and(|millis| f64::from(*millis) <= max)
                    })
                })
            }
            RuleStatement::BatchDistance(rule) => {
                let skills: Vec<f64> = all.iter().map(|player| skill(player)).collect();
                let max = skills.iter().copied().fold(f64::MIN, f64::max);
                let min = skills.iter().copied().fold(f64::MAX, f64::min);
                max - min <= rule.max_distance.expect("the laws give one")
            }
            RuleStatement::Distance(rule) => {
                let match_average = average(all.iter().map(|player| skill(player)));
                formed.teams.iter().all(|team| {
                    let team = team
                        .players
                        .iter()
                        .map(|player| skill(&self.players[player.id.as_str()]));
                    (average(team) - match_average).abs()
                        <= rule.max_distance.expect("the laws give one") + 1e-9
                })
            }
            RuleStatement::Comparison(_)
            | RuleStatement::Collection(_)
            | RuleStatement::AbsoluteSort(_)
            | RuleStatement::DistanceSort(_)
            | RuleStatement::Compound(_) => panic!("the laws don't use it"),
        }
    }
}

fn skill(player: &Player) -> f64 {
    match player.attributes.get("skill") {
        Some(AttributeValue::Number(skill)) => *skill,
        _ => panic!("every player of the laws has a skill"),
    }
}

fn average(numbers: impl Iterator<Item = f64>) -> f64 {
    let numbers: Vec<f64> = numbers.collect();
    numbers.iter().sum::<f64>() / f64::from(u32::try_from(numbers.len()).expect("few"))
}
