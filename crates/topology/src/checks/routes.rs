//! Routes: their form, their functions, and clashes.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{Scope, unknown};
use crate::codes;
use crate::findings::Finding;

const METHODS: [&str; 7] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "ANY"];

/// The routes that every backend has.
const BUILT_IN: [(&str, &str); 5] = [
    ("POST", "/tickets"),
    ("GET", "/tickets/{id}"),
    ("DELETE", "/tickets/{id}"),
    ("POST", "/tickets/{id}/acceptance"),
    ("GET", "/regions"),
];

/// How long API Gateway waits for an integration.
const PATIENCE: Duration = Duration::from_secs(29);

pub(super) fn check(scope: &mut Scope<'_>) {
    let view = scope.view;
    let mut seen: BTreeMap<(String, String), String> = BTreeMap::new();
    for (route, entry) in view.fields().entries("routes") {
        if let Err(reason) = well_formed(route) {
            let message = format!(
                "malformed route `{}`: {reason}",
                crate::node::shortened(route)
            );
            let finding = Finding::error(codes::ROUTE, entry.key, message);
            scope
                .findings
                .push_check(finding.hint("a route looks like `GET /profile/{id}`"));
            continue;
        }
        if let Some(function) = entry.value.text() {
            check_function(scope, function, entry.value.place);
        }
        let (method, path) = route.split_once(' ').unwrap_or_default();
        let shape = (method.to_owned(), shape(path.trim()));
        if let Some(other) = built_in(method, path.trim()).or_else(|| clash(&seen, &shape)) {
            let message = format!("the route `{route}` clashes with `{other}`");
            scope
                .findings
                .push_check(Finding::error(codes::ROUTE_CLASH, entry.key, message));
        }
        seen.insert(shape, route.to_owned());
    }
}

fn well_formed(route: &str) -> Result<(), String> {
    let Some((method, path)) = route.split_once(' ') else {
        return Err("it has no method".to_owned());
    };
    let path = path.trim();
    if !METHODS.contains(&method) {
        return Err(format!("the method is none of {}", METHODS.join(", ")));
    }
    let Some(rest) = path.strip_prefix('/') else {
        return Err("the path doesn't start with `/`".to_owned());
    };
    let segments: Vec<_> = rest.split('/').collect();
    for (index, segment) in segments.iter().enumerate() {
        let last = index + 1 == segments.len();
        if rest.is_empty() || well_formed_segment(segment, last) {
            continue;
        }
        return Err(format!("`{segment}` is not a path segment"));
    }
    Ok(())
}

fn well_formed_segment(segment: &str, last: bool) -> bool {
    let word = |text: &str| {
        !text.is_empty()
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte))
    };
    match segment
        .strip_prefix('{')
        .and_then(|rest| rest.strip_suffix('}'))
    {
        Some(parameter) => match parameter.strip_suffix('+') {
            Some(greedy) => last && word(greedy),
            None => word(parameter),
        },
        None => word(segment),
    }
}

fn check_function(scope: &mut Scope<'_>, name: &str, place: crate::node::Place) {
    let functions = &scope.environment.functions;
    match functions.get(name) {
        None => unknown(
            "function",
            name,
            functions.keys().map(String::as_str),
            place,
            scope.findings,
        ),
        Some(function) if function.timeout > PATIENCE => {
            let message =
                format!("function `{name}` may run longer than the 29 s that API Gateway waits");
            let place = scope.view.place(&["functions", name, "timeout"]);
            scope.findings.push_check(
                Finding::warning(codes::SLOW_ROUTE, place, message)
                    .hint("set its timeout to 29s at most"),
            );
        }
        Some(_) => {}
    }
}

/// The path with its parameters' names left out: API Gateway can't tell such paths apart.
fn shape(path: &str) -> String {
    let segments = path.split('/').map(|segment| {
        if segment.starts_with('{') {
            "{}"
        } else {
            segment
        }
    });
    segments.collect::<Vec<_>>().join("/")
}

fn built_in(method: &str, path: &str) -> Option<String> {
    let path = shape(path);
    let own = BUILT_IN
        .iter()
        .find(|(known, of)| shape(of) == path && (*known == method || method == "ANY"))?;
    Some(format!("{} {}", own.0, own.1))
}

fn clash(seen: &BTreeMap<(String, String), String>, shape: &(String, String)) -> Option<String> {
    seen.get(shape).cloned()
}
