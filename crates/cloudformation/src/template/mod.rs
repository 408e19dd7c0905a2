//! A template and its sections.
//!
//! Comes in: resources, parameters, outputs. Goes out: canonical text. A template may be wrong (that is what
//! validation finds), but nothing in it gets lost silently.

mod id;
mod output;
mod parameter;
mod policy;
mod resource;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use serde_json::{Map, Value as Json};

pub(crate) use id::check as check_id;
pub use id::{DuplicateId, IdError, LogicalId};
pub use output::Output;
pub use parameter::{Parameter, ParameterType};
pub use policy::DeletionPolicy;
pub use resource::Resource;

/// The only format version there is.
pub const FORMAT_VERSION: &str = "2010-09-09";

/// The macro that adds loops and further functions to the language.
pub const LANGUAGE_EXTENSIONS: &str = "AWS::LanguageExtensions";

/// A CloudFormation template.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Template {
    /// What the stack is for.
    pub description: Option<String>,
    /// Facts for tools; CloudFormation ignores most of them.
    pub metadata: Map<String, Json>,
    /// What a deployment has to supply.
    pub parameters: BTreeMap<String, Parameter>,
    /// Checks over several parameters.
    pub rules: BTreeMap<String, Json>,
    /// Tables for `Fn::FindInMap`.
    pub mappings: BTreeMap<String, Json>,
    /// Boolean expressions by name.
    pub conditions: BTreeMap<String, Json>,
    /// A macro or a list of macros.
    pub transform: Option<Json>,
    /// Resources by logical id.
    pub resources: BTreeMap<String, Resource>,
    /// Values that the stack shows when it is deployed.
    pub outputs: BTreeMap<String, Output>,
    /// Blue/green deployments of ECS services, by name.
    pub hooks: BTreeMap<String, Json>,
    /// What all functions and APIs of a SAM template share.
    pub globals: Option<Json>,
    /// `Fn::ForEach` over something that only the deployment knows, by section and key. Other loops are written out
    /// when a template is read.
    pub loops: BTreeMap<String, Map<String, Json>>,
}

impl Template {
    /// Adds a resource, and hands it back for further attributes.
    ///
    /// # Errors
    /// When the template already has a resource with this id.
    pub fn add(
        &mut self,
        id: impl Into<String>,
        resource: impl Into<Resource>,
    ) -> Result<&mut Resource, DuplicateId> {
        insert("resource", &mut self.resources, id.into(), resource.into())
    }

    /// Adds a parameter.
    ///
    /// # Errors
    /// When the template already has a parameter with this name.
    pub fn parameter(
        &mut self,
        name: impl Into<String>,
        parameter: Parameter,
    ) -> Result<&mut Parameter, DuplicateId> {
        insert("parameter", &mut self.parameters, name.into(), parameter)
    }

    /// Adds an output.
    ///
    /// # Errors
    /// When the template already has an output with this name.
    pub fn output(
        &mut self,
        name: impl Into<String>,
        output: Output,
    ) -> Result<&mut Output, DuplicateId> {
        insert("output", &mut self.outputs, name.into(), output)
    }

    /// Adds a condition; the expression is made of [`equals`](crate::intrinsic::equals) and its neighbours.
    ///
    /// # Errors
    /// When the template already has a condition with this name.
    pub fn condition(
        &mut self,
        name: impl Into<String>,
        expression: impl Into<Json>,
    ) -> Result<&mut Json, DuplicateId> {
        insert(
            "condition",
            &mut self.conditions,
            name.into(),
            expression.into(),
        )
    }

    /// Adds a mapping: top-level key, second-level key, value.
    ///
    /// # Errors
    /// When the template already has a mapping with this name.
    pub fn mapping(
        &mut self,
        name: impl Into<String>,
        table: impl Into<Json>,
    ) -> Result<&mut Json, DuplicateId> {
        insert("mapping", &mut self.mappings, name.into(), table.into())
    }

    /// The macros that rewrite the whole template before it is deployed.
    pub fn macros(&self) -> impl Iterator<Item = &str> {
        let listed = match &self.transform {
            Some(Json::Array(items)) => items.as_slice(),
            Some(one) => std::slice::from_ref(one),
            None => &[],
        };
        // A macro with parameters is an object with its `Name`.
        listed
            .iter()
            .filter_map(|item| item.as_str().or_else(|| item["Name"].as_str()))
    }

    /// Whether resources may exist that the template doesn't name: macros and open loops add them.
    #[must_use]
    pub fn has_unknown_resources(&self) -> bool {
        !self.loops.is_empty()
            || self.macros().any(|name| name != LANGUAGE_EXTENSIONS)
            || (self.transform.is_some() && self.macros().next().is_none())
    }

    /// Canonical JSON, indented, with a line feed at the end: the same template gives the same bytes.
    #[must_use]
    pub fn to_json(&self) -> String {
        crate::write::template(self, crate::write::Layout::Pretty)
    }

    /// Canonical JSON without any white space, for size limits and for uploads.
    #[must_use]
    pub fn to_json_compact(&self) -> String {
        crate::write::template(self, crate::write::Layout::Compact)
    }

    /// YAML with intrinsic functions in their long form.
    #[must_use]
    pub fn to_yaml(&self) -> String {
        crate::write::yaml(self)
    }

    /// The template as one JSON value.
    #[must_use]
    pub fn to_value(&self) -> Json {
        crate::write::tree(self)
    }
}

fn insert<'a, T>(
    what: &'static str,
    entries: &'a mut BTreeMap<String, T>,
    id: String,
    value: T,
) -> Result<&'a mut T, DuplicateId> {
    match entries.entry(id) {
        Entry::Vacant(vacant) => Ok(vacant.insert(value)),
        Entry::Occupied(occupied) => Err(DuplicateId {
            what,
            id: occupied.key().clone(),
        }),
    }
}
