//! The artifact buckets through the SDK.

use std::path::Path;

use aws_sdk_s3::error::ProvideErrorMetadata as _;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{Delete, ObjectIdentifier};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::Connection;
use super::error::remote;
use crate::bundle::Digest;
use crate::deploy::{ArtifactStore, Object};
use crate::remote::RemoteError;

impl ArtifactStore for Connection {
    async fn exists(&self, object: &Object) -> Result<bool, RemoteError> {
        let request = self
            .s3(&object.region)
            .head_object()
            .bucket(&object.bucket)
            .key(&object.key);
        match request.send().await {
            Ok(_) => Ok(true),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(|error| error.is_not_found()) =>
            {
                Ok(false)
            }
            Err(error) => Err(remote("HeadObject")(error)),
        }
    }

    async fn put_file(
        &self,
        object: &Object,
        path: &Path,
        digest: &Digest,
    ) -> Result<(), RemoteError> {
        let body = ByteStream::from_path(path)
            .await
            .map_err(|error| RemoteError {
                operation: "PutObject",
                code: None,
                message: format!("cannot read `{}`: {error}", path.display()),
                request_id: None,
                retryable: false,
            })?;
        self.put(object, body, digest, "application/zip").await
    }

    async fn put_text(&self, object: &Object, text: &str) -> Result<(), RemoteError> {
        let digest = Digest::of(text.as_bytes());
        self.put(
            object,
            ByteStream::from(text.as_bytes().to_vec()),
            &digest,
            "application/json",
        )
        .await
    }

    fn url(&self, object: &Object) -> String {
        let Object {
            region,
            bucket,
            key,
        } = object;
        match self.local() {
            Some(endpoint) => format!("{endpoint}/{bucket}/{key}"),
            None if region.starts_with("cn-") => {
                format!("https://{bucket}.s3.{region}.amazonaws.com.cn/{key}")
            }
            None => format!("https://{bucket}.s3.{region}.amazonaws.com/{key}"),
        }
    }

    async fn empty(&self, region: &str, bucket: &str) -> Result<(), RemoteError> {
        let client = self.s3(region);
        loop {
            // Always the first page: what it listed is gone when the next one is asked for.
            let page = match client.list_object_versions().bucket(bucket).send().await {
                Err(error) if error.code() == Some("NoSuchBucket") => return Ok(()),
                page => page.map_err(remote("ListObjectVersions"))?,
            };
            let versions = page
                .versions()
                .iter()
                .map(|version| (version.key(), version.version_id()));
            let markers = page
                .delete_markers()
                .iter()
                .map(|marker| (marker.key(), marker.version_id()));
            let objects: Vec<_> = versions
                .chain(markers)
                .filter_map(|(key, version)| {
                    ObjectIdentifier::builder()
                        .key(key?)
                        .set_version_id(version.map(str::to_owned))
                        .build()
                        .ok()
                })
                .collect();
            if objects.is_empty() {
                return Ok(());
            }
            self.delete_objects(region, bucket, objects).await?;
        }
    }
}

impl Connection {
    async fn put(
        &self,
        object: &Object,
        body: ByteStream,
        digest: &Digest,
        content_type: &str,
    ) -> Result<(), RemoteError> {
        let request = self
            .s3(&object.region)
            .put_object()
            .bucket(&object.bucket)
            .key(&object.key);
        let request = request.checksum_sha256(BASE64_STANDARD.encode(digest.bytes()));
        request
            .content_type(content_type)
            .body(body)
            .send()
            .await
            .map_err(remote("PutObject"))?;
        Ok(())
    }

    pub(super) async fn delete_objects(
        &self,
        region: &str,
        bucket: &str,
        objects: Vec<ObjectIdentifier>,
    ) -> Result<(), RemoteError> {
        let refused = |message: String, code: Option<&str>| RemoteError {
            operation: "DeleteObjects",
            code: code.map(str::to_owned),
            message,
            request_id: None,
            retryable: false,
        };
        let delete = Delete::builder()
            .set_objects(Some(objects))
            .quiet(true)
            .build();
        let delete = delete.map_err(|error| refused(error.to_string(), None))?;
        let request = self
            .s3(region)
            .delete_objects()
            .bucket(bucket)
            .delete(delete);
        let answer = request.send().await.map_err(remote("DeleteObjects"))?;
        // The call succeeds even when objects stay; going on would list them for ever.
        match answer.errors().first() {
            None => Ok(()),
            Some(error) => {
                let message = format!(
                    "`{}` stays: {}",
                    error.key().unwrap_or_default(),
                    error.message().unwrap_or_default()
                );
                Err(refused(message, error.code()))
            }
        }
    }
}
