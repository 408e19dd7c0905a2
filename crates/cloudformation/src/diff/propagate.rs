//! Follows what each change drags along: who reads what is replaced.

use std::collections::{BTreeMap, BTreeSet};

use super::reference::{Reference, names, references_in, references_to};
use super::resolved::{Resolved, ResolvedResource};
use super::{After, Impact, PropertyChange, ResourceChange, impact};

type Changes = BTreeMap<String, ResourceChange>;

/// Follows references until nothing new changes. Gives the outputs whose value changes or may change.
pub(super) fn propagate(
    changes: &mut Changes,
    old: &Resolved<'_>,
    new: &Resolved<'_>,
) -> BTreeSet<String> {
    let follow = Follow { old, new };
    let readers = follow.readers();
    let mut open: Vec<String> = changes
        .keys()
        .chain(new.side.later.keys())
        .cloned()
        .collect();
    while let Some(name) = open.pop() {
        for id in readers.get(name.as_str()).into_iter().flatten() {
            for site in follow.sites(id, &name) {
                let moved = follow.moved(changes, &site.reference);
                if moved.is_some_and(|moved| drag(changes, &site, moved)) {
                    open.push(site.id.to_owned());
                }
            }
        }
    }
    follow.outputs(changes)
}

/// A function in a resource that is in both templates.
struct Site<'side> {
    id: &'side str,
    resource: &'side ResolvedResource<'side>,
    before: &'side ResolvedResource<'side>,
    reference: Reference,
}

/// Why a value changes with what it refers to.
struct Moved {
    after: String,
    /// How sure that is: [`Impact::Replace`] or [`Impact::MayReplace`].
    certainty: Impact,
}

struct Follow<'side> {
    old: &'side Resolved<'side>,
    new: &'side Resolved<'side>,
}

impl<'side> Follow<'side> {
    /// Resources by the names that they refer to.
    fn readers(&self) -> BTreeMap<&'side str, BTreeSet<&'side str>> {
        let mut readers: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        let mut found = Vec::new();
        for (&id, resource) in &self.new.resources {
            for value in resource.properties.values() {
                names(value, &mut found);
            }
            for name in found.drain(..) {
                readers.entry(name).or_default().insert(id);
            }
        }
        readers
    }

    /// Where a resource that is in both templates refers to a name.
    fn sites(&self, id: &'side str, name: &str) -> Vec<Site<'side>> {
        let there = |side: &'side Resolved<'side>| {
            side.resources
                .get(id)
                .filter(|resource| resource.is_there())
        };
        let (Some(before), Some(resource)) = (there(self.old), there(self.new)) else {
            return Vec::new();
        };
        let references = references_to(name, &resource.properties).into_iter();
        references
            .map(|reference| Site {
                id,
                resource,
                before,
                reference,
            })
            .collect()
    }

    /// Whether what a reference yields changes.
    fn moved(&self, changes: &Changes, reference: &Reference) -> Option<Moved> {
        let name = &reference.name;
        if let Some(why) = self.new.side.later.get(name) {
            return Some(Moved {
                after: why.clone(),
                certainty: Impact::Replace,
            });
        }
        let change = changes.get(name).filter(|change| change.before.is_some())?;
        let attribute = reference.attribute.as_deref();
        match change.impact {
            Impact::MayReplace | Impact::Replace if !self.keeps(name, change, attribute) => {
                Some(Moved {
                    after: format!("new {name}"),
                    certainty: change.impact,
                })
            }
            Impact::Update if attribute.is_some_and(|attribute| change.touches(attribute)) => {
                Some(Moved {
                    after: format!("new {name}.{}", attribute.unwrap_or_default()),
                    certainty: Impact::Replace,
                })
            }
            Impact::None
            | Impact::Update
            | Impact::Create
            | Impact::Orphan
            | Impact::MayReplace
            | Impact::Replace
            | Impact::Snapshot
            | Impact::Destroy => None,
        }
    }

    /// Whether a new resource in the place of an old one gives the same: its `Ref` and ARN, when its names are given and stay,
    /// and attributes that are properties and stay.
    fn keeps(&self, id: &str, change: &ResourceChange, attribute: Option<&str>) -> bool {
        let (Some(old), Some(new)) = (self.old.resources.get(id), self.new.resources.get(id))
        else {
            return false;
        };
        if old.raw.kind != new.raw.kind {
            return false;
        }
        let names = || {
            new.names()
                .filter(|names| Some(names) == old.names().as_ref())
        };
        match attribute {
            None | Some("Arn") => {
                names().is_some_and(|names| names.iter().all(|(name, _)| !change.touches(name)))
            }
            Some(attribute) => new.properties.contains_key(attribute) && !change.touches(attribute),
        }
    }

    /// Outputs whose value changes or may change.
    fn outputs(&self, changes: &Changes) -> BTreeSet<String> {
        let moves = |reference: &Reference| {
            let appears = || {
                let change = changes.get(&reference.name);
                change.is_some_and(|change| change.impact == Impact::Create)
            };
            self.moved(changes, reference).is_some() || appears()
        };
        let outputs = self.new.outputs.iter();
        outputs
            .filter(|(name, value)| {
                self.old.outputs.get(*name) != Some(*value)
                    || references_in(value).iter().any(moves)
            })
            .map(|(name, _)| (*name).to_owned())
            .collect()
    }
}

impl ResourceChange {
    /// Whether a property, given with dots as attributes are, is among what changes.
    fn touches(&self, property: &str) -> bool {
        self.touching(property).next().is_some()
    }

    /// Whether a property gets a value that is known only later.
    pub(super) fn is_postponed(&self, property: &str) -> bool {
        self.touching(property)
            .any(|change| matches!(change.after, After::Later(_)))
    }

    fn touching(&self, property: &str) -> impl Iterator<Item = &PropertyChange> {
        let below = |path: &str, property: &str| {
            path.strip_prefix(property)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        };
        self.properties
            .iter()
            .filter(move |change| below(&change.path, property) || below(property, &change.path))
    }
}

/// Notes that a site's value changes. Tells whether that is news.
fn drag(changes: &mut Changes, site: &Site<'_>, moved: Moved) -> bool {
    let path = &site.reference.path;
    let shown = path.to_string();
    let found = impact::of_property(site.resource.schema(), path);
    // What may be replaced may keep its name, too.
    let impact = found.min(moved.certainty);
    let change = changes
        .entry(site.id.to_owned())
        .or_insert_with(|| ResourceChange {
            before: Some(site.before.raw.clone()),
            after: Some(site.resource.raw.clone()),
            properties: Vec::new(),
            impact: Impact::None,
            causes: Vec::new(),
        });
    // What stands above or below is listed with all that it holds.
    let is_listed = change.touches(&shown);
    let known = change.properties.iter_mut().find(|it| it.path == shown);
    match known {
        Some(known) if known.impact < impact => known.impact = impact,
        Some(_) => return false,
        None if is_listed => return false,
        None => change.properties.push(PropertyChange {
            path: shown,
            before: path.find(&site.resource.properties).cloned(),
            after: After::Later(moved.after),
            impact,
            write_only: impact::is_write_only(site.resource.schema(), &path.schema()),
        }),
    }
    change.sum_up();
    true
}
