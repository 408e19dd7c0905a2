//! Which names a value takes its content from.

use serde_json::{Map, Value as Json};

use super::evaluate::call;
use super::path::{Path, keyed};
use super::sub;

/// One function call that refers to something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reference {
    /// Where the function stands; what is within its arguments stands there, too.
    pub(super) path: Path,
    /// The resource or parameter.
    pub(super) name: String,
    /// The resource's attribute; none: what `Ref` gives.
    pub(super) attribute: Option<String>,
}

/// All references within a resource's properties.
pub(super) fn references(properties: &Map<String, Json>) -> Vec<Reference> {
    let mut found = Vec::new();
    members(properties, &Path::default(), &mut found);
    found
}

/// The names of all resources and parameters that a value refers to, some more than once.
pub(super) fn names<'value>(value: &'value Json, found: &mut Vec<&'value str>) {
    let id = |name: &'value str| name.split('.').next().unwrap_or(name);
    match value {
        Json::Array(items) => items.iter().for_each(|item| names(item, found)),
        Json::Object(object) => match call(object) {
            Some(("Ref" | "Fn::GetAtt", Json::String(name))) => found.push(id(name)),
            Some(("Fn::GetAtt", Json::Array(parts))) => {
                found.extend(parts.first().and_then(Json::as_str));
            }
            Some(("Fn::Sub", Json::String(text))) => found.extend(sub::names(text).map(id)),
            Some(("Fn::Sub", Json::Array(parts))) => {
                let text = parts.first().and_then(Json::as_str).unwrap_or_default();
                found.extend(sub::names(text).map(id));
                parts.iter().for_each(|part| names(part, found));
            }
            _ => object.values().for_each(|value| names(value, found)),
        },
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}

/// All references within one value, as if they stood at one place.
pub(super) fn references_in(value: &Json) -> Vec<Reference> {
    let mut found = Vec::new();
    within(value, &Path::default(), &mut found);
    found
}

fn collect(value: &Json, path: &Path, found: &mut Vec<Reference>) {
    match value {
        Json::Object(object) if call(object).is_some() => within(value, path, found),
        Json::Object(object) => members(object, path, found),
        Json::Array(items) => match keyed(items) {
            Some(items) => {
                for (key, item) in items {
                    collect(item, &path.member(key), found);
                }
            }
            None => {
                for (index, item) in items.iter().enumerate() {
                    collect(item, &path.item(index), found);
                }
            }
        },
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}

fn members(object: &Map<String, Json>, path: &Path, found: &mut Vec<Reference>) {
    for (name, value) in object {
        collect(value, &path.key(name), found);
    }
}

/// Notes whatever a value refers to at one place.
fn within(value: &Json, path: &Path, found: &mut Vec<Reference>) {
    match value {
        Json::Array(items) => items.iter().for_each(|item| within(item, path, found)),
        Json::Object(object) => match call(object) {
            Some((function, argument)) => function_call(function, argument, path, found),
            None => object.values().for_each(|value| within(value, path, found)),
        },
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}

fn function_call(function: &str, argument: &Json, path: &Path, found: &mut Vec<Reference>) {
    match (function, argument) {
        ("Ref" | "Fn::GetAtt", Json::String(name)) => found.extend(named(name, path)),
        ("Fn::GetAtt", Json::Array(parts)) => {
            let parts: Vec<&str> = parts.iter().filter_map(Json::as_str).collect();
            found.extend(named(&parts.join("."), path));
        }
        ("Fn::Sub", Json::String(text)) => substituted(text, path, found),
        ("Fn::Sub", Json::Array(parts)) => {
            if let Some(text) = parts.first().and_then(Json::as_str) {
                substituted(text, path, found);
            }
            parts
                .iter()
                .skip(1)
                .for_each(|part| within(part, path, found));
        }
        _ => within(argument, path, found),
    }
}

fn substituted(text: &str, path: &Path, found: &mut Vec<Reference>) {
    found.extend(sub::names(text).filter_map(|name| named(name, path)));
}

/// `Name` or `Name.Attribute`. `AWS::Region` and its like belong to no template.
fn named(text: &str, path: &Path) -> Option<Reference> {
    let (name, attribute) = match text.split_once('.') {
        Some((name, attribute)) => (name, Some(attribute.to_owned())),
        None => (text, None),
    };
    (!name.contains("::")).then(|| Reference {
        path: path.clone(),
        name: name.to_owned(),
        attribute,
    })
}
