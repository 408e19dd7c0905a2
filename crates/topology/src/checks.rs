//! What must hold between values: references, limits of AWS, regions. One file per concern.

mod backend;
mod fleets;
mod matchmaking;
mod names;
mod queues;
mod quotas;
mod routes;
mod usage;

use std::collections::BTreeMap;

use facts::Facts;

use crate::codes;
use crate::decode::fleets::FleetSpec;
use crate::environment::{Build, Environment};
use crate::findings::{Finding, Findings};
use crate::nearest;
use crate::node::{Node, Place};
use crate::view::View;

/// An environment with the tree it was read from.
pub(crate) struct Scope<'run> {
    pub(crate) view: &'run View,
    pub(crate) environment: &'run Environment,
    pub(crate) specs: &'run BTreeMap<String, FleetSpec>,
    pub(crate) builds: &'run BTreeMap<String, Build>,
    pub(crate) findings: &'run mut Findings,
}

/// Checks everything outside of builds and fleets.
pub(crate) fn environment(scope: &mut Scope<'_>) {
    names::check(scope);
    backend::check(scope);
    routes::check(scope);
    queues::check(scope);
    matchmaking::check(scope);
    usage::check(scope);
    quotas::check(scope);
}

/// Checks what environments have in common: their accounts.
pub(crate) fn together(root: &Node, environments: &[Environment], findings: &mut Findings) {
    quotas::together(root, environments, findings);
}

/// Checks builds and fleets as one region sees them.
pub(crate) fn fleets(
    view: &View,
    specs: &BTreeMap<String, FleetSpec>,
    builds: &BTreeMap<String, Build>,
    facts: &Facts,
    findings: &mut Findings,
) {
    fleets::check(view, specs, builds, facts, findings);
}

/// Reports a name that nothing has.
fn unknown<'name>(
    what: &str,
    name: &str,
    known: impl IntoIterator<Item = &'name str> + Clone,
    place: Place,
    findings: &mut Findings,
) {
    let message = format!("unknown {what} `{name}`");
    findings.push_check(
        Finding::error(codes::UNKNOWN_NAME, place, message).hints(nearest::hint(name, known)),
    );
}

/// Names with commas between them.
fn listed<'name>(names: impl Iterator<Item = &'name str>) -> String {
    names.collect::<Vec<_>>().join(", ")
}

/// Warns about texts that stand in a list twice.
fn repeated(what: &str, node: Option<&std::sync::Arc<Node>>, findings: &mut Findings) {
    let mut seen = Vec::new();
    for item in node.map(crate::shape::items).unwrap_or_default() {
        let Some(text) = item.text() else { continue };
        if seen.contains(&text) {
            findings.push_check(Finding::warning(
                codes::REPEATED,
                item.place,
                format!("{what} `{text}` is listed twice"),
            ));
        }
        seen.push(text);
    }
}
