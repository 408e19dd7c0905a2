//! Fleets: host, processes, ports, locations, capacity, scaling.

use facts::QuotaName;
use serde_json::Value as Json;

use super::ports::{self, Range};
use super::{Part, Scope};
use crate::{Finding, codes, literal};

pub(super) fn check(scope: &mut Scope<'_>) {
    for fleet in scope.parts("Fleet") {
        host(scope, &fleet);
        instance(scope, &fleet);
        processes(scope, &fleet);
        ports::check(scope, &fleet, "EC2InboundPermissions");
        server_ports(scope, &fleet);
        locations(scope, &fleet);
        capacity(scope, &fleet);
        scaling(scope, &fleet);
    }
}

fn is_anywhere(fleet: &Part<'_>) -> bool {
    fleet.text("ComputeType") == Some("ANYWHERE")
}

/// A managed fleet runs a build or a script, an Anywhere fleet neither.
fn host(scope: &mut Scope<'_>, fleet: &Part<'_>) {
    let given: Vec<&str> = ["BuildId", "ScriptId"]
        .into_iter()
        .filter(|name| fleet.is_given(name))
        .collect();
    if given.len() > 1 {
        let message = "a fleet runs a build or a script, not both";
        scope.push(Finding::error(
            codes::FLEET_HOST,
            fleet.path("ScriptId"),
            message,
        ));
    }
    if is_anywhere(fleet) {
        for name in [
            "BuildId",
            "ScriptId",
            "EC2InstanceType",
            "EC2InboundPermissions",
        ] {
            if fleet.is_given(name) {
                let message = format!("`{name}` has no place in an Anywhere fleet");
                scope.push(Finding::error(codes::FLEET_HOST, fleet.path(name), message));
            }
        }
        return;
    }
    let kind_is_known = fleet.is_absent("ComputeType") || fleet.text("ComputeType").is_some();
    if kind_is_known && fleet.is_absent("BuildId") && fleet.is_absent("ScriptId") {
        let path = format!("Resources/{}/Properties", fleet.id);
        let message = "a managed fleet needs a `BuildId` or a `ScriptId`";
        scope.push(Finding::error(codes::FLEET_HOST, path, message));
    }
}

fn instance(scope: &mut Scope<'_>, fleet: &Part<'_>) {
    let Some(instance) = fleet.text("EC2InstanceType") else {
        return;
    };
    let path = fleet.path("EC2InstanceType");
    if !scope.options.facts.has_instance(instance) {
        let message = format!("GameLift has no instance type `{instance}`");
        scope.push(Finding::error(codes::INSTANCE, &path, message));
    }
    let build = scope.part("Build", fleet.get("BuildId"));
    let system = build.and_then(|build| build.text("OperatingSystem"));
    if let Some(system) = system.filter(|system| system.starts_with("WINDOWS"))
        && facts::is_arm(instance)
    {
        let message = format!("`{instance}` has ARM processors, which do not run {system}");
        scope.push(Finding::error(codes::INSTANCE, path, message));
    }
}

fn server_processes<'run>(fleet: &Part<'run>) -> &'run [Json] {
    let configuration = fleet.get("RuntimeConfiguration");
    let processes = configuration.and_then(|configuration| configuration.get("ServerProcesses"));
    literal::list(processes).unwrap_or_default()
}

fn processes(scope: &mut Scope<'_>, fleet: &Part<'_>) {
    let total: f64 = server_processes(fleet)
        .iter()
        .filter_map(|process| literal::number(process.get("ConcurrentExecutions")))
        .sum();
    let quota = scope.options.facts.quota(QuotaName::Processes);
    #[expect(clippy::cast_precision_loss, reason = "a quota is small")]
    let limit = quota.limit as f64;
    if total > limit {
        let message =
            format!("an instance would run {total} processes, at most {limit} are allowed");
        let path = fleet.path("RuntimeConfiguration/ServerProcesses");
        scope.push(Finding::error(codes::PROCESSES, path, message));
    }
}

/// The port that a command line names: `-port 7777`, `--port=7777`.
fn named_port(parameters: &str) -> Option<f64> {
    let mut words = parameters
        .split([' ', '=', '\t'])
        .filter(|word| !word.is_empty());
    words.by_ref().find(|word| {
        word.trim_start_matches('-').eq_ignore_ascii_case("port") && word.starts_with('-')
    })?;
    words.next()?.parse::<u16>().ok().map(f64::from)
}

fn server_ports(scope: &mut Scope<'_>, fleet: &Part<'_>) {
    let permissions = fleet.list("EC2InboundPermissions");
    let open: Vec<Range> = permissions.iter().filter_map(ports::range).collect();
    if open.is_empty() || open.len() != permissions.len() {
        return;
    }
    for (index, process) in server_processes(fleet).iter().enumerate() {
        let Some(port) = literal::text(process.get("Parameters")).and_then(named_port) else {
            continue;
        };
        if !open
            .iter()
            .any(|range| range.from <= port && port <= range.to)
        {
            let path = format!("RuntimeConfiguration/ServerProcesses/{index}/Parameters");
            let message =
                format!("the server listens on port {port}, which the fleet does not open");
            scope.push(Finding::warning(
                codes::SERVER_PORT,
                fleet.path(&path),
                message,
            ));
        }
    }
}

/// Locations that exist, each once, not too many, and remote ones only from regions that have them.
pub(super) fn locations(scope: &mut Scope<'_>, fleet: &Part<'_>) {
    let list = fleet.list("Locations");
    let quota = scope.options.facts.quota(QuotaName::Locations);
    if list.len() as u64 > quota.limit && !list.iter().any(literal::is_function) {
        let message = format!(
            "{} locations, at most {} are allowed",
            list.len(),
            quota.limit
        );
        scope.push(Finding::error(
            codes::LOCATION,
            fleet.path("Locations"),
            message,
        ));
    }
    let mut remote = false;
    let mut seen: Vec<&str> = Vec::new();
    for (index, location) in list.iter().enumerate() {
        let Some(name) = literal::text(location.get("Location")) else {
            continue;
        };
        remote |= scope
            .options
            .region
            .as_deref()
            .is_some_and(|home| home != name);
        let path = fleet.path(&format!("Locations/{index}/Location"));
        if seen.contains(&name) {
            let message = format!("the location `{name}` is listed twice");
            scope.push(Finding::error(codes::LOCATION, &path, message));
        }
        seen.push(name);
        if let Some(message) = wrong_location(scope, fleet, name) {
            scope.push(Finding::error(codes::LOCATION, path, message));
        }
    }
    let region = scope.options.region.clone();
    if let Some(region) = region.filter(|region| !scope.options.facts.hosts_flexmatch(region))
        && remote
        && !is_anywhere(fleet)
    {
        let message = format!("fleets in {region} cannot have remote locations");
        scope.push(Finding::error(
            codes::REGION,
            fleet.path("Locations"),
            message,
        ));
    }
}

fn wrong_location(scope: &Scope<'_>, fleet: &Part<'_>, name: &str) -> Option<String> {
    let custom = name.starts_with("custom-");
    if is_anywhere(fleet) {
        return (!custom)
            .then(|| format!("`{name}` is no custom location, as Anywhere fleets have"));
    }
    // Locations of China and of isolated partitions are not in the facts.
    let judged = !["cn-", "us-gov-", "us-iso", "eu-iso", "eusc-"]
        .iter()
        .any(|partition| name.starts_with(partition));
    (judged && !scope.options.facts.locations().any(|known| known == name))
        .then(|| format!("GameLift has no location `{name}`"))
}

fn capacity(scope: &mut Scope<'_>, fleet: &Part<'_>) {
    for (index, location) in fleet.list("Locations").iter().enumerate() {
        let capacity = location.get("LocationCapacity");
        let of = |name| literal::number(capacity.and_then(|capacity| capacity.get(name)));
        let (min, desired, max) = (of("MinSize"), of("DesiredEC2Instances"), of("MaxSize"));
        let path = fleet.path(&format!("Locations/{index}/LocationCapacity"));
        order(scope, [min, desired, max], path);
    }
    let sizes = ["MinSize", "DesiredEC2Instances", "MaxSize"].map(|name| fleet.number(name));
    order(scope, sizes, format!("Resources/{}/Properties", fleet.id));
}

fn order(scope: &mut Scope<'_>, sizes: [Option<f64>; 3], path: String) {
    let known: Vec<f64> = sizes.into_iter().flatten().collect();
    if !known.is_sorted() {
        let words: Vec<String> = known.iter().map(ToString::to_string).collect();
        let message = format!(
            "capacity must be minimum <= desired <= maximum, but is {}",
            words.join(", ")
        );
        scope.push(Finding::error(codes::CAPACITY, path, message));
    }
}

fn scaling(scope: &mut Scope<'_>, fleet: &Part<'_>) {
    for (index, policy) in fleet.list("ScalingPolicies").iter().enumerate() {
        let of = |name| literal::text(policy.get(name));
        if of("PolicyType") == Some("TargetBased")
            && let Some(metric) =
                of("MetricName").filter(|name| *name != "PercentAvailableGameSessions")
        {
            let path = fleet.path(&format!("ScalingPolicies/{index}/MetricName"));
            let message = format!(
                "target-based scaling follows PercentAvailableGameSessions only, not {metric}"
            );
            scope.push(Finding::error(codes::SCALING, path, message));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn port_is_read_from_common_command_lines() {
        assert_eq!(named_port("-port 7777"), Some(7777.0));
        assert_eq!(named_port("-log --PORT=7777 -x"), Some(7777.0));
        assert_eq!(named_port("-port"), None);
        assert_eq!(named_port("-port auto"), None);
        assert_eq!(named_port("port 7777"), None);
        assert_eq!(named_port(""), None);
    }
}
