//! A bucket, and somebody who listens.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::Path;

use crate::bundle::Digest;
use crate::deploy::{ArtifactStore, Object};
use crate::event::{Event, EventSink};
use crate::remote::RemoteError;

#[derive(Default)]
pub(crate) struct FakeStore {
    pub(crate) objects: RefCell<BTreeSet<String>>,
}

impl FakeStore {
    fn put(&self, object: &Object) {
        self.objects.borrow_mut().insert(name(object));
    }
}

fn name(object: &Object) -> String {
    format!("{}/{}/{}", object.region, object.bucket, object.key)
}

impl ArtifactStore for FakeStore {
    async fn exists(&self, object: &Object) -> Result<bool, RemoteError> {
        Ok(self.objects.borrow().contains(&name(object)))
    }

    async fn put_file(
        &self,
        object: &Object,
        _path: &Path,
        _digest: &Digest,
    ) -> Result<(), RemoteError> {
        self.put(object);
        Ok(())
    }

    async fn put_text(&self, object: &Object, _text: &str) -> Result<(), RemoteError> {
        self.put(object);
        Ok(())
    }

    fn url(&self, object: &Object) -> String {
        format!("https://{}/{}", object.bucket, object.key)
    }

    async fn empty(&self, region: &str, bucket: &str) -> Result<(), RemoteError> {
        self.objects
            .borrow_mut()
            .retain(|object| !object.starts_with(&format!("{region}/{bucket}/")));
        Ok(())
    }
}

/// Keeps what was reported.
#[derive(Default)]
pub(crate) struct Recorder(pub(crate) RefCell<Vec<Event>>);

impl EventSink for Recorder {
    fn emit(&self, event: Event) {
        self.0.borrow_mut().push(event);
    }
}
