//! One form for everything that CloudFormation treats alike. Two values mean the same when their forms are equal.

use serde_json::{Map, Value as Json};

use super::policy;
use crate::schema::ResourceSchema;

/// Where a value stands: its resource's schema, and its path below `Properties` with `/` between the names.
#[derive(Clone, Copy)]
pub(super) struct Place<'schema> {
    pub(super) schema: Option<&'schema ResourceSchema>,
    pub(super) path: &'schema str,
}

impl Place<'_> {
    /// Outside of any resource's properties.
    pub(super) const NOWHERE: Place<'static> = Place {
        schema: None,
        path: "",
    };

    /// Whether the order of the list that stands here means nothing.
    pub(super) fn is_unordered(self) -> bool {
        let is_tags = self.path == "Tags" || self.path.ends_with("/Tags");
        is_tags
            || self
                .schema
                .is_some_and(|schema| schema.is_unordered(self.path))
    }
}

/// The form of a value outside of any resource's properties.
pub(super) fn form(found: &Json) -> Json {
    value(found, Place::NOWHERE)
}

/// Brings a value into its form. Its functions are taken as they are.
pub(super) fn value(found: &Json, place: Place<'_>) -> Json {
    match found {
        Json::Null => Json::Null,
        Json::Bool(_) | Json::Number(_) => Json::String(text(found)),
        Json::String(text) => document(text).map_or_else(|| found.clone(), |inner| form(&inner)),
        Json::Array(items) => list(items, place),
        Json::Object(object) if policy::is_policy(object) => policy::canonical(object),
        Json::Object(object) => entries(object, place),
    }
}

/// A scalar as CloudFormation hands it on: texts, numbers and booleans are all texts.
pub(super) fn text(scalar: &Json) -> String {
    match scalar {
        Json::String(text) => text.clone(),
        Json::Number(number) => match number.as_f64() {
            // `1.0` and `1` are one number.
            Some(float) if float.fract() == 0.0 && float.abs() < 1e15 => format!("{float:.0}"),
            _ => number.to_string(),
        },
        Json::Null | Json::Bool(_) | Json::Array(_) | Json::Object(_) => scalar.to_string(),
    }
}

/// The JSON document that a text holds; plain texts that happen to be JSON, like numbers, are none.
pub(super) fn document(text: &str) -> Option<Json> {
    let looks_so = text.trim_start().starts_with(['{', '[']);
    looks_so.then(|| serde_json::from_str(text).ok()).flatten()
}

fn list(items: &[Json], place: Place<'_>) -> Json {
    let path = format!("{}/*", place.path);
    let below = Place {
        path: &path,
        ..place
    };
    let mut items: Vec<Json> = items.iter().map(|item| value(item, below)).collect();
    if place.is_unordered() {
        items.sort_by_cached_key(Json::to_string);
    }
    Json::Array(items)
}

fn entries(object: &Map<String, Json>, place: Place<'_>) -> Json {
    let entry = |(name, found): (&String, &Json)| {
        let path = join(place.path, name);
        let below = Place {
            path: &path,
            ..place
        };
        (name.clone(), value(found, below))
    };
    Json::Object(object.iter().map(entry).collect())
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}/{name}")
    }
}
