//! A template whose functions are worked out as far as they can be.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json};

use super::evaluate::Evaluator;
use super::{Side, canonical};
use crate::schema::{ResourceSchema, resource_type};
use crate::template::{Output, Resource};

/// A template whose functions are worked out.
pub(super) struct Resolved<'side> {
    pub(super) side: &'side Side<'side>,
    pub(super) resources: BTreeMap<&'side str, ResolvedResource<'side>>,
    pub(super) outputs: BTreeMap<&'side str, Json>,
}

/// A resource whose functions are worked out.
pub(super) struct ResolvedResource<'side> {
    /// As the template has it.
    pub(super) raw: &'side Resource,
    pub(super) properties: Cow<'side, Map<String, Json>>,
    pub(super) existence: Existence,
}

/// Whether a resource is in the stack.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Existence {
    Present,
    Absent,
    /// Its condition, so far as it is known.
    Unknown(Json),
}

impl<'side> Resolved<'side> {
    pub(super) fn new(side: &'side Side<'side>) -> Self {
        let evaluator = Evaluator::new(side);
        let exists = |condition: Option<&str>| existence(side, &evaluator, condition);
        let resource = |(id, raw): (&'side String, &'side Resource)| {
            let resolved = ResolvedResource {
                raw,
                properties: evaluator.properties(&raw.properties),
                existence: exists(raw.condition.as_deref()),
            };
            (id.as_str(), resolved)
        };
        let output = |(name, output): (&'side String, &'side Output)| {
            let is_there = exists(output.condition.as_deref()) != Existence::Absent;
            is_there.then(|| (name.as_str(), evaluator.value(&output.value)))
        };
        Self {
            side,
            resources: side.template.resources.iter().map(resource).collect(),
            outputs: side.template.outputs.iter().filter_map(output).collect(),
        }
    }

    /// The ids of resources in which nothing at all differs from another template.
    pub(super) fn same_as(&self, other: &Resolved<'_>) -> Same<'side> {
        let resources = self.resources.iter();
        resources
            .filter(|(id, resource)| {
                let twin = other.resources.get(*id);
                twin.is_some_and(|twin| twin.is_identical(resource))
            })
            .map(|(id, _)| *id)
            .collect()
    }

    /// The resources that are, or may be, in the stack, without those that are the same in another template.
    pub(super) fn unlike(&self, same: &Same<'_>) -> Unlike<'_> {
        let resources = self.resources.iter();
        resources
            .filter(|(id, resource)| resource.is_there() && !same.contains(*id))
            .map(|(id, resource)| (*id, resource))
            .collect()
    }
}

/// Ids of resources that are the same in two templates: most of them, in most changes.
pub(super) type Same<'side> = BTreeSet<&'side str>;

/// Resources of one template, some left out.
pub(super) type Unlike<'side> = Vec<(&'side str, &'side ResolvedResource<'side>)>;

fn existence(side: &Side<'_>, evaluator: &Evaluator<'_>, condition: Option<&str>) -> Existence {
    let Some(condition) = condition else {
        return Existence::Present;
    };
    match evaluator.condition(condition) {
        Some(true) => Existence::Present,
        Some(false) => Existence::Absent,
        None => {
            let test = side.template.conditions.get(condition);
            Existence::Unknown(test.map_or(Json::Null, |test| evaluator.value(test)))
        }
    }
}

impl ResolvedResource<'_> {
    /// Whether it is in the stack, or may be.
    pub(super) fn is_there(&self) -> bool {
        self.existence != Existence::Absent
    }

    /// Whether nothing at all differs, which is quick to tell.
    fn is_identical(&self, other: &Self) -> bool {
        self.existence == other.existence
            && self.raw == other.raw
            && match (&self.properties, &other.properties) {
                // They are the raw ones.
                (Cow::Borrowed(_), Cow::Borrowed(_)) => true,
                (one, other) => one == other,
            }
    }

    pub(super) fn schema(&self) -> Option<&'static ResourceSchema> {
        resource_type(&self.raw.kind)
    }

    /// The properties that name it, if the template sets them all; then its `Ref` and ARN follow from them.
    pub(super) fn names(&self) -> Option<Vec<(&'static str, Json)>> {
        let schema = self.schema()?;
        let names = schema.primary_identifier();
        let values = names.iter().map(|name| {
            let value = self.properties.get(name)?;
            (!schema.read_only().contains(name)).then(|| (name.as_str(), canonical::form(value)))
        });
        values
            .collect::<Option<Vec<_>>>()
            .filter(|names| !names.is_empty())
    }
}
