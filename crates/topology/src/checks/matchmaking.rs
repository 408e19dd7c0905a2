//! Matchmakers against their queues, their rule sets and the players' attributes.

use std::time::Duration;

use serde_json::Value;

use super::{Scope, unknown};
use crate::codes;
use crate::environment::{AttributeKind, Matchmaker};
use crate::findings::Finding;
use crate::node::Place;
use crate::units;

pub(super) fn check(scope: &mut Scope<'_>) {
    for (name, matchmaker) in &scope.environment.matchmaking {
        queue(scope, name, matchmaker);
        acceptance(scope, name, matchmaker);
        expansions(scope, name, matchmaker);
        attributes(scope, name, matchmaker);
        latency(scope, name, matchmaker);
        slots(scope, name, matchmaker);
    }
}

/// Where the rule set is named.
fn rules_place(scope: &Scope<'_>, name: &str) -> Place {
    let has_file = scope
        .view
        .root()
        .get("matchmaking")
        .and_then(|node| node.get(name)?.get("rules"))
        .is_some();
    scope.view.place(&[
        "matchmaking",
        name,
        if has_file { "rules" } else { "template" },
    ])
}

fn queue(scope: &mut Scope<'_>, name: &str, matchmaker: &Matchmaker) {
    let queues = &scope.environment.queues;
    if !queues.contains_key(&matchmaker.queue) {
        let place = scope.view.place(&["matchmaking", name, "queue"]);
        unknown(
            "queue",
            &matchmaker.queue,
            queues.keys().map(String::as_str),
            place,
            scope.findings,
        );
    }
}

fn acceptance(scope: &mut Scope<'_>, name: &str, matchmaker: &Matchmaker) {
    if let Some(acceptance) = matchmaker.acceptance
        && acceptance >= matchmaker.timeout
    {
        let place = scope.view.place(&["matchmaking", name, "acceptance"]);
        let (acceptance, timeout) = (units::show(acceptance), units::show(matchmaker.timeout));
        let message =
            format!("players get {acceptance} to accept, but tickets end after {timeout}");
        scope
            .findings
            .push_check(Finding::error(codes::ACCEPTANCE_TIME, place, message));
    }
}

/// The list behind a key, empty when there is none.
fn list<'value>(
    value: &'value Value,
    key: &str,
) -> impl Iterator<Item = &'value Value> + use<'value> {
    value
        .get(key)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

/// A number, which rule sets may write as text.
fn number(value: &Value) -> Option<f64> {
    value
        .as_f64()
        .or_else(|| value.as_str()?.trim().parse().ok())
}

fn expansions(scope: &mut Scope<'_>, name: &str, matchmaker: &Matchmaker) {
    for expansion in list(&matchmaker.rules, "expansions") {
        let target = expansion
            .get("target")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let waits =
            list(expansion, "steps").filter_map(|step| number(step.get("waitTimeSeconds")?));
        let Some(last) = waits.reduce(f64::max) else {
            continue;
        };
        if last >= matchmaker.timeout.as_secs_f64() {
            let timeout = units::show(matchmaker.timeout);
            let message = format!(
                "the rule set relaxes `{target}` after {last}s, but tickets end after {timeout}"
            );
            let place = rules_place(scope, name);
            let finding = Finding::error(codes::LATE_EXPANSION, place, message);
            scope.findings.push_check(finding.hint(format!(
                "raise `timeout` above {last}s, or move the step forward"
            )));
        }
    }
}

fn attributes(scope: &mut Scope<'_>, name: &str, matchmaker: &Matchmaker) {
    let place = rules_place(scope, name);
    for declared in list(&matchmaker.rules, "playerAttributes") {
        let Some(attribute) = declared.get("name").and_then(Value::as_str) else {
            continue;
        };
        let kind = declared
            .get("type")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let declared_type = scope
            .view
            .place(&["players", "attributes", attribute, "type"]);
        match scope.environment.attributes.get(attribute) {
            Some(_) if scope.findings.is_misshapen(declared_type) => {}
            None if has_default(declared) => {}
            None => {
                let message = format!(
                    "the rule set needs the player attribute `{attribute}`, which `players.attributes` doesn't declare"
                );
                let finding = Finding::error(codes::RULE_ATTRIBUTE, place, message);
                scope.findings.push_check(finding.hint(format!(
                    "add `{attribute}: {{ type: {kind} }}` to `players.attributes`"
                )));
            }
            Some(known) if type_name(known.kind) != kind => {
                let message = format!(
                    "the player attribute `{attribute}` is a {}, but the rule set takes it for a {kind}",
                    type_name(known.kind)
                );
                scope
                    .findings
                    .push_check(Finding::error(codes::RULE_ATTRIBUTE, place, message));
            }
            Some(_) => {}
        }
    }
}

/// FlexMatch takes an empty text for "no default".
fn has_default(attribute: &Value) -> bool {
    attribute
        .get("default")
        .is_some_and(|default| default.as_str() != Some(""))
}

fn type_name(kind: AttributeKind) -> &'static str {
    match kind {
        AttributeKind::String => "string",
        AttributeKind::Number => "number",
        AttributeKind::StringList => "string_list",
        AttributeKind::StringNumberMap => "string_number_map",
    }
}

/// The loosest latency that the rules come to, in milliseconds; nothing when they don't limit it.
fn loosest_latency(rules: &Value) -> Option<f64> {
    let mut loosest: Option<f64> = None;
    for rule in list(rules, "rules")
        .filter(|rule| rule.get("type").and_then(Value::as_str) == Some("latency"))
    {
        let own = rule.get("maxLatency").and_then(number);
        let name = rule.get("name").and_then(Value::as_str).unwrap_or_default();
        let target = format!("rules[{name}].maxLatency");
        let expansions = list(rules, "expansions")
            .filter(|expansion| expansion.get("target").and_then(Value::as_str) == Some(&target));
        let steps = expansions
            .flat_map(|expansion| list(expansion, "steps"))
            .filter_map(|step| number(step.get("value")?));
        let of_rule = steps.chain(own).reduce(f64::max);
        // Every rule must hold, so the strictest one decides.
        loosest = match (loosest, of_rule) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
    }
    loosest
}

fn latency(scope: &mut Scope<'_>, name: &str, matchmaker: &Matchmaker) {
    let Some(queue) = scope.environment.queues.get(&matchmaker.queue) else {
        return;
    };
    let (Some(policy), Some(allowed)) = (queue.latency.last(), loosest_latency(&matchmaker.rules))
    else {
        return;
    };
    let allowed = Duration::try_from_secs_f64(allowed / 1000.0).unwrap_or_default();
    if allowed > policy.at_most {
        let place = rules_place(scope, name);
        let (allowed, cap) = (units::show(allowed), units::show(policy.at_most));
        let message = format!(
            "the rule set allows {allowed}, but queue `{}` places nobody above {cap}",
            matchmaker.queue
        );
        let finding = Finding::warning(codes::LATENCY_GAP, place, message);
        scope
            .findings
            .push_check(finding.hint(format!("raise the queue's last `at_most` to {allowed}")));
    }
}

fn slots(scope: &mut Scope<'_>, name: &str, matchmaker: &Matchmaker) {
    let players = list(&matchmaker.rules, "teams").filter_map(|team| {
        let quantity = team.get("quantity").and_then(number).unwrap_or(1.0);
        Some(number(team.get("maxPlayers")?)? * quantity)
    });
    let Some(players) = players.reduce(|sum, team| sum + team) else {
        return;
    };
    if f64::from(matchmaker.extra_slots) >= players {
        let place = scope.view.place(&["matchmaking", name, "extra_slots"]);
        let message = format!(
            "{} of the {players} places of a match would stay open",
            matchmaker.extra_slots
        );
        scope
            .findings
            .push_check(Finding::error(codes::EXTRA_SLOTS, place, message));
    }
}
