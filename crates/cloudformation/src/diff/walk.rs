//! Where two values differ, as deep down as a difference can be told.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json};

use super::canonical::{self, Place};
use super::evaluate::call;
use super::path::{Path, keyed};
use super::policy;
use crate::schema::ResourceSchema;

/// One place where two values differ.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Difference {
    pub(super) path: Path,
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
    walk.objects(&Path::default(), before, after);
    walk.found
}

struct Walk<'schema> {
    schema: Option<&'schema ResourceSchema>,
    found: Vec<Difference>,
}

impl Walk<'_> {
    fn form(&self, path: &str, value: &Json) -> Json {
        let schema = self.schema;
        canonical::value(value, Place { schema, path })
    }

    fn pair(&mut self, at: &Path, before: Option<&Json>, after: Option<&Json>) {
        if before == after {
            return;
        }
        if let (Some(Json::Object(old)), Some(Json::Object(new))) = (before, after)
            && is_transparent(old)
            && is_transparent(new)
        {
            // Alike exactly when all their entries are, so that the forms of the whole needn't be made first.
            return self.objects(at, old, new);
        }
        let place = at.schema();
        let form = |value: Option<&Json>| value.map(|value| self.form(&place, value));
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
            _ => self.push(at.clone(), before, after),
        }
    }

    fn push(&mut self, path: Path, before: Option<&Json>, after: Option<&Json>) {
        self.found.push(Difference {
            path,
            before: before.cloned(),
            after: after.cloned(),
        });
    }

    fn objects(&mut self, at: &Path, old: &Map<String, Json>, new: &Map<String, Json>) {
        let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
        for name in names {
            self.pair(&at.key(name), old.get(name), new.get(name));
        }
    }

    /// Texts that hold documents differ where the documents do.
    fn texts(&mut self, at: &Path, old: &str, new: &str) {
        match (canonical::document(old), canonical::document(new)) {
            (Some(before), Some(after)) => self.pair(at, Some(&before), Some(&after)),
            _ => self.push(at.clone(), Some(&old.into()), Some(&new.into())),
        }
    }

    fn lists(&mut self, at: &Path, old: &[Json], new: &[Json]) {
        let place = at.schema();
        let list = Place {
            schema: self.schema,
            path: &place,
        };
        if let (Some(old), Some(new)) = (keyed(old), keyed(new)) {
            let names: BTreeSet<&str> = old.keys().chain(new.keys()).copied().collect();
            for name in names {
                let (old, new) = (old.get(name).copied(), new.get(name).copied());
                self.pair(&at.member(name), old, new);
            }
        } else if old.len() == new.len() && !list.is_unordered() && !at.is_set_of_policy() {
            for (index, (old, new)) in old.iter().zip(new).enumerate() {
                self.pair(&at.item(index), Some(old), Some(new));
            }
        } else {
            self.members(at, old, new);
        }
    }

    /// What one list has and the other lacks, and what changed in items that go by a name; equal members are paired off, each once. What is left of an ordered list may
    /// be nothing: then only its order differs, and the whole is shown.
    fn members(&mut self, at: &Path, old: &[Json], new: &[Json]) {
        let place = at.item(0).schema();
        let mut added: Vec<(usize, Json)> = new
            .iter()
            .map(|item| self.form(&place, item))
            .enumerate()
            .collect();
        let mut removed = Vec::new();
        for (index, item) in old.iter().enumerate() {
            let wanted = self.form(&place, item);
            match added.iter().position(|(_, form)| *form == wanted) {
                Some(place) => drop(added.remove(place)),
                None => removed.push(index),
            }
        }
        if removed.is_empty() && added.is_empty() {
            let whole = |items: &[Json]| Json::Array(items.to_vec());
            self.push(at.clone(), Some(&whole(old)), Some(&whole(new)));
            return;
        }
        let is_only = removed.len() == 1 && added.len() == 1;
        for index in removed {
            let item = old.get(index);
            let same = added.iter().position(|(other, _)| {
                let kinship = kinship(item, new.get(*other));
                kinship == Kinship::Same || is_only && kinship == Kinship::Unnamed
            });
            match same.map(|place| added.remove(place)) {
                Some((other, _)) => self.pair(&at.item(other), item, new.get(other)),
                None => self.push(at.item(index), item, None),
            }
        }
        for (index, _) in added {
            self.push(at.item(index), None, new.get(index));
        }
    }
}

/// Whether two items of a list are one thing that changed.
#[derive(PartialEq, Eq)]
enum Kinship {
    /// They have the same name.
    Same,
    /// They have different names.
    Other,
    /// They have none.
    Unnamed,
}

fn kinship(one: Option<&Json>, other: Option<&Json>) -> Kinship {
    const NAMES: [&str; 9] = [
        "AttributeName",
        "DestinationArn",
        "Id",
        "IndexName",
        "Key",
        "Location",
        "Name",
        "PolicyName",
        "Sid",
    ];
    let name = |item: Option<&Json>| {
        let item = item?;
        NAMES.iter().find_map(|name| item.get(name)).cloned()
    };
    match (name(one), name(other)) {
        (None, None) => Kinship::Unnamed,
        (one, other) if one == other => Kinship::Same,
        _ => Kinship::Other,
    }
}

/// Whether an object means nothing beyond its entries.
fn is_transparent(object: &Map<String, Json>) -> bool {
    !policy::is_policy(object) && call(object).is_none()
}

/// Whether an object is read key by key: functions are not, and policies only when their statements are a list.
fn is_plain(object: &Map<String, Json>) -> bool {
    if policy::is_policy(object) {
        return object.get("Statement").is_some_and(Json::is_array);
    }
    call(object).is_none()
}
