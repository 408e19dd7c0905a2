//! What the service needs of the cloud around it.

use std::future::Future;
use std::pin::Pin;

use serde::{Deserialize, Serialize};

use crate::events::Notification;

/// What takes its time: a value, or in words why there is none.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = Result<T, String>> + Send + 'a>>;

/// An object in S3.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredObject {
    /// The region of its bucket.
    pub region: String,
    /// Its bucket.
    pub bucket: String,
    /// Its key.
    pub key: String,
}

/// The other services of the cloud.
pub trait Surroundings: Send + Sync {
    /// Hands an event to EventBridge, and to its SNS topic when it has one. Is called again after an error, so an
    /// event may arrive more than once.
    fn publish<'a>(&'a self, notification: &'a Notification) -> Pending<'a, ()>;

    /// The bytes of an object.
    fn object<'a>(&'a self, object: &'a StoredObject) -> Pending<'a, Vec<u8>>;
}
