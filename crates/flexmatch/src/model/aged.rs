//! What a rule set demands of tickets of a certain age: its expansions applied.

use super::expansion::{Expansion, ExpansionTarget, ExpansionValue};
use super::expression::Expression;
use super::rule::{ReferenceValue, RuleStatement};
use super::rule_set::{RuleSet, Team};
use crate::keyword::Keyword;

impl RuleSet {
    /// The ages in whole seconds from which on a different set of requirements applies; the first is 0.
    pub fn ages(&self) -> Vec<u32> {
        let steps = self
            .expansions
            .iter()
            .flat_map(|expansion| &expansion.steps);
        let mut ages: Vec<u32> = steps.map(|step| step.wait_time_seconds).collect();
        ages.push(0);
        ages.sort_unstable();
        ages.dedup();
        ages
    }

    /// The rule set as it applies at an age: of each expansion the latest step that has been reached replaces its target.
    #[must_use]
    pub fn at_age(&self, seconds: u32) -> Self {
        let mut aged = self.clone();
        for expansion in &self.expansions {
            if let Some(value) = reached(expansion, seconds) {
                apply(&mut aged, &expansion.target, value);
            }
        }
        aged.expansions.clear();
        aged
    }
}

fn reached(expansion: &Expansion, seconds: u32) -> Option<&ExpansionValue> {
    let reached = expansion
        .steps
        .iter()
        .filter(|step| step.wait_time_seconds <= seconds);
    reached
        .max_by_key(|step| step.wait_time_seconds)
        .map(|step| &step.value)
}

fn apply(rule_set: &mut RuleSet, target: &ExpansionTarget, value: &ExpansionValue) {
    match target {
        ExpansionTarget::Rule { rule, property } => {
            let rules = rule_set.rules.iter_mut();
            rules
                .filter(|candidate| candidate.name == *rule)
                .for_each(|rule| apply_to_rule(&mut rule.statement, property, value));
        }
        ExpansionTarget::Teams { teams, property } => {
            let named = rule_set.teams.iter_mut();
            named
                .filter(|team| teams.contains(&team.name))
                .for_each(|team| apply_to_team(team, property, value));
        }
    }
}

fn apply_to_team(team: &mut Team, property: &str, value: &ExpansionValue) {
    let Some(players) = value.count() else { return };
    match property {
        "minPlayers" => team.min_players = players,
        "maxPlayers" => team.max_players = players,
        _ => {}
    }
}

fn apply_to_rule(statement: &mut RuleStatement, property: &str, value: &ExpansionValue) {
    match statement {
        RuleStatement::Comparison(rule) => match property {
            "referenceValue" => rule.reference_value = value.reference(),
            "operation" => replace_word(&mut rule.operation, value),
            "partyAggregation" => replace_word(&mut rule.party_aggregation, value),
            "measurements" => replace_measurements(&mut rule.measurements, value),
            _ => {}
        },
        RuleStatement::Distance(rule) => match property {
            "referenceValue" => {
                rule.reference_value = value.reference().unwrap_or(rule.reference_value.clone());
            }
            "minDistance" => rule.min_distance = value.number(),
            "maxDistance" => rule.max_distance = value.number(),
            "partyAggregation" => replace_word(&mut rule.party_aggregation, value),
            "measurements" => replace_measurements(&mut rule.measurements, value),
            _ => {}
        },
        RuleStatement::BatchDistance(rule) => match property {
            "maxDistance" => rule.max_distance = value.number(),
            "partyAggregation" => replace_word(&mut rule.party_aggregation, value),
            "batchAttribute" => replace_text(&mut rule.batch_attribute, value),
            _ => {}
        },
        RuleStatement::Collection(rule) => match property {
            "referenceValue" => rule.reference_value = value.reference(),
            "minCount" => rule.min_count = value.count(),
            "maxCount" => rule.max_count = value.count(),
            "operation" => replace_word(&mut rule.operation, value),
            "partyAggregation" => replace_word(&mut rule.party_aggregation, value),
            "measurements" => replace_measurements(&mut rule.measurements, value),
            _ => {}
        },
        RuleStatement::Latency(rule) => match property {
            "maxLatency" => rule.max_latency = value.number(),
            "maxDistance" => rule.max_distance = value.number(),
            "distanceReference" => rule.distance_reference = value.word(),
            "partyAggregation" => replace_word(&mut rule.party_aggregation, value),
            _ => {}
        },
        RuleStatement::AbsoluteSort(rule) | RuleStatement::DistanceSort(rule) => match property {
            "sortDirection" => replace_word(&mut rule.direction, value),
            "sortAttribute" => replace_text(&mut rule.attribute, value),
            "mapKey" => rule.map_key = value.word(),
            "partyAggregation" => replace_word(&mut rule.party_aggregation, value),
            _ => {}
        },
        RuleStatement::Compound(_) => {}
    }
}

fn replace_word<K: Keyword>(word: &mut K, value: &ExpansionValue) {
    *word = value.word().unwrap_or(*word);
}

fn replace_text(text: &mut String, value: &ExpansionValue) {
    if let ExpansionValue::Text(new) = value {
        text.clone_from(new);
    }
}

fn replace_measurements(measurements: &mut Vec<Expression>, value: &ExpansionValue) {
    let texts: &[String] = match value {
        ExpansionValue::Text(text) => std::slice::from_ref(text),
        ExpansionValue::TextList(texts) => texts,
        ExpansionValue::Number(_) => return,
    };
    let parsed: Result<Vec<Expression>, _> = texts.iter().map(|text| text.parse()).collect();
    if let Ok(parsed) = parsed {
        *measurements = parsed;
    }
}

impl ExpansionValue {
    /// The value as a number; numbers in strings are published, too.
    pub(crate) fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => text.trim().parse().ok().filter(|n: &f64| n.is_finite()),
            Self::TextList(_) => None,
        }
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a float to integer cast saturates, and counts are far below the limit"
    )]
    fn count(&self) -> Option<u32> {
        self.number().map(|number| number as u32)
    }

    fn word<K: Keyword>(&self) -> Option<K> {
        match self {
            Self::Text(text) => K::from_word(text),
            Self::Number(_) | Self::TextList(_) => None,
        }
    }

    fn reference(&self) -> Option<ReferenceValue> {
        match self {
            Self::Number(number) => Some(ReferenceValue::Number(*number)),
            Self::TextList(texts) => Some(ReferenceValue::TextList(texts.clone())),
            Self::Text(text) if Expression::is_meant(text) => {
                text.parse().ok().map(ReferenceValue::Expression)
            }
            Self::Text(text) => Some(ReferenceValue::Text(text.clone())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::rule::RuleStatement;

    const BODY: &str = r#"{"ruleLanguageVersion": "1.0",
        "teams": [{"name": "red", "minPlayers": 4, "maxPlayers": 5}],
        "rules": [{"name": "Near", "type": "latency", "maxLatency": 50}],
        "expansions": [
            {"target": "rules[Near].maxLatency", "steps": [{"waitTimeSeconds": 10, "value": 100}, {"waitTimeSeconds": 20, "value": "150"}]},
            {"target": "teams[red].minPlayers", "steps": [{"waitTimeSeconds": 15, "value": 2}]}
        ]}"#;

    #[track_caller]
    fn check(age: u32, latency: f64, players: u32) {
        let rule_set = crate::parse(BODY).rule_set.expect("it is valid");
        let aged = rule_set.at_age(age);
        let RuleStatement::Latency(rule) = &aged.rules[0].statement else {
            panic!("it is a latency rule")
        };
        assert_eq!(rule.max_latency, Some(latency));
        assert_eq!(aged.teams[0].min_players, players);
    }

    #[test]
    fn the_latest_reached_step_of_each_expansion_applies() {
        check(0, 50.0, 4);
        check(9, 50.0, 4);
        check(10, 100.0, 4);
        check(15, 100.0, 2);
        check(20, 150.0, 2);
        check(10_000, 150.0, 2);
    }

    #[test]
    fn ages_are_sorted_and_start_at_zero() {
        let rule_set = crate::parse(BODY).rule_set.expect("it is valid");
        assert_eq!(rule_set.ages(), [0, 10, 15, 20]);
    }
}
