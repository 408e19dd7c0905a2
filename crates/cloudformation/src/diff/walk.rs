//! Where two values differ, as deep down as a difference can be told.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use super::canonical::{self, Place, join};
use super::policy;
use crate::schema::ResourceSchema;

/// One place where two values differ.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Difference {
    /// For people: `Policies[0].PolicyName`.
    pub(super) path: String,
    /// For schemas: `Policies/*/PolicyName`.
    pub(super) schema_path: String,
    pub(super) before: Option<Json>,
    pub(super) after: Option<Json>,
}

/// Finds the differences between the properties of one resource, or between other objects without a schema.
pub(super) fn differences(
    schema: Option<&ResourceSchema>,
    before: &Map<String, Json>,
    after: &Map<String, Json>,
) -> Vec<Difference> {
    let mut walk = Walk {
        schema,
        found: Vec::new(),
    };
    walk.objects(&At::default(), before, after);
    walk.found
}

/// A place in both spellings.
#[derive(Clone, Default)]
struct At {
    path: String,
    schema_path: String,
}

impl At {
    fn key(&self, name: &str) -> Self {
        let path = if self.path.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.path)
        };
        Self {
            path,
            schema_path: join(&self.schema_path, name),
        }
    }

    fn item(&self, name: &str) -> Self {
        Self {
            path: format!("{}[{name}]", self.path),
            schema_path: format!("{}/*", self.schema_path),
        }
    }
}

struct Walk<'schema> {
    schema: Option<&'schema ResourceSchema>,
    found: Vec<Difference>,
}

impl Walk<'_> {
    fn place<'at>(&'at self, at: &'at At) -> Place<'at> {
        Place {
            schema: self.schema,
            path: &at.schema_path,
        }
    }

    fn pair(&mut self, at: &At, before: Option<&Json>, after: Option<&Json>) {
        let form =
            |value: Option<&Json>| value.map(|value| canonical::value(value, self.place(at)));
        if form(before) == form(after) {
            return;
        }
        match (before, after) {
            (Some(Json::Object(old)), Some(Json::Object(new)))
                if is_plain(old) && is_plain(new) =>
            {
                self.objects(at, old, new);
            }
            (Some(Json::Array(old)), Some(Json::Array(new))) => self.lists(at, old, new),
            (Some(Json::String(old)), Some(Json::String(new))) => self.texts(at, old, new),
            _ => self.push(at, before, after),
        }
    }

    fn push(&mut self, at: &At, before: Option<&Json>, after: Option<&Json>) {
        self.found.push(Difference {
            path: at.path.clone(),
            schema_path: at.schema_path.clone(),
            before: before.cloned(),
            after: after.cloned(),
        });
    }

    fn objects(&mut self, at: &At, old: &Map<String, Json>, new: &Map<String, Json>) {
        let names = old
            .keys()
            .chain(new.keys().filter(|name| !old.contains_key(*name)));
        for name in names {
            self.pair(&at.key(name), old.get(name), new.get(name));
        }
    }

    /// Texts that hold documents differ where the documents do.
    fn texts(&mut self, at: &At, old: &str, new: &str) {
        match (canonical::document(old), canonical::document(new)) {
            (Some(before), Some(after)) => self.pair(at, Some(&before), Some(&after)),
            _ => self.push(at, Some(&old.into()), Some(&new.into())),
        }
    }

    fn lists(&mut self, at: &At, old: &[Json], new: &[Json]) {
        if let (Some(old), Some(new)) = (keyed(old), keyed(new)) {
            let names = old
                .keys()
                .chain(new.keys().filter(|name| !old.contains_key(*name)));
            for name in names {
                self.pair(
                    &at.item(name),
                    old.get(name).copied(),
                    new.get(name).copied(),
                );
            }
        } else if old.len() == new.len() && !self.place(at).is_unordered() {
            for (index, (old, new)) in old.iter().zip(new).enumerate() {
                self.pair(&at.item(&index.to_string()), Some(old), Some(new));
            }
        } else {
            self.members(at, old, new);
        }
    }

    /// What one list has and the other lacks; equal members are paired off, each once. What is left of an ordered list may
    /// be nothing: then only its order differs, and the whole is shown.
    fn members(&mut self, at: &At, old: &[Json], new: &[Json]) {
        let inner = at.item("*");
        let form = |value: &Json| canonical::value(value, self.place(&inner));
        let mut left: Vec<(Json, &Json)> = new.iter().map(|item| (form(item), item)).collect();
        let mut removed = Vec::new();
        for (index, item) in old.iter().enumerate() {
            let wanted = form(item);
            match left.iter().position(|(form, _)| *form == wanted) {
                Some(place) => drop(left.remove(place)),
                None => removed.push((index, item)),
            }
        }
        if removed.is_empty() && left.is_empty() {
            let whole = |items: &[Json]| Json::Array(items.to_vec());
            self.push(at, Some(&whole(old)), Some(&whole(new)));
            return;
        }
        let places: Vec<usize> = left
            .iter()
            .filter_map(|(_, item)| new.iter().position(|other| std::ptr::eq(other, *item)))
            .collect();
        let added: Vec<&Json> = left.into_iter().map(|(_, item)| item).collect();
        for (index, item) in removed {
            self.push(&at.item(&index.to_string()), Some(item), None);
        }
        for (index, item) in places.into_iter().zip(added) {
            self.push(&at.item(&index.to_string()), None, Some(item));
        }
    }
}

/// Whether an object is read key by key: functions and policies are not.
fn is_plain(object: &Map<String, Json>) -> bool {
    let is_function = object.len() == 1
        && object
            .keys()
            .any(|name| name == "Ref" || name.starts_with("Fn::"));
    !is_function && !policy::is_policy(object) || policy::is_policy(object) && has_list(object)
}

/// A policy's statements are compared as members of a list.
fn has_list(object: &Map<String, Json>) -> bool {
    object.get("Statement").is_some_and(Json::is_array)
}

/// The items of a list by their key, as tags have one; none when an item has no key or two share one.
fn keyed(items: &[Json]) -> Option<BTreeMap<&str, &Json>> {
    let mut found = BTreeMap::new();
    for item in items {
        let object = item.as_object().filter(|object| object.len() == 2)?;
        object.get("Value")?;
        if found.insert(object.get("Key")?.as_str()?, item).is_some() {
            return None;
        }
    }
    Some(found)
}
