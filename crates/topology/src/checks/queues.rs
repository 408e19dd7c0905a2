//! Queues: destinations, latency policies, certificates.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{Scope, repeated, unknown};
use crate::codes;
use crate::environment::{Destination, LatencyPolicy, Queue};
use crate::findings::Finding;
use crate::units;

/// Destinations of a queue; AWS raises it on request.
const MOST_DESTINATIONS: usize = 10;

pub(super) fn check(scope: &mut Scope<'_>) {
    for (name, queue) in &scope.environment.queues {
        destinations(scope, name, queue);
        latency(scope, name, queue);
        certificates(scope, name, &queue.destinations);
        let node = scope
            .view
            .root()
            .get("queues")
            .and_then(|queues| queues.get(name));
        repeated(
            "fleet",
            node.and_then(|node| node.get("destinations")),
            scope.findings,
        );
        repeated(
            "criterion",
            node.and_then(|node| node.get("priority")),
            scope.findings,
        );
    }
}

fn destinations(scope: &mut Scope<'_>, name: &str, queue: &Queue) {
    let path = ["queues", name, "destinations"];
    let list = scope
        .view
        .root()
        .get("queues")
        .and_then(|queues| queues.get(name)?.get("destinations"));
    let Some(list) = list else { return };
    let mut complete = true;
    for item in crate::shape::items(list) {
        let Some(fleet) = item.text() else { continue };
        if !scope.specs.contains_key(fleet) {
            complete = false;
            unknown(
                "fleet",
                fleet,
                scope.specs.keys().map(String::as_str),
                item.place,
                scope.findings,
            );
        }
    }
    let count = queue.destinations.len();
    if count > MOST_DESTINATIONS {
        let message = format!(
            "queue `{name}` has {count} destinations, regions counted; at most {MOST_DESTINATIONS} are allowed"
        );
        scope.findings.push_check(Finding::error(
            codes::DESTINATIONS,
            scope.view.key(&path),
            message,
        ));
    } else if count == 0 && complete {
        let message = format!("queue `{name}` has no destination in any region");
        scope.findings.push_check(Finding::error(
            codes::DESTINATIONS,
            scope.view.key(&path),
            message,
        ));
    }
}

fn latency(scope: &mut Scope<'_>, name: &str, queue: &Queue) {
    let mut elapsed = Duration::ZERO;
    for (index, policy) in queue.latency.iter().enumerate() {
        let place = |field| {
            scope
                .view
                .place(&["queues", name, "latency", &index.to_string(), field])
        };
        let (at_most, lasts) = (place("at_most"), place("for"));
        let before = index
            .checked_sub(1)
            .and_then(|index| queue.latency.get(index));
        if let Some(message) = before.and_then(|before| out_of_order(before, policy)) {
            scope
                .findings
                .push_check(Finding::error(codes::LATENCY_ORDER, at_most, message));
        }
        let timeout = units::show(queue.timeout);
        if elapsed >= queue.timeout {
            let message = format!(
                "this policy would start after {}; the queue gives up after {timeout}",
                units::show(elapsed)
            );
            scope
                .findings
                .push_check(Finding::error(codes::LATENCY_TIME, at_most, message));
        }
        elapsed = elapsed.saturating_add(policy.lasts.unwrap_or_default());
        if elapsed > queue.timeout && policy.lasts.is_some() {
            let message = format!(
                "the policies take {}; the queue gives up after {timeout}",
                units::show(elapsed)
            );
            let finding = Finding::error(codes::LATENCY_TIME, lasts, message);
            scope.findings.push_check(
                finding.hint("leave out the last `for`, or raise the queue's `timeout`"),
            );
        }
    }
}

/// What is wrong with one policy after another.
fn out_of_order(before: &LatencyPolicy, policy: &LatencyPolicy) -> Option<String> {
    if before.lasts.is_none() {
        return Some("the policy before this one has no `for`, so this one never holds".to_owned());
    }
    let (cap, earlier) = (units::show(policy.at_most), units::show(before.at_most));
    (policy.at_most <= before.at_most)
        .then(|| format!("`at_most` is {cap} after {earlier}; policies must loosen"))
}

fn certificates(scope: &mut Scope<'_>, name: &str, destinations: &[Destination]) {
    let mut by_setting: BTreeMap<bool, &Destination> = BTreeMap::new();
    for destination in destinations {
        let region = scope.environment.regions.get(&destination.region);
        if let Some(fleet) = region.and_then(|region| region.fleets.get(&destination.fleet)) {
            by_setting.entry(fleet.certificate).or_insert(destination);
        }
    }
    if let (Some(with), Some(without)) = (by_setting.get(&true), by_setting.get(&false)) {
        let message = format!("queue `{name}` mixes fleets with and without certificates");
        let place = scope.view.key(&["queues", name, "destinations"]);
        scope.findings.push_check(
            Finding::error(codes::CERTIFICATES, place, message)
                .note(format!("with: `{}` in {}", with.fleet, with.region))
                .note(format!(
                    "without: `{}` in {}",
                    without.fleet, without.region
                ))
                .hint("give all its fleets the same `certificate`"),
        );
    }
}
