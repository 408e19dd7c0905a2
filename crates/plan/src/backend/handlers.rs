//! The functions of the backend: the built-in handlers, what each may do, and the user's own.
//!
//! The rights follow `lambdas/README.md`, which says which handler calls what.

use cloudformation::intrinsic::{get_att, reference};
use std::collections::BTreeMap;

use serde_json::{Value as Json, json};
use topology::environment::{self, AttributeKind, Environment};

use super::functions::{Function, Invocation};
use super::tables::{OPEN_TICKETS, table_id};
use crate::beacons::{beacons, locations};
use crate::naming::{logical_id, physical_name};
use crate::policy::{allow, sub};

/// A route of the API.
#[derive(Clone, Debug)]
pub(crate) struct Route {
    pub(crate) method: String,
    pub(crate) path: String,
    /// Prefix of the function's logical ids.
    pub(crate) function: String,
    /// Model of the request body in the OpenAPI document.
    pub(crate) model: Option<&'static str>,
}

/// All routes: the built-in ones, then the user's.
pub(crate) fn routes(environment: &Environment) -> Vec<Route> {
    let built_in = [
        ("POST", "/tickets", "StartMatchmaking", Some("StartTicket")),
        ("GET", "/tickets/{id}", "TicketStatus", None),
        ("DELETE", "/tickets/{id}", "CancelTicket", None),
        (
            "POST",
            "/tickets/{id}/acceptance",
            "AcceptMatch",
            Some("Acceptance"),
        ),
        ("GET", "/regions", "ListRegions", None),
    ]
    .map(|(method, path, function, model)| Route {
        method: method.to_owned(),
        path: path.to_owned(),
        function: function.to_owned(),
        model,
    });
    let own = environment.routes.iter().map(|route| Route {
        method: route.method.clone(),
        path: route.path.clone(),
        function: user_function_id(&route.function),
        model: None,
    });
    built_in.into_iter().chain(own).collect()
}

/// All functions: the built-in handlers, then the user's.
pub(crate) fn functions(environment: &Environment) -> Vec<Function> {
    let mut functions = vec![
        start_matchmaking(environment),
        ticket_status(environment),
        cancel_ticket(environment),
        accept_match(environment),
        match_events(environment),
        reconcile_tickets(environment),
        list_regions(environment),
    ];
    functions.extend(
        environment
            .functions
            .iter()
            .map(|(name, function)| user_function(environment, name, function)),
    );
    functions
}

fn user_function_id(name: &str) -> String {
    logical_id(&["own", name])
}

fn handler(
    environment: &Environment,
    package: &str,
    timeout_seconds: u64,
    variables: &[(&str, Json)],
    statements: Vec<Json>,
) -> Function {
    let namespace = ("METRICS_NAMESPACE", json!(prefix(environment)));
    Function {
        id: logical_id(&[package]),
        package: package.to_owned(),
        memory_mib: 256,
        timeout_seconds,
        variables: variables
            .iter()
            .chain([&namespace])
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect(),
        statements,
        invocation: Invocation::Synchronous,
    }
}

/// Tickets carry it, so that events of other environments are told apart.
fn prefix(environment: &Environment) -> String {
    format!("{}-{}", environment.topology, environment.name)
}

fn arn(table: &str) -> Json {
    get_att(table_id(table), "Arn").into()
}

fn name(table: &str) -> Json {
    reference(table_id(table)).into()
}

/// FlexMatch's ticket calls take no resource in a policy (AWS service authorization reference).
fn flexmatch(actions: &[&str]) -> Json {
    allow(actions, &["*".into()])
}

fn tickets_table() -> (&'static str, Json) {
    ("TICKETS_TABLE", name("tickets"))
}

fn players_table() -> (&'static str, Json) {
    ("PLAYERS_TABLE", name("players"))
}

fn start_matchmaking(environment: &Environment) -> Function {
    let variables = [
        tickets_table(),
        players_table(),
        ("TICKET_PREFIX", json!(prefix(environment))),
        ("MATCHMAKERS", text(&matchmakers(environment))),
        ("ATTRIBUTES", text(&attributes(environment))),
        ("LOCATIONS", text(&json!(locations(environment)))),
    ];
    let statements = vec![
        allow(&["dynamodb:GetItem", "dynamodb:PutItem"], &[arn("tickets")]),
        allow(
            &["dynamodb:GetItem", "dynamodb:UpdateItem"],
            &[arn("players")],
        ),
        flexmatch(&["gamelift:StartMatchmaking", "gamelift:StopMatchmaking"]),
    ];
    // API Gateway gives up after 29 seconds.
    handler(environment, "start-matchmaking", 29, &variables, statements)
}

fn ticket_status(environment: &Environment) -> Function {
    let statements = vec![allow(&["dynamodb:GetItem"], &[arn("tickets")])];
    handler(
        environment,
        "ticket-status",
        10,
        &[tickets_table()],
        statements,
    )
}

fn cancel_ticket(environment: &Environment) -> Function {
    let statements = vec![
        allow(&["dynamodb:GetItem"], &[arn("tickets")]),
        flexmatch(&["gamelift:StopMatchmaking"]),
    ];
    handler(
        environment,
        "cancel-ticket",
        15,
        &[tickets_table()],
        statements,
    )
}

fn accept_match(environment: &Environment) -> Function {
    let statements = vec![
        allow(&["dynamodb:GetItem"], &[arn("tickets")]),
        flexmatch(&["gamelift:AcceptMatch"]),
    ];
    handler(
        environment,
        "accept-match",
        15,
        &[tickets_table()],
        statements,
    )
}

fn match_events(environment: &Environment) -> Function {
    let statements = vec![
        allow(&["dynamodb:GetItem", "dynamodb:PutItem"], &[arn("tickets")]),
        allow(&["dynamodb:UpdateItem"], &[arn("players")]),
    ];
    let variables = [
        tickets_table(),
        players_table(),
        ("TICKET_PREFIX", json!(prefix(environment))),
    ];
    Function {
        invocation: Invocation::Asynchronous,
        ..handler(environment, "match-events", 60, &variables, statements)
    }
}

fn reconcile_tickets(environment: &Environment) -> Function {
    let index = sub(&format!("${{TicketsTable.Arn}}/index/{OPEN_TICKETS}"));
    let statements = vec![
        allow(&["dynamodb:GetItem", "dynamodb:PutItem"], &[arn("tickets")]),
        allow(&["dynamodb:Query"], &[index]),
        allow(&["dynamodb:UpdateItem"], &[arn("players")]),
        flexmatch(&["gamelift:DescribeMatchmaking"]),
    ];
    let variables = [tickets_table(), players_table()];
    Function {
        invocation: Invocation::Asynchronous,
        // Shorter than the schedule's minute, so that two runs don't meet.
        ..handler(environment, "reconcile-tickets", 50, &variables, statements)
    }
}

fn list_regions(environment: &Environment) -> Function {
    let regions: Vec<_> = beacons(environment)
        .into_iter()
        .map(|place| json!({ "region": place.region, "beacon": place.endpoint }))
        .collect();
    Function {
        memory_mib: 128,
        ..handler(
            environment,
            "list-regions",
            3,
            &[("REGIONS", text(&json!(regions)))],
            Vec::new(),
        )
    }
}

fn user_function(
    environment: &Environment,
    name: &str,
    function: &environment::Function,
) -> Function {
    let mut variables = BTreeMap::new();
    let mut statements = Vec::new();
    for table in function.reads.union(&function.writes) {
        let variable = format!("{}_TABLE", table.to_ascii_uppercase().replace('-', "_"));
        variables.insert(variable, self::name(table));
    }
    let arns = |tables: &std::collections::BTreeSet<String>| {
        tables.iter().map(|table| arn(table)).collect::<Vec<_>>()
    };
    if !function.reads.is_empty() {
        statements.push(allow(
            &[
                "dynamodb:BatchGetItem",
                "dynamodb:GetItem",
                "dynamodb:Query",
            ],
            &arns(&function.reads),
        ));
    }
    if !function.writes.is_empty() {
        let actions = [
            "dynamodb:BatchWriteItem",
            "dynamodb:DeleteItem",
            "dynamodb:PutItem",
            "dynamodb:UpdateItem",
        ];
        statements.push(allow(&actions, &arns(&function.writes)));
    }
    variables.extend(
        function
            .environment
            .iter()
            .map(|(key, value)| (key.clone(), json!(value))),
    );
    variables.insert("METRICS_NAMESPACE".to_owned(), json!(prefix(environment)));
    Function {
        id: user_function_id(name),
        package: function.package.clone(),
        memory_mib: function.memory_mib,
        timeout_seconds: function.timeout.as_secs(),
        variables,
        statements,
        invocation: Invocation::Synchronous,
    }
}

/// JSON as the text of an environment variable.
fn text(value: &Json) -> Json {
    json!(value.to_string())
}

fn matchmakers(environment: &Environment) -> Json {
    environment
        .matchmaking
        .iter()
        .map(|(name, matchmaker)| {
            let mut settings = json!({
                "configuration": physical_name(environment, name),
                "timeout_seconds": matchmaker.timeout.as_secs(),
            });
            if let Some(acceptance) = matchmaker.acceptance {
                settings["acceptance_seconds"] = json!(acceptance.as_secs());
            }
            (name.clone(), settings)
        })
        .collect::<serde_json::Map<_, _>>()
        .into()
}

fn attributes(environment: &Environment) -> Json {
    environment
        .attributes
        .iter()
        .map(|(name, attribute)| {
            let kind = match attribute.kind {
                AttributeKind::String => "string",
                AttributeKind::Number => "number",
                AttributeKind::StringList => "string_list",
                AttributeKind::StringNumberMap => "string_number_map",
            };
            let mut settings = json!({ "type": kind });
            if let Some(default) = &attribute.default {
                settings["default"] = default.clone();
            }
            (name.clone(), settings)
        })
        .collect::<serde_json::Map<_, _>>()
        .into()
}
