//! Compares two templates, resource by resource.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json};

use super::collision::collisions;
use super::entries::entries;
use super::evaluate::Evaluator;
use super::propagate::propagate;
use super::reference::references_in;
use super::rename::renames;
use super::resolved::{Resolved, ResolvedResource, Same};
use super::security::of_resolved as security_of_resolved;
use super::walk::{Difference, differences};
use super::{
    After, Cause, Impact, PropertyChange, ResourceChange, SecurityDiff, Side, TemplateDiff, impact,
};
use crate::schema::resource_type;
use crate::template::{DeletionPolicy, Resource};

/// Compares two templates.
///
/// Functions are worked out with the values of the parameters, so that a value counts where it arrives: in a property, in a
/// condition that lets a resource come or go. References are followed: a resource that is replaced changes what others read
/// of it, which may replace them, too, and so on until nothing new is replaced.
#[must_use]
pub fn compare(old: &Side<'_>, new: &Side<'_>) -> TemplateDiff {
    let (before, after) = (Resolved::new(old), Resolved::new(new));
    of_resolved(&before, &after, &before.same_as(&after))
}

/// Compares two templates, and what they permit. Both need the same work first.
#[must_use]
pub fn compare_with_security(old: &Side<'_>, new: &Side<'_>) -> (TemplateDiff, SecurityDiff) {
    let (before, after) = (Resolved::new(old), Resolved::new(new));
    let same = before.same_as(&after);
    (
        of_resolved(&before, &after, &same),
        security_of_resolved(&before, &after, &same),
    )
}

fn of_resolved(before: &Resolved<'_>, after: &Resolved<'_>, same: &Same<'_>) -> TemplateDiff {
    let mut resources = resources(before, after, same);
    let outputs = propagate(&mut resources, before, after);
    TemplateDiff {
        renames: renames(&resources, before, after),
        collisions: collisions(&resources, before, after),
        resources,
        entries: entries(before.side, after.side),
        outputs,
    }
}

fn resources(
    old: &Resolved<'_>,
    new: &Resolved<'_>,
    same: &Same<'_>,
) -> BTreeMap<String, ResourceChange> {
    let ids: BTreeSet<&str> = old
        .resources
        .keys()
        .chain(new.resources.keys())
        .copied()
        .collect();
    ids.into_iter()
        .filter(|id| !same.contains(id))
        .filter_map(|id| {
            let mut change = resource(old.resources.get(id), new.resources.get(id))?;
            postpone(&mut change, new.side);
            Some((id.to_owned(), change))
        })
        .collect()
}

fn resource(
    old: Option<&ResolvedResource<'_>>,
    new: Option<&ResolvedResource<'_>>,
) -> Option<ResourceChange> {
    let is_there = |found: &&ResolvedResource<'_>| found.is_there();
    let mut change = ResourceChange {
        before: old.map(|old| old.raw.clone()),
        after: new.map(|new| new.raw.clone()),
        properties: Vec::new(),
        impact: Impact::None,
        causes: Vec::new(),
    };
    match (old.filter(is_there), new.filter(is_there)) {
        (Some(old), Some(new)) => both(&mut change, old, new),
        (Some(gone), None) => {
            change.impact = impact::of_removal(gone.raw);
            change.causes = toggled(new);
        }
        (None, Some(_)) => {
            change.impact = Impact::Create;
            change.causes = toggled(old);
        }
        (None, None) => {}
    }
    // What only the values of parameters make equal is a change of the template that nobody feels.
    (change.is_felt() || !is_same_text(&change)).then_some(change)
}

/// The condition that keeps a resource out of the stack on one side.
fn toggled(absent: Option<&ResolvedResource<'_>>) -> Vec<Cause> {
    let condition = absent.and_then(|absent| absent.raw.condition.clone());
    condition.map(Cause::Condition).into_iter().collect()
}

fn both(change: &mut ResourceChange, old: &ResolvedResource<'_>, new: &ResolvedResource<'_>) {
    let schema = new.schema();
    let properties = differences(schema, &old.properties, &new.properties);
    let attributes = differences(None, &attributes(old.raw), &attributes(new.raw));
    change
        .properties
        .extend(properties.into_iter().map(|difference| {
            let impact = impact::of_property(schema, &difference.path);
            let write_only = impact::is_write_only(schema, &difference.path.schema());
            PropertyChange {
                write_only,
                ..property(difference, impact)
            }
        }));
    change
        .properties
        .extend(attributes.into_iter().map(|difference| {
            let impact = impact::of_attribute(&difference.path);
            property(difference, impact)
        }));
    change.properties.extend(uncertain(old, new));
    change.sum_up();
}

/// Whether two templates say the same of a resource, whatever the values of their parameters.
fn is_same_text(change: &ResourceChange) -> bool {
    let (Some(old), Some(new)) = (&change.before, &change.after) else {
        return false;
    };
    let evaluator = Evaluator::without_template();
    let properties =
        |resource: &'_ Resource| evaluator.properties(&resource.properties).into_owned();
    old == new
        || old.kind == new.kind
            && differences(None, &attributes(old), &attributes(new)).is_empty()
            && differences(resource_type(&new.kind), &properties(old), &properties(new)).is_empty()
}

fn property(difference: Difference, impact: Impact) -> PropertyChange {
    PropertyChange {
        path: difference.path.to_string(),
        before: difference.before,
        after: difference.after.map_or(After::Gone, After::Value),
        impact,
        write_only: false,
    }
}

/// A resource that may leave the stack, or may have been outside of it.
fn uncertain(old: &ResolvedResource<'_>, new: &ResolvedResource<'_>) -> Option<PropertyChange> {
    let condition = new
        .raw
        .condition
        .as_deref()
        .or(old.raw.condition.as_deref())?;
    (old.existence != new.existence).then(|| PropertyChange {
        path: "Condition".to_owned(),
        before: old.raw.condition.clone().map(Json::from),
        after: After::Later(format!("outcome of {condition}")),
        impact: Impact::MayReplace,
        write_only: false,
    })
}

impl ResourceChange {
    /// The worst of its properties, and which ones are to blame.
    pub(super) fn sum_up(&mut self) {
        let worst = self.properties.iter().map(|change| change.impact).max();
        self.impact = worst.unwrap_or(Impact::None);
        self.causes.clear();
        if self.is_other_kind() {
            self.impact = Impact::Replace;
            self.causes.push(Cause::Kind);
        }
        if self.impact < Impact::MayReplace {
            return;
        }
        let guilty = self
            .properties
            .iter()
            .filter(|change| change.impact == self.impact);
        let paths: BTreeSet<&String> = guilty.map(|change| &change.path).collect();
        let causes = paths.into_iter().map(|path| Cause::Property(path.clone()));
        self.causes.extend(causes);
    }

    fn is_other_kind(&self) -> bool {
        let kind = |resource: &Option<Resource>| resource.as_ref().map(|it| it.kind.clone());
        self.before.is_some() && self.after.is_some() && kind(&self.before) != kind(&self.after)
    }
}

/// Values that hold a parameter whose value isn't known yet.
fn postpone(change: &mut ResourceChange, new: &Side<'_>) {
    if new.later.is_empty() {
        return;
    }
    for property in &mut change.properties {
        let After::Value(value) = &property.after else {
            continue;
        };
        let mut names = references_in(value).into_iter();
        if let Some(why) = names.find_map(|reference| new.later.get(&reference.name)) {
            property.after = After::Later(why.clone());
        }
    }
}

/// The attributes beside a resource's properties.
fn attributes(resource: &Resource) -> Map<String, Json> {
    let policy = |policy: Option<DeletionPolicy>| policy.map(|policy| policy.as_str().into());
    let depends_on = || {
        let names: BTreeSet<&String> = resource.depends_on.iter().collect();
        names.into_iter().cloned().collect::<Json>()
    };
    let metadata = || Json::Object(resource.metadata.clone());
    [
        (
            "DependsOn",
            (!resource.depends_on.is_empty()).then(depends_on),
        ),
        ("Condition", resource.condition.clone().map(Json::from)),
        ("DeletionPolicy", policy(resource.deletion_policy)),
        (
            "UpdateReplacePolicy",
            policy(resource.update_replace_policy),
        ),
        ("Metadata", (!resource.metadata.is_empty()).then(metadata)),
        ("CreationPolicy", resource.creation_policy.clone()),
        ("UpdatePolicy", resource.update_policy.clone()),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name.to_owned(), value?)))
    .collect()
}
