//! What is defined but not used.

use std::collections::BTreeSet;

use super::Scope;
use crate::codes;
use crate::environment::Host;
use crate::findings::Finding;

pub(super) fn check(scope: &mut Scope<'_>) {
    let environment = scope.environment;
    let queues: BTreeSet<_> = environment
        .matchmaking
        .values()
        .map(|matchmaker| matchmaker.queue.as_str())
        .collect();
    let fleets: BTreeSet<_> = environment
        .queues
        .values()
        .flat_map(|queue| {
            queue
                .destinations
                .iter()
                .map(|destination| destination.fleet.as_str())
        })
        .collect();
    let builds: BTreeSet<_> = scope
        .specs
        .values()
        .filter_map(|spec| match &spec.fleet.host {
            Host::Ec2 { build, .. } => Some(build.as_str()),
            Host::Container(_) | Host::Anywhere { .. } => None,
        })
        .collect();
    let functions: BTreeSet<_> = environment
        .routes
        .iter()
        .map(|route| route.function.as_str())
        .collect();
    warn(
        scope,
        "queues",
        "queue",
        "no matchmaker uses it",
        environment.queues.keys(),
        &queues,
    );
    warn(
        scope,
        "fleets",
        "fleet",
        "no queue names it",
        scope.specs.keys(),
        &fleets,
    );
    warn(
        scope,
        "builds",
        "build",
        "no fleet runs it",
        scope.builds.keys(),
        &builds,
    );
    warn(
        scope,
        "functions",
        "function",
        "no route calls it",
        environment.functions.keys(),
        &functions,
    );
}

fn warn<'name>(
    scope: &mut Scope<'_>,
    section: &str,
    what: &str,
    reason: &str,
    defined: impl Iterator<Item = &'name String>,
    used: &BTreeSet<&str>,
) {
    for name in defined.filter(|name| !used.contains(name.as_str())) {
        let place = scope.view.key(&[section, name]);
        scope.findings.push_check(Finding::warning(
            codes::UNUSED,
            place,
            format!("the {what} `{name}` is not used: {reason}"),
        ));
    }
}
