//! The artifact buckets and waiting change sets, as `assets` reads them.

use aws_sdk_cloudformation::error::ProvideErrorMetadata as _;
use aws_sdk_cloudformation::types::ExecutionStatus;
use aws_sdk_s3::types::ObjectIdentifier;

use super::Connection;
use super::cloudformation::is_absent;
use super::error::remote;
use super::history::moment;
use crate::event::StackRef;
use crate::ops::assets::{AssetApi, StoredObject};
use crate::remote::RemoteError;

/// S3 deletes so many objects per call.
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html>
const AT_ONCE: usize = 1000;

impl AssetApi for Connection {
    async fn objects(&self, region: &str, bucket: &str) -> Result<Vec<StoredObject>, RemoteError> {
        let client = self.s3(region);
        let mut pages = client
            .list_objects_v2()
            .bucket(bucket)
            .into_paginator()
            .send();
        let mut objects = Vec::new();
        while let Some(page) = pages.next().await {
            let page = match page {
                Err(error) if error.code() == Some("NoSuchBucket") => break,
                page => page.map_err(remote("ListObjectsV2"))?,
            };
            objects.extend(page.contents().iter().map(|object| {
                StoredObject {
                    key: object.key().unwrap_or_default().to_owned(),
                    size: object
                        .size()
                        .and_then(|size| u64::try_from(size).ok())
                        .unwrap_or_default(),
                    modified: object.last_modified().map(moment).unwrap_or_default(),
                }
            }));
        }
        Ok(objects)
    }

    async fn remove(&self, region: &str, bucket: &str, keys: &[String]) -> Result<(), RemoteError> {
        for keys in keys.chunks(AT_ONCE) {
            let objects = keys
                .iter()
                .filter_map(|key| ObjectIdentifier::builder().key(key).build().ok())
                .collect();
            self.delete_objects(region, bucket, objects).await?;
        }
        Ok(())
    }

    async fn waiting(&self, stack: &StackRef) -> Result<Vec<String>, RemoteError> {
        let client = self.cloudformation(&stack.region);
        let mut pages = client
            .list_change_sets()
            .stack_name(&stack.name)
            .into_paginator()
            .send();
        let mut texts = Vec::new();
        while let Some(page) = pages.next().await {
            let page = match page {
                Err(error) if is_absent(error.message()) => break,
                page => page.map_err(remote("ListChangeSets"))?,
            };
            for summary in page.summaries() {
                let waits = summary.execution_status() == Some(&ExecutionStatus::Available);
                if let Some(id) = summary.change_set_id().filter(|_| waits) {
                    texts.extend(self.inputs_of(&stack.region, id).await?);
                }
            }
        }
        Ok(texts)
    }
}

impl Connection {
    /// The parameter values and the template of a change set.
    async fn inputs_of(&self, region: &str, id: &str) -> Result<Vec<String>, RemoteError> {
        let client = self.cloudformation(region);
        let described = client
            .describe_change_set()
            .change_set_name(id)
            .send()
            .await;
        let described = described.map_err(remote("DescribeChangeSet"))?;
        let mut texts: Vec<String> = described
            .parameters()
            .iter()
            .filter_map(|parameter| parameter.parameter_value())
            .map(str::to_owned)
            .collect();
        let template = client.get_template().change_set_name(id).send().await;
        texts.extend(template.map_err(remote("GetTemplate"))?.template_body);
        Ok(texts)
    }
}
