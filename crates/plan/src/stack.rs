//! One stack while it is put together.

use std::collections::{BTreeMap, BTreeSet};

use cloudformation::intrinsic::reference;
use cloudformation::{Intrinsic, Output, Parameter, Resource, Template};
use topology::environment::Environment;

use crate::{Artifact, ParameterSource, PlanError, PlannedStack, StackRole};

/// A template with the sources of its parameters.
pub(crate) struct StackBuilder<'a> {
    pub(crate) environment: &'a Environment,
    pub(crate) name: String,
    pub(crate) region: String,
    pub(crate) template: Template,
    parameters: BTreeMap<String, ParameterSource>,
    duplicates: BTreeSet<String>,
}

impl<'a> StackBuilder<'a> {
    pub(crate) fn new(
        environment: &'a Environment,
        name: String,
        region: &str,
        description: &str,
    ) -> Self {
        let template = Template {
            description: Some(description.to_owned()),
            ..Template::default()
        };
        Self {
            environment,
            name,
            region: region.to_owned(),
            template,
            parameters: BTreeMap::new(),
            duplicates: BTreeSet::new(),
        }
    }

    /// Adds a resource; an id that is taken is reported by [`Self::finish`], all at once.
    pub(crate) fn add(&mut self, id: &str, resource: impl Into<Resource>) {
        if self.template.add(id, resource).is_err() {
            self.duplicate(id);
        }
    }

    /// Notes a name that was taken, for [`Self::finish`].
    pub(crate) fn duplicate(&mut self, id: &str) {
        self.duplicates.insert(id.to_owned());
    }

    pub(crate) fn output(
        &mut self,
        id: &str,
        description: &str,
        value: impl Into<serde_json::Value>,
    ) {
        self.add_output(id, Output::new(value).description(description));
    }

    /// Adds an output that is made already; a taken name is reported by [`Self::finish`].
    pub(crate) fn add_output(&mut self, id: &str, output: Output) {
        if self.template.output(id, output).is_err() {
            self.duplicate(id);
        }
    }

    /// A parameter that takes the output of another stack; gives the reference to it.
    pub(crate) fn takes_output(
        &mut self,
        id: &str,
        description: &str,
        source: OutputOf<'_>,
    ) -> Intrinsic {
        self.parameter(
            id,
            description,
            ParameterSource::Output {
                stack: source.stack.to_owned(),
                region: source.region.to_owned(),
                output: source.output.to_owned(),
            },
        )
    }

    /// A parameter that takes the key of an artifact; gives the reference to it.
    pub(crate) fn takes_artifact(
        &mut self,
        id: &str,
        description: &str,
        artifact: Artifact,
    ) -> Intrinsic {
        self.parameter(id, description, ParameterSource::Artifact(artifact))
    }

    /// The parameter with the name of this region's artifact bucket.
    pub(crate) fn takes_artifact_bucket(&mut self) -> Intrinsic {
        let region = self.region.clone();
        self.takes_output(
            "ArtifactBucket",
            "Bucket with the archives of handlers and builds",
            OutputOf {
                stack: crate::artifacts::STACK_NAME,
                region: &region,
                output: crate::artifacts::BUCKET_OUTPUT,
            },
        )
    }

    fn parameter(&mut self, id: &str, description: &str, source: ParameterSource) -> Intrinsic {
        match self.parameters.get(id) {
            // Several resources may take the same value.
            Some(known) if *known == source => {}
            Some(_) => self.duplicate(id),
            None => {
                if self
                    .template
                    .parameter(id, Parameter::string().description(description))
                    .is_err()
                {
                    self.duplicate(id);
                }
                self.parameters.insert(id.to_owned(), source);
            }
        }
        reference(id)
    }

    pub(crate) fn finish(self, role: StackRole) -> Result<PlannedStack, PlanError> {
        if let Some(id) = self.duplicates.into_iter().next() {
            return Err(PlanError::DuplicateId {
                stack: self.name,
                id,
            });
        }
        Ok(PlannedStack {
            name: self.name,
            region: self.region,
            role,
            wave: role.wave(),
            template: self.template,
            parameters: self.parameters,
            tags: BTreeMap::new(),
            termination_protection: false,
            guarded: BTreeSet::new(),
        })
    }
}

/// An output of another stack.
#[derive(Clone, Copy)]
pub(crate) struct OutputOf<'a> {
    pub(crate) stack: &'a str,
    pub(crate) region: &'a str,
    pub(crate) output: &'a str,
}
