//! Physical names that fit their services, and names that the backend uses itself.

use super::Scope;
use crate::codes;
use crate::findings::Finding;
use crate::node::Place;

/// The handlers that every backend has.
const HANDLERS: [&str; 7] = [
    "start-matchmaking",
    "ticket-status",
    "cancel-ticket",
    "accept-match",
    "match-events",
    "reconcile-tickets",
    "list-regions",
];

/// The tables that every backend has.
pub(super) const TABLES: [&str; 2] = ["players", "tickets"];

/// What a content hash adds to a name, its hyphen included.
const HASH: usize = 13;

pub(super) fn check(scope: &mut Scope<'_>) {
    let environment = scope.environment;
    let longest = HANDLERS
        .iter()
        .max_by_key(|name| name.len())
        .copied()
        .unwrap_or_default();
    let place = scope.view.place(&["name"]);
    fits(scope, "a Lambda function", longest, 64, place);
    fits(scope, "a stack", "backend", 128, place);
    for name in environment.functions.keys() {
        let place = scope.view.key(&["functions", name]);
        fits(scope, "a Lambda function", name, 64, place);
        taken(scope, "function", name, &HANDLERS, place);
    }
    for name in environment.tables.keys() {
        let place = scope.view.key(&["tables", name]);
        fits(scope, "a DynamoDB table", name, 255, place);
        taken(scope, "table", name, &TABLES, place);
    }
    for name in environment.queues.keys() {
        let place = scope.view.key(&["queues", name]);
        fits(scope, "a queue", name, 128, place);
    }
    for name in environment.matchmaking.keys() {
        let place = scope.view.key(&["matchmaking", name]);
        fits(
            scope,
            "a rule set with its content hash",
            name,
            128 - HASH,
            place,
        );
    }
    for name in scope.specs.keys() {
        let place = scope.view.key(&["fleets", name]);
        // Container group definitions are versioned under their name.
        fits(scope, "a fleet", name, 128, place);
    }
}

fn fits(scope: &mut Scope<'_>, what: &str, name: &str, limit: usize, place: Place) {
    let whole = format!(
        "{}-{}-{name}",
        scope.environment.topology, scope.environment.name
    );
    let length = whole.chars().count();
    if length > limit {
        let message =
            format!("the name of {what}, `{whole}`, has {length} characters; at most {limit} fit");
        scope
            .findings
            .push_check(Finding::error(codes::NAME_TOO_LONG, place, message));
    }
}

fn taken(scope: &mut Scope<'_>, what: &str, name: &str, built_in: &[&str], place: Place) {
    if built_in.contains(&name) {
        let message = format!("the backend has a {what} `{name}` of its own");
        let finding = Finding::error(codes::RESERVED_NAME, place, message);
        scope
            .findings
            .push_check(finding.hint(format!("rename it, for example `my-{name}`")));
    }
}
