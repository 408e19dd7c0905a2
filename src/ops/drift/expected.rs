//! What the template of a deployed stack says, with references looked up.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::ops::observe::DeployedResource;

/// A deployed stack as its template has it.
pub(super) struct Expected {
    template: Value,
    parameters: BTreeMap<String, String>,
    resources: Vec<DeployedResource>,
}

impl Expected {
    /// A template that is no JSON, and so not of liftform, says nothing.
    pub(super) fn new(
        template: &str,
        parameters: BTreeMap<String, String>,
        resources: Vec<DeployedResource>,
    ) -> Self {
        Self {
            template: serde_json::from_str(template).unwrap_or_default(),
            parameters,
            resources,
        }
    }

    /// The resources that CloudFormation made.
    pub(super) fn resources(&self) -> &[DeployedResource] {
        &self.resources
    }

    /// A property by path, `Code/S3Key` or `Code.S3Key`.
    pub(super) fn property(&self, logical_id: &str, path: &str) -> Option<&Value> {
        let mut value = self.template.get("Resources")?.get(logical_id)?;
        for key in std::iter::once("Properties").chain(path.split(['/', '.'])) {
            value = value.get(key)?;
        }
        Some(value)
    }

    /// The items of a list.
    pub(super) fn list(&self, logical_id: &str, path: &str) -> &[Value] {
        let list = self.property(logical_id, path).and_then(Value::as_array);
        list.map_or(&[], Vec::as_slice)
    }

    /// The text that a value comes to; none: that takes more than a reference to a parameter or resource.
    pub(super) fn text(&self, value: &Value) -> Option<String> {
        if let Some(name) = value.get("Ref").and_then(Value::as_str) {
            return self
                .parameters
                .get(name)
                .cloned()
                .or_else(|| self.physical_id(name));
        }
        value.as_str().map(str::to_owned)
    }

    fn physical_id(&self, logical_id: &str) -> Option<String> {
        let mut resources = self.resources.iter();
        resources
            .find(|resource| resource.logical_id == logical_id)?
            .physical_id
            .clone()
    }
}
