//! A resource in a template: its type, its properties, and the attributes around them.

use serde_json::{Map, Value as Json};

use super::DeletionPolicy;

/// A resource as a template holds it. Typed resources turn into this.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Resource {
    /// The type, like `AWS::DynamoDB::Table`.
    pub kind: String,
    /// Properties by name.
    pub properties: Map<String, Json>,
    /// Ids that have to exist first. Sorted, because order means nothing here and should change nothing.
    pub depends_on: Vec<String>,
    /// The condition under which the resource exists.
    pub condition: Option<String>,
    /// What happens when the resource leaves the stack.
    pub deletion_policy: Option<DeletionPolicy>,
    /// What happens to the old one when the resource is replaced.
    pub update_replace_policy: Option<DeletionPolicy>,
    /// Facts for tools.
    pub metadata: Map<String, Json>,
    /// When the resource counts as created.
    pub creation_policy: Option<Json>,
    /// How updates roll out.
    pub update_policy: Option<Json>,
    /// Attributes that hold something else than CloudFormation by itself takes: a policy that a function gives
    /// (language extensions), or an attribute of SAM.
    pub computed: Map<String, Json>,
}

impl Resource {
    /// A resource of any type; prefer the typed ones.
    #[must_use]
    pub fn new(kind: impl Into<String>, properties: Map<String, Json>) -> Self {
        Self {
            kind: kind.into(),
            properties,
            ..Self::default()
        }
    }

    /// Adds an id that has to exist first.
    #[must_use]
    pub fn depends_on(mut self, id: impl Into<String>) -> Self {
        let id = id.into();
        if let Err(place) = self.depends_on.binary_search(&id) {
            self.depends_on.insert(place, id);
        }
        self
    }

    /// Sets the condition under which the resource exists.
    #[must_use]
    pub fn condition(self, name: impl Into<String>) -> Self {
        Self {
            condition: Some(name.into()),
            ..self
        }
    }

    /// Sets what happens when the resource leaves the stack.
    #[must_use]
    pub fn deletion_policy(self, policy: DeletionPolicy) -> Self {
        Self {
            deletion_policy: Some(policy),
            ..self
        }
    }

    /// Sets what happens to the old one when the resource is replaced.
    #[must_use]
    pub fn update_replace_policy(self, policy: DeletionPolicy) -> Self {
        Self {
            update_replace_policy: Some(policy),
            ..self
        }
    }

    /// Sets one fact for tools.
    #[must_use]
    pub fn metadata(mut self, key: impl Into<String>, fact: impl Into<Json>) -> Self {
        self.metadata.insert(key.into(), fact.into());
        self
    }

    /// Sets when the resource counts as created.
    #[must_use]
    pub fn creation_policy(self, policy: impl Into<Json>) -> Self {
        Self {
            creation_policy: Some(policy.into()),
            ..self
        }
    }

    /// Sets how updates roll out.
    #[must_use]
    pub fn update_policy(self, policy: impl Into<Json>) -> Self {
        Self {
            update_policy: Some(policy.into()),
            ..self
        }
    }
}
