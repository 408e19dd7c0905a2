//! A place within a resource's properties, for people, for schemas and for looking it up.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Map, Value as Json};

/// A place below `Properties`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Path(Vec<Step>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Key(String),
    Item(usize),
    /// An item of a list that is a map by its `Key`s, as tags are.
    Member(String),
}

/// A path as people read it, in the spelling of schemas: `Policies[0].PolicyName` as `Policies/*/PolicyName`.
pub(super) fn to_schema(shown: &str) -> String {
    let mut parts = Vec::new();
    for part in shown.split('.') {
        let mut pieces = part.split('[');
        parts.extend(pieces.next().filter(|name| !name.is_empty()));
        parts.extend(pieces.map(|_| "*"));
    }
    parts.join("/")
}

impl Path {
    pub(super) fn key(&self, name: &str) -> Self {
        self.with(Step::Key(name.to_owned()))
    }

    pub(super) fn item(&self, index: usize) -> Self {
        self.with(Step::Item(index))
    }

    pub(super) fn member(&self, key: &str) -> Self {
        self.with(Step::Member(key.to_owned()))
    }

    fn with(&self, step: Step) -> Self {
        let mut steps = self.0.clone();
        steps.push(step);
        Self(steps)
    }

    /// In the spelling of schemas: `Policies/*/PolicyName`.
    pub(super) fn schema(&self) -> String {
        let parts: Vec<&str> = self
            .0
            .iter()
            .map(|step| match step {
                Step::Key(name) => name.as_str(),
                Step::Item(_) | Step::Member(_) => "*",
            })
            .collect();
        parts.join("/")
    }

    /// Whether policies have a list here, and its order means nothing.
    pub(super) fn is_set_of_policy(&self) -> bool {
        const SETS: [&str; 5] = [
            "Action",
            "NotAction",
            "NotResource",
            "Resource",
            "Statement",
        ];
        matches!(self.0.last(), Some(Step::Key(name)) if SETS.contains(&name.as_str()))
    }

    /// The value at this place.
    pub(super) fn find<'value>(
        &self,
        properties: &'value Map<String, Json>,
    ) -> Option<&'value Json> {
        let (first, rest) = self.0.split_first()?;
        let Step::Key(name) = first else { return None };
        rest.iter()
            .try_fold(properties.get(name)?, |value, step| match step {
                Step::Key(name) => value.get(name),
                Step::Item(index) => value.get(index),
                Step::Member(key) => keyed(value.as_array()?)?.get(key.as_str()).copied(),
            })
    }
}

/// For people: `Policies[0].PolicyName`, `Tags[team].Value`.
impl fmt::Display for Path {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, step) in self.0.iter().enumerate() {
            match step {
                Step::Key(name) if place == 0 => formatter.write_str(name)?,
                Step::Key(name) => write!(formatter, ".{name}")?,
                Step::Item(index) => write!(formatter, "[{index}]")?,
                Step::Member(key) => write!(formatter, "[{key}]")?,
            }
        }
        Ok(())
    }
}

/// The items of a list by their key, as tags have one; none when an item has no key or two share one.
pub(super) fn keyed(items: &[Json]) -> Option<BTreeMap<&str, &Json>> {
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
