//! What expansions name, and what their steps do to it.

use crate::code;
use crate::model::expansion::{Expansion, ExpansionTarget};
use crate::model::rule::RuleType;
use crate::path::Path;
use crate::report::Report;
use crate::shape::{Draft, Item};
use crate::suggest;

const TEAM_PROPERTIES: [&str; 2] = ["minPlayers", "maxPlayers"];

/// Properties whose value is a number.
const NUMERIC: [&str; 7] = [
    "minPlayers",
    "maxPlayers",
    "minDistance",
    "maxDistance",
    "maxLatency",
    "minCount",
    "maxCount",
];

pub(crate) fn check(draft: &Draft, report: &mut Report<'_>) {
    let mut seen: Vec<&ExpansionTarget> = Vec::new();
    for expansion in &draft.expansions {
        let path = expansion.path.key("target");
        let target = &expansion.value.target;
        if seen.contains(&target) {
            report
                .warning(
                    &path,
                    code::UNDOCUMENTED,
                    "an earlier expansion has the same target",
                )
                .hint("Put all steps into one expansion: which of the two wins isn't documented.");
        }
        seen.push(target);
        match target {
            ExpansionTarget::Rule { rule, property } => {
                check_rule(rule, property, &path, draft, report);
            }
            ExpansionTarget::Teams { teams, property } => {
                teams
                    .iter()
                    .for_each(|team| check_team(team, property, &path, draft, report));
                warn_of_crossed_sizes(expansion, teams, property, draft, report);
            }
        }
        check_values(expansion, report);
    }
}

fn check_rule(rule: &str, property: &str, path: &Path, draft: &Draft, report: &mut Report<'_>) {
    let declared = &draft.declared.rules;
    let Some((_, _, rule_type)) = declared.iter().find(|(_, name, _)| name == rule) else {
        let known = declared.iter().map(|(_, name, _)| name.as_str());
        let message = format!("expands rule `{rule}`, which doesn't exist");
        report.error(path, code::EXPANSION_ITEM, message).hint = suggest::hint(rule, known);
        return;
    };
    match rule_type {
        Some(RuleType::Compound) => {
            report
                .error(
                    path,
                    code::EXPANSION_ITEM,
                    format!("rule `{rule}` is a compound rule, which can't be expanded"),
                )
                .hint("Expand the rules that it combines.");
        }
        Some(rule_type) if !rule_type.properties().contains(&property) => {
            let message = format!(
                "rule `{rule}` is a `{rule_type}` rule, which has no property `{property}`"
            );
            report.error(path, code::EXPANSION_ITEM, message).hint =
                suggest::hint(property, rule_type.properties().iter().copied());
        }
        Some(_) | None => {}
    }
}

fn check_team(team: &str, property: &str, path: &Path, draft: &Draft, report: &mut Report<'_>) {
    if !draft.declared.teams.iter().any(|name| name == team) {
        let known = draft.declared.teams.iter().map(String::as_str);
        let message = format!("expands team `{team}`, which doesn't exist");
        report.error(path, code::EXPANSION_ITEM, message).hint = suggest::hint(team, known);
    }
    if !TEAM_PROPERTIES.contains(&property) {
        let message = format!("a team has no property `{property}` that can be expanded");
        report.error(path, code::EXPANSION_ITEM, message).hint =
            suggest::hint(property, TEAM_PROPERTIES);
    }
}

fn check_values(expansion: &Item<Expansion>, report: &mut Report<'_>) {
    let (ExpansionTarget::Rule { property, .. } | ExpansionTarget::Teams { property, .. }) =
        &expansion.value.target;
    if !NUMERIC.contains(&property.as_str()) {
        return;
    }
    for (index, step) in expansion.value.steps.iter().enumerate() {
        let path = expansion.path.key("steps").index(index).key("value");
        match step.value.number() {
            None => {
                report.error(
                    &path,
                    code::WRONG_TYPE,
                    format!("`{property}` is a number, this step's value isn't"),
                );
            }
            Some(number) if number < 0.0 => {
                let message = format!("`{property}` becomes {number}, it can't be negative");
                report.error(&path, code::OUT_OF_RANGE, message);
            }
            Some(_) => {}
        }
    }
}

/// Warns of a step that puts a minimum above a maximum which no expansion moves.
fn warn_of_crossed_sizes(
    expansion: &Item<Expansion>,
    teams: &[String],
    property: &str,
    draft: &Draft,
    report: &mut Report<'_>,
) {
    let moves_other = |team: &str| {
        draft
            .expansions
            .iter()
            .any(|other| match &other.value.target {
                ExpansionTarget::Teams {
                    teams,
                    property: moved,
                } => moved != property && teams.iter().any(|name| name == team),
                ExpansionTarget::Rule { .. } => false,
            })
    };
    let named = draft
        .teams
        .iter()
        .map(|team| &team.value)
        .filter(|team| teams.contains(&team.name));
    for team in named.filter(|team| !moves_other(&team.name)) {
        for (index, step) in expansion.value.steps.iter().enumerate() {
            let Some(value) = step.value.number() else {
                continue;
            };
            let crossed = match property {
                "minPlayers" => value > f64::from(team.max_players),
                "maxPlayers" => value < f64::from(team.min_players),
                _ => false,
            };
            if crossed {
                let path = expansion.path.key("steps").index(index).key("value");
                let message = format!(
                    "with `{property}` {value}, team `{}` can't be filled",
                    team.name
                );
                report.warning(&path, code::STEP_EXCEEDS_MAX, message);
            }
        }
    }
}
