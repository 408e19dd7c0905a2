//! Puts what a stack needs into the artifact bucket of its region.

use plan::ParameterSource;

use super::execute::Look;
use super::inputs::{self, Outputs};
use super::{
    ArtifactStore, Object, Operation, Pace, StackApi, StackFailure, StackSpec, TemplateSource,
};
use crate::event::Event;

/// The longest template that a request may carry.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html>
const INLINE_TEMPLATE: usize = 51_200;

/// Whether the template can stand in a request. A longer one needs the region's bucket, which may not exist yet.
pub(super) fn fits_inline(spec: &StackSpec) -> bool {
    spec.template.len() <= INLINE_TEMPLATE
}

impl<Stacks: StackApi, Store: ArtifactStore, Clock: Pace> Operation<'_, Stacks, Store, Clock> {
    /// Uploads the artifacts that the stack's parameters name.
    pub(super) async fn upload_artifacts(
        &self,
        spec: &StackSpec,
        look: Look<'_>,
    ) -> Result<(), StackFailure> {
        for (parameter, source) in &spec.parameters {
            let ParameterSource::Artifact(artifact) = source else {
                continue;
            };
            let Some(built) = look.catalog.get(artifact) else {
                let (parameter, artifact) = (parameter.clone(), artifact.clone());
                return Err(inputs::InputError::NoArtifact {
                    parameter,
                    artifact,
                }
                .into());
            };
            let region = spec.stack.region.clone();
            let bucket = inputs::bucket(look.specs, &region, look.outputs)?;
            let object = Object {
                region: region.clone(),
                bucket,
                key: built.key.clone(),
            };
            let key = built.key.clone();
            // A key holds the digest of its content, so what is there is right.
            if self.store.exists(&object).await? {
                self.emit(Event::ArtifactPresent { key, region });
                continue;
            }
            self.emit(Event::ArtifactUploading {
                key: key.clone(),
                region: region.clone(),
                size: built.size,
            });
            self.store
                .put_file(&object, &built.path, &built.digest)
                .await?;
            self.emit(Event::ArtifactUploaded { key, region });
        }
        Ok(())
    }

    /// Gives CloudFormation the template, by way of the bucket when it is too long for a request.
    pub(super) async fn template_source(
        &self,
        specs: &[StackSpec],
        spec: &StackSpec,
        outputs: &Outputs,
    ) -> Result<TemplateSource, StackFailure> {
        if fits_inline(spec) {
            return Ok(TemplateSource::Body(spec.template.clone()));
        }
        let region = spec.stack.region.clone();
        let bucket = inputs::bucket(specs, &region, outputs)?;
        let key = format!("templates/{}-{}.json", spec.stack.name, self.options.run);
        let object = Object {
            region,
            bucket,
            key,
        };
        self.store.put_text(&object, &spec.template).await?;
        Ok(TemplateSource::Url(self.store.url(&object)))
    }
}
