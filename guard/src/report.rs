//! Reads the report of cfn-guard: rules that don't hold, each a tree of checks.

use serde_json::Value as Json;

use crate::Violation;

/// Every check that failed, anywhere in the trees.
pub(crate) fn violations(report: &Json) -> Vec<Violation> {
    let mut found = Vec::new();
    for rule in report["not_compliant"].as_array().into_iter().flatten() {
        let name = rule["Rule"]["name"].as_str().unwrap_or("rule");
        collect(name, &rule["Rule"]["checks"], &mut found);
    }
    found
}

fn collect(rule: &str, value: &Json, found: &mut Vec<Violation>) {
    match value {
        Json::Array(items) => items.iter().for_each(|item| collect(rule, item, found)),
        Json::Object(object) => match (object.get("check"), object.get("messages")) {
            (Some(check), Some(messages)) => found.push(Violation {
                rule: rule.to_owned(),
                path: path(check).unwrap_or_default(),
                message: message(messages),
            }),
            _ => object
                .values()
                .for_each(|value| collect(rule, value, found)),
        },
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}

/// The first path in a check that leads anywhere: it is the one of the template, before those of what it is compared with.
fn path(check: &Json) -> Option<String> {
    match check {
        Json::Object(object) => {
            let own = object.get("path").and_then(Json::as_str);
            let own = own.map(|path| path.trim_start_matches('/').to_owned());
            let first = ["from", "value", "traversed_to"];
            let below = first.iter().filter_map(|name| object.get(*name));
            own.filter(|path| !path.is_empty())
                .or_else(|| below.chain(object.values()).find_map(path))
        }
        Json::Array(items) => items.iter().find_map(path),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => None,
    }
}

/// The rule's own words; without them what cfn-guard expected, without its marks of places.
fn message(messages: &Json) -> String {
    let text = |name: &str| messages[name].as_str().map(str::trim).unwrap_or_default();
    let own: Vec<_> = text("custom_message").split_whitespace().collect();
    if !own.is_empty() {
        return own.join(" ");
    }
    let expected = text("error_message");
    let expected = expected.split(". Value traversed to").next();
    without_marks(expected.unwrap_or_default())
}

/// Leaves out marks of places like `[L:0,C:89]`: they count in a text that nobody has seen.
fn without_marks(text: &str) -> String {
    let mut parts = text.split("[L:");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        text + part.split_once(']').map_or(part, |(_, rest)| rest)
    })
}
