//! Queues: destinations, latency policies, certificates.

use std::collections::BTreeMap;
use std::time::Duration;

use facts::QuotaName;

use super::{Scope, repeated, unknown};
use crate::codes;
use crate::environment::{Destination, LatencyPolicy, Queue};
use crate::findings::Finding;
use crate::units;

pub(super) fn check(scope: &mut Scope<'_>) {
    for (name, queue) in &scope.environment.queues {
        destinations(scope, name, queue);
        latency(scope, name, queue);
        certificates(scope, name, &queue.destinations);
        interruptible(scope, name, &queue.destinations);
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
    let most = scope.environment.facts.quota(QuotaName::Destinations).limit;
    if count as u64 > most {
        let message = format!(
            "queue `{name}` has {count} destinations, regions counted; at most {most} are allowed"
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

/// Spot instances may all be interrupted at once.
fn interruptible(scope: &mut Scope<'_>, name: &str, destinations: &[Destination]) {
    let environment = scope.environment;
    let fleets: Vec<_> = destinations
        .iter()
        .filter_map(|at| environment.regions.get(&at.region)?.fleets.get(&at.fleet))
        .collect();
    let list = scope.view.root().get("queues");
    let list = list.and_then(|queues| queues.get(name)?.get("destinations"));
    let named = list.map(crate::shape::items).unwrap_or_default();
    let sound = named.iter().all(|item| {
        item.text().is_some_and(|fleet| {
            let key = scope.view.key(&["fleets", fleet]);
            scope.specs.contains_key(fleet) && !scope.findings.is_misshapen(key)
        })
    });
    if sound && !fleets.is_empty() && fleets.iter().all(|fleet| fleet.host.is_spot()) {
        let place = scope.view.key(&["queues", name, "destinations"]);
        let message = format!("queue `{name}` has Spot fleets only");
        scope.findings.push_check(
            Finding::warning(codes::ONLY_SPOT, place, message)
                .hint("add an On-Demand fleet behind them: `{ like: ..., spot: false }`"),
        );
    }
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
