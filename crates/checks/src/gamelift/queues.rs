//! Queues: destinations, filters, latency policies, certificates.

use facts::QuotaName;
use serde_json::Value as Json;

use super::{Part, Scope};
use crate::{Finding, codes, literal};

pub(super) fn check(scope: &mut Scope<'_>) {
    for queue in scope.parts("GameSessionQueue") {
        destinations(scope, &queue);
        latency(scope, &queue);
        certificates(scope, &queue);
        filter(scope, &queue);
    }
}

fn destinations(scope: &mut Scope<'_>, queue: &Part<'_>) {
    let list = queue.list("Destinations");
    let quota = scope.options.facts.quota(QuotaName::Destinations);
    if list.len() as u64 > quota.limit && !list.iter().any(literal::is_function) {
        let message = format!(
            "{} destinations, accounts have {} at first",
            list.len(),
            quota.limit
        );
        let path = queue.path("Destinations");
        scope.push(Finding::warning(codes::DESTINATIONS, path, message));
    }
    let arns: Vec<_> = list
        .iter()
        .map(|destination| destination.get("DestinationArn"))
        .collect();
    for (index, arn) in arns.iter().enumerate() {
        if arn.is_some()
            && arns
                .get(..index)
                .is_some_and(|earlier| earlier.contains(arn))
        {
            let path = queue.path(&format!("Destinations/{index}"));
            let message = "the queue already has this destination";
            scope.push(Finding::warning(codes::DESTINATIONS, path, message));
        }
    }
}

/// A policy as far as it is literal.
struct Policy {
    cap: Option<f64>,
    lasts: Option<f64>,
    open: bool,
}

fn policy(value: &Json) -> Policy {
    let duration = value.get("PolicyDurationSeconds");
    Policy {
        cap: literal::number(value.get("MaximumIndividualPlayerLatencyMilliseconds")),
        lasts: literal::number(duration),
        open: literal::is_absent(duration),
    }
}

fn latency(scope: &mut Scope<'_>, queue: &Part<'_>) {
    let list = queue.list("PlayerLatencyPolicies");
    if list.iter().any(literal::is_function) {
        return;
    }
    let policies: Vec<Policy> = list.iter().map(policy).collect();
    let path = |index| queue.path(&format!("PlayerLatencyPolicies/{index}"));
    for (index, pair) in policies.windows(2).enumerate() {
        let [before, after] = pair else { continue };
        if let (Some(before), Some(after)) = (before.cap, after.cap)
            && after <= before
        {
            let message = format!("the cap is {after}ms after {before}ms: policies must loosen");
            scope.push(Finding::error(
                codes::LATENCY_ORDER,
                path(index + 1),
                message,
            ));
        }
        if before.open {
            let message = "the policy before this one has no duration, so this one never holds";
            scope.push(Finding::error(
                codes::LATENCY_ORDER,
                path(index + 1),
                message,
            ));
        }
    }
    let total: f64 = policies.iter().filter_map(|policy| policy.lasts).sum();
    if let Some(timeout) = queue
        .number("TimeoutInSeconds")
        .filter(|timeout| total > *timeout)
    {
        let message =
            format!("the policies take {total}s, but the queue gives up after {timeout}s");
        let path = queue.path("PlayerLatencyPolicies");
        scope.push(Finding::warning(codes::LATENCY_TIME, path, message));
    }
}

/// Fleets of a queue need the same setting; it is told of fleets and aliases in the same template only.
fn certificates(scope: &mut Scope<'_>, queue: &Part<'_>) {
    let settings: Vec<bool> = queue
        .list("Destinations")
        .iter()
        .filter_map(|destination| fleet(scope, destination.get("DestinationArn")?))
        .filter_map(|fleet| certificate(&fleet))
        .collect();
    if settings.contains(&true) && settings.contains(&false) {
        let message = "the queue mixes fleets with and without certificates";
        let path = queue.path("Destinations");
        scope.push(Finding::error(codes::CERTIFICATES, path, message));
    }
}

/// Allowed locations that no fleet of the queue has. Told only where all fleets and the Region are known.
fn filter(scope: &mut Scope<'_>, queue: &Part<'_>) {
    let Some(region) = scope.options.region.clone() else {
        return;
    };
    let allowed = queue
        .get("FilterConfiguration")
        .and_then(|filter| filter.get("AllowedLocations"));
    let allowed = literal::list(allowed).unwrap_or_default();
    let destinations = queue.list("Destinations").iter();
    let fleets: Option<Vec<Part<'_>>> = destinations
        .map(|destination| fleet(scope, destination.get("DestinationArn")?))
        .collect();
    let known: Option<Vec<&str>> = fleets
        .unwrap_or_default()
        .iter()
        .map(locations)
        .reduce(|all, more| Some([all?, more?].concat()))
        .flatten();
    let Some(known) = known else { return };
    for (index, location) in allowed.iter().enumerate() {
        let Some(location) = location.as_str() else {
            continue;
        };
        if location != region && !known.contains(&location) {
            let message = format!("no fleet of the queue is in the allowed location `{location}`");
            let path = queue.path(&format!("FilterConfiguration/AllowedLocations/{index}"));
            let hint = format!(
                "add the location to a fleet, or remove it; the fleets are in: {}",
                [&[region.as_str()], &*known].concat().join(", ")
            );
            scope.push(Finding::warning(codes::QUEUE_FILTER, path, message).hint(hint));
        }
    }
}

/// The remote locations of a fleet; `None` when they aren't all literal.
fn locations<'run>(fleet: &Part<'run>) -> Option<Vec<&'run str>> {
    if !fleet.is_absent("Locations") && literal::list(fleet.get("Locations")).is_none() {
        return None;
    }
    let list = fleet.list("Locations").iter();
    list.map(|entry| entry.get("Location")?.as_str()).collect()
}

/// The fleet that a destination leads to, directly or through an alias.
fn fleet<'run>(scope: &Scope<'run>, arn: &Json) -> Option<Part<'run>> {
    let direct = |value| scope.part("Fleet", value);
    direct(Some(arn)).or_else(|| {
        let alias = scope.part("Alias", Some(arn))?;
        direct(alias.get("RoutingStrategy")?.get("FleetId"))
    })
}

fn certificate(fleet: &Part<'_>) -> Option<bool> {
    if fleet.is_absent("CertificateConfiguration") {
        return Some(false);
    }
    let kind = fleet
        .get("CertificateConfiguration")?
        .get("CertificateType");
    literal::text(kind).map(|kind| kind == "GENERATED")
}
