//! The parameter values of a stack.
//!
//! In: where each value comes from, what earlier stacks put out, what was built. Out: the values. Pure.

use std::collections::BTreeMap;

use plan::{Artifact, ParameterSource, StackRole};

use super::StackSpec;
use crate::bundle::ArtifactCatalog;
use crate::event::StackRef;

/// The output of the artifact stack that names its bucket.
pub const BUCKET_OUTPUT: &str = "ArtifactBucket";

/// Outputs by stack, as far as they are known.
pub(super) type Outputs = BTreeMap<StackRef, BTreeMap<String, String>>;

/// Why a value is not known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InputError {
    /// A stack lacks an output.
    #[error("parameter `{parameter}` takes output `{output}` of {stack}, which has no such output")]
    NoOutput {
        /// The parameter.
        parameter: String,
        /// The stack that should have it.
        stack: StackRef,
        /// The output.
        output: String,
    },
    /// An artifact was not built.
    #[error(
        "parameter `{parameter}` takes {}, which was not built",
        describe(artifact)
    )]
    NoArtifact {
        /// The parameter.
        parameter: String,
        /// The artifact.
        artifact: Artifact,
    },
    /// There is no artifact stack in a region, or it doesn't say its bucket.
    #[error("no artifact bucket is known in {region}")]
    NoBucket {
        /// The region.
        region: String,
    },
}

fn describe(artifact: &Artifact) -> String {
    match artifact {
        Artifact::Handler { package } => format!("the handler `{package}`"),
        Artifact::Build { name, .. } => format!("the build `{name}`"),
    }
}

/// Finds the value of one parameter.
pub(super) fn value(
    parameter: &str,
    source: &ParameterSource,
    outputs: &Outputs,
    catalog: &ArtifactCatalog,
) -> Result<String, InputError> {
    match source {
        ParameterSource::Output {
            stack,
            region,
            output,
        } => {
            let stack = StackRef::new(stack, region);
            let known = outputs.get(&stack).and_then(|outputs| outputs.get(output));
            known.cloned().ok_or_else(|| InputError::NoOutput {
                parameter: parameter.to_owned(),
                stack,
                output: output.clone(),
            })
        }
        ParameterSource::Artifact(artifact) => catalog
            .get(artifact)
            .map(|built| built.key.clone())
            .ok_or_else(|| InputError::NoArtifact {
                parameter: parameter.to_owned(),
                artifact: artifact.clone(),
            }),
    }
}

/// Finds the artifact bucket of a region.
pub(super) fn bucket(
    specs: &[StackSpec],
    region: &str,
    outputs: &Outputs,
) -> Result<String, InputError> {
    specs
        .iter()
        .filter(|spec| spec.role == StackRole::Artifacts && spec.stack.region == region)
        .find_map(|spec| outputs.get(&spec.stack)?.get(BUCKET_OUTPUT))
        .cloned()
        .ok_or_else(|| InputError::NoBucket {
            region: region.to_owned(),
        })
}
