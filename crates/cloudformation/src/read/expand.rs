//! `Fn::ForEach` of the language extensions, written out.
//!
//! Comes in: the JSON of a whole template. Goes out: the same with every loop whose collection is known replaced by what
//! it stands for, and the loops at section level that nobody can write out before the deployment, by section.
//! Source: <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-foreach.html>

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use super::position::Positions;

/// How a loop's key starts; its own name follows.
pub(crate) const LOOP: &str = "Fn::ForEach";
/// Entries that loops may grow to before they stay as they are: far beyond any template's limits.
const MAX_ENTRIES: usize = 100_000;

/// Loops that stay, by section.
pub(super) type Loops = BTreeMap<String, Map<String, Json>>;

/// Writes out what can be; records where the results come from.
pub(super) fn expand(root: Json, mut positions: Option<&mut Positions>) -> (Json, Loops) {
    let Json::Object(mut sections) = root else {
        return (root, Loops::new());
    };
    if !uses_extensions(&sections) {
        return (Json::Object(sections), Loops::new());
    }
    let mut expander = Expander {
        defaults: list_defaults(&sections),
        entries: 0,
    };
    let mut loops = Loops::new();
    for name in ["Conditions", "Resources", "Outputs"] {
        let Some(Json::Object(section)) = sections.get_mut(name) else {
            continue;
        };
        let mut kept = Map::new();
        for (key, value) in std::mem::take(section) {
            for (key_out, value) in expander.entry(&key, value) {
                if key_out.starts_with(LOOP) {
                    kept.insert(key_out, value);
                    continue;
                }
                if let Some(positions) = positions.as_deref_mut().filter(|_| key_out != key) {
                    positions.alias(&format!("{name}/{key_out}"), &format!("{name}/{key}"));
                }
                section.insert(key_out, value);
            }
        }
        if !kept.is_empty() {
            loops.insert(name.to_owned(), kept);
        }
    }
    (Json::Object(sections), loops)
}

/// Whether the template asks for the language extensions.
fn uses_extensions(sections: &Map<String, Json>) -> bool {
    match sections.get("Transform") {
        Some(Json::String(name)) => name == crate::template::LANGUAGE_EXTENSIONS,
        Some(Json::Array(names)) => names
            .iter()
            .any(|name| name == crate::template::LANGUAGE_EXTENSIONS),
        _ => false,
    }
}

/// The default values of parameters that hold lists.
fn list_defaults(sections: &Map<String, Json>) -> BTreeMap<String, Vec<String>> {
    let parameters = sections.get("Parameters").and_then(Json::as_object);
    let defaults = parameters
        .into_iter()
        .flatten()
        .filter_map(|(name, parameter)| {
            let list = parameter["Type"].as_str()? == "CommaDelimitedList";
            let default = parameter["Default"].as_str().filter(|_| list)?;
            let items = default.split(',').map(|item| item.trim().to_owned());
            Some((name.clone(), items.collect()))
        });
    defaults.collect()
}

struct Expander {
    defaults: BTreeMap<String, Vec<String>>,
    entries: usize,
}

impl Expander {
    /// What one entry of a mapping stands for: itself, or what its loop gives.
    fn entry(&mut self, key: &str, value: Json) -> Vec<(String, Json)> {
        if !key.starts_with(LOOP) {
            return vec![(key.to_owned(), self.value(value))];
        }
        match self.run(&value) {
            Some(entries) => entries,
            None => vec![(key.to_owned(), value)],
        }
    }

    fn value(&mut self, value: Json) -> Json {
        match value {
            Json::Object(object) => Json::Object(
                object
                    .into_iter()
                    .flat_map(|(key, value)| self.entry(&key, value))
                    .collect(),
            ),
            Json::Array(items) => {
                Json::Array(items.into_iter().map(|item| self.value(item)).collect())
            }
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => value,
        }
    }

    /// The entries that a loop stands for; none when its collection isn't known or it grows too large.
    fn run(&mut self, call: &Json) -> Option<Vec<(String, Json)>> {
        let [Json::String(identifier), collection, Json::Object(body)] =
            call.as_array()?.as_slice()
        else {
            return None;
        };
        let items = self.collection(collection)?;
        let mut entries = Vec::new();
        for item in items {
            for (key, value) in body {
                self.entries += 1;
                if self.entries > MAX_ENTRIES {
                    return None;
                }
                let (key, value) = (
                    filled(key, identifier, &item),
                    put(value, identifier, &item),
                );
                entries.extend(self.entry(&key, value));
            }
        }
        Some(entries)
    }

    fn collection(&self, collection: &Json) -> Option<Vec<String>> {
        match collection {
            Json::Array(items) => items.iter().map(text).collect(),
            Json::Object(_) => {
                let name = collection.get("Ref")?.as_str()?;
                self.defaults.get(name).cloned()
            }
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => None,
        }
    }
}

fn text(item: &Json) -> Option<String> {
    match item {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        Json::Null | Json::Bool(_) | Json::Array(_) | Json::Object(_) => None,
    }
}

/// Puts an item where a text names it: as `${Name}`, or without what no logical id may have as `&{Name}`.
fn filled(text: &str, identifier: &str, item: &str) -> String {
    let plain: String = item.chars().filter(char::is_ascii_alphanumeric).collect();
    text.replace(&format!("${{{identifier}}}"), item)
        .replace(&format!("&{{{identifier}}}"), &plain)
}

/// Puts an item everywhere in a value.
fn put(value: &Json, identifier: &str, item: &str) -> Json {
    match value {
        Json::String(text) => Json::String(filled(text, identifier, item)),
        Json::Array(items) => items
            .iter()
            .map(|value| put(value, identifier, item))
            .collect(),
        Json::Object(object) => match object.get("Ref") {
            Some(Json::String(name)) if object.len() == 1 && name == identifier => {
                Json::String(item.to_owned())
            }
            _ => object
                .iter()
                .map(|(key, value)| (filled(key, identifier, item), put(value, identifier, item)))
                .collect(),
        },
        Json::Null | Json::Bool(_) | Json::Number(_) => value.clone(),
    }
}
