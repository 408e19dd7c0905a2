//! What differs between two templates, and what CloudFormation would do about it: a forecast from the registry schemas.
//!
//! In: two templates with their parameter values. Out: a [`TemplateDiff`], from which [`apply`] makes the new template again. Comparing can't fail and calls nothing. Text that
//! CloudFormation treats alike (order of lists that are sets, `"80"` and `80`, policies written in another way) is no
//! difference.

mod apply;
mod canonical;
mod collision;
mod compare;
mod entries;
mod evaluate;
mod impact;
mod path;
mod permissions;
mod policy;
mod ports;
mod propagate;
mod reference;
mod rename;
mod resolved;
mod security;
mod sub;
mod walk;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use crate::schema::resource_type;
use crate::template::{Resource, Template};

pub use apply::apply;
pub use compare::{compare, compare_with_security};
pub use ports::OpenPort;
pub use security::{Grant, Reach, SecurityDiff, security};

/// A template and what is known of its parameter values.
#[derive(Clone, Debug)]
pub struct Side<'template> {
    /// The template.
    pub template: &'template Template,
    /// Values by parameter; a parameter without one has its default.
    pub parameters: BTreeMap<String, String>,
    /// Parameters whose value is known only later: by parameter, why.
    pub later: BTreeMap<String, String>,
}

impl<'template> Side<'template> {
    /// A template whose parameters have their defaults.
    #[must_use]
    pub fn new(template: &'template Template) -> Self {
        Self {
            template,
            parameters: BTreeMap::new(),
            later: BTreeMap::new(),
        }
    }

    /// The value of a parameter; none: it has none, or it is known only later.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<String> {
        if self.later.contains_key(name) {
            return None;
        }
        self.parameters.get(name).cloned().or_else(|| {
            let default = self.template.parameters.get(name)?.default.as_ref()?;
            Some(canonical::text(default))
        })
    }
}

/// Whether two values mean the same to CloudFormation.
#[must_use]
pub fn same_value(one: &Json, other: &Json) -> bool {
    let form = |value| canonical::form(&evaluate::Evaluator::without_template().value(value));
    form(one) == form(other)
}

/// Whether a property can be set and not read back, by its path as in [`PropertyChange::path`]. Unknown types have none.
#[must_use]
pub fn is_write_only(kind: &str, path: &str) -> bool {
    impact::is_write_only(resource_type(kind), &path::to_schema(path))
}

/// What differs between two templates.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TemplateDiff {
    /// Resources that differ, by logical id.
    pub resources: BTreeMap<String, ResourceChange>,
    /// What differs beside resources.
    pub entries: Vec<EntryChange>,
    /// Outputs whose value changes or may change.
    pub outputs: BTreeSet<String>,
    /// Resources that look like ones that go; CloudFormation makes and removes them all the same.
    pub renames: Vec<Rename>,
    /// Resources that can't be made, because their name is taken.
    pub collisions: Vec<Collision>,
}

impl TemplateDiff {
    /// Whether nothing differs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.resources.is_empty() && self.entries.is_empty()
    }
}

/// A resource under another logical id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rename {
    /// The id that goes.
    pub from: String,
    /// The id that comes.
    pub to: String,
    /// Whether all properties are the same.
    pub is_exact: bool,
}

/// A resource that can't be made, or not if it is replaced, because its name is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Collision {
    /// The resource.
    pub id: String,
    /// Who has the name: itself before, or one that goes.
    pub with: String,
    /// The properties that name it.
    pub properties: Vec<String>,
}

/// What differs in one resource.
#[derive(Clone, Debug, PartialEq)]
pub struct ResourceChange {
    /// The resource in the old template; a condition may keep it out of the stack.
    pub before: Option<Resource>,
    /// The resource in the new template.
    pub after: Option<Resource>,
    /// What differs within it; empty when it comes or goes.
    pub properties: Vec<PropertyChange>,
    /// What happens to it: the worst of all reasons.
    pub impact: Impact,
    /// Why, if not because the template says so.
    pub causes: Vec<Cause>,
}

impl ResourceChange {
    /// Its type, the new one if it changes.
    #[must_use]
    pub fn kind(&self) -> &str {
        let resource = self.after.as_ref().or(self.before.as_ref());
        resource.map_or("", |resource| resource.kind.as_str())
    }

    /// Whether it concerns the stack. What a template says of a resource that a condition keeps out before and after doesn't,
    /// nor does another text with the same outcome.
    #[must_use]
    pub fn is_felt(&self) -> bool {
        self.impact != Impact::None || !self.properties.is_empty()
    }
}

/// What happens to a resource; the order is that of harm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Impact {
    /// Only what CloudFormation knows of it changes, like its `DeletionPolicy`.
    None,
    /// It is changed in place.
    Update,
    /// It is made.
    Create,
    /// It leaves the stack and stays in the account.
    Orphan,
    /// It is changed in place or replaced.
    MayReplace,
    /// A new one takes its place.
    Replace,
    /// It is removed; a snapshot stays.
    Snapshot,
    /// It is removed.
    Destroy,
}

/// Why something happens to a resource.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// A property that can't be changed in place.
    Property(String),
    /// The type is another.
    Kind,
    /// A condition that lets it come or go.
    Condition(String),
}

/// One difference within a resource.
#[derive(Clone, Debug, PartialEq)]
pub struct PropertyChange {
    /// Path below `Properties`, like `Policies[0].PolicyName`; or an attribute, like `DeletionPolicy`.
    pub path: String,
    /// Before; none: it wasn't there.
    pub before: Option<Json>,
    /// After.
    pub after: After,
    /// What this change alone does to the resource.
    pub impact: Impact,
    /// Whether nobody can read the value back: drift detection, the console and we see only what templates say.
    pub write_only: bool,
}

/// A value after a change.
#[derive(Clone, Debug, PartialEq)]
pub enum After {
    /// It isn't there any more.
    Gone,
    /// This value.
    Value(Json),
    /// A value that is known only later: why.
    Later(String),
}

/// A difference beside resources.
#[derive(Clone, Debug, PartialEq)]
pub struct EntryChange {
    /// The part of the template.
    pub section: Section,
    /// The name in it.
    pub name: String,
    /// Before; none: it wasn't there.
    pub before: Option<Json>,
    /// After.
    pub after: After,
}

/// A part of a template beside its resources.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    /// The value of a parameter.
    ParameterValue,
    /// The declaration of a parameter.
    Parameter,
    /// An output.
    Output,
    /// A condition.
    Condition,
    /// A mapping.
    Mapping,
    /// A rule over parameters.
    Rule,
    /// Description, metadata, transform.
    Template,
}

#[cfg(test)]
mod laws;
#[cfg(test)]
mod tests;
