//! Recognises resources that go under one name and come back under another.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json};

use super::resolved::Resolved;
use super::{Impact, Rename, ResourceChange, canonical};

/// Share of equal leaves from which two resources count as one, in percent.
const NEAR: usize = 75;

/// More pairs of one type than this are compared for equality only.
const MANY: usize = 2_500;

/// A leaf: where it stands and what it is.
type Leaves = BTreeSet<String>;

pub(super) fn renames(
    changes: &BTreeMap<String, ResourceChange>,
    old: &Resolved<'_>,
    new: &Resolved<'_>,
) -> Vec<Rename> {
    let mut gone: BTreeMap<&str, Vec<(&str, Leaves)>> = BTreeMap::new();
    let mut come: BTreeMap<&str, Vec<(&str, Leaves)>> = BTreeMap::new();
    for (id, change) in changes {
        let (side, group) = match change.impact {
            Impact::Create => (new, &mut come),
            Impact::Orphan | Impact::Snapshot | Impact::Destroy => (old, &mut gone),
            Impact::None | Impact::Update | Impact::MayReplace | Impact::Replace => continue,
        };
        if let Some(resource) = side.resources.get(id.as_str()) {
            let leaves = leaves(&resource.properties);
            group
                .entry(&resource.raw.kind)
                .or_default()
                .push((id, leaves));
        }
    }
    let pairs = gone
        .iter()
        .filter_map(|(kind, gone)| Some((gone, come.get(kind)?)));
    let mut found: Vec<Rename> = pairs.flat_map(|(gone, come)| matches(gone, come)).collect();
    found.sort_by(|one, other| one.from.cmp(&other.from));
    found
}

/// Pairs resources off, the most similar first, each once.
fn matches(gone: &[(&str, Leaves)], come: &[(&str, Leaves)]) -> Vec<Rename> {
    let floor = if gone.len() * come.len() > MANY {
        100
    } else {
        NEAR
    };
    let mut pairs: Vec<(usize, &str, &str)> = Vec::new();
    for (from, old) in gone {
        for (to, new) in come {
            let share = similarity(old, new);
            if share >= floor {
                pairs.push((share, from, to));
            }
        }
    }
    pairs.sort_by(|one, other| other.0.cmp(&one.0).then(one.cmp(other)));
    let mut taken = BTreeSet::new();
    let free = pairs.into_iter().filter(|(_, from, to)| {
        let is_free = !taken.contains(&(0, *from)) && !taken.contains(&(1, *to));
        if is_free {
            taken.extend([(0, *from), (1, *to)]);
        }
        is_free
    });
    free.map(|(share, from, to)| Rename {
        from: from.to_owned(),
        to: to.to_owned(),
        is_exact: share == 100,
    })
    .collect()
}

/// Percent of the leaves of both that both have. Nothing is similar to nothing only in name, so it isn't.
fn similarity(one: &Leaves, other: &Leaves) -> usize {
    let common = one.intersection(other).count();
    let all = one.len() + other.len() - common;
    (100 * common).checked_div(all).unwrap_or(0)
}

fn leaves(properties: &Map<String, Json>) -> Leaves {
    let mut found = Leaves::new();
    for (name, value) in properties {
        collect(name, &canonical::form(value), &mut found);
    }
    found
}

fn collect(path: &str, value: &Json, found: &mut Leaves) {
    match value {
        Json::Object(object) if !object.is_empty() => {
            for (name, value) in object {
                collect(&format!("{path}/{name}"), value, found);
            }
        }
        Json::Array(items) if !items.is_empty() => {
            items
                .iter()
                .for_each(|item| collect(&format!("{path}/*"), item, found));
        }
        Json::Null
        | Json::Bool(_)
        | Json::Number(_)
        | Json::String(_)
        | Json::Array(_)
        | Json::Object(_) => drop(found.insert(format!("{path}={value}"))),
    }
}
