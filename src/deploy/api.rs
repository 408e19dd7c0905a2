//! What deploying needs of CloudFormation and S3, in values of our own.
//!
//! `aws/` implements the traits with the SDK, tests with a fake cloud. The methods are one call (or one paged call) each;
//! what to call when is decided in this module's neighbours.

use std::collections::BTreeMap;
use std::path::Path;

use super::ChangeSet;
use crate::bundle::Digest;
use crate::event::{ResourceProgress, StackRef};
use crate::moment::Moment;
use crate::remote::RemoteError;

/// CloudFormation.
pub trait StackApi {
    /// Reads a stack; none: there is no such stack.
    fn describe(
        &self,
        stack: &StackRef,
    ) -> impl Future<Output = Result<Option<StackState>, RemoteError>>;

    /// Reads every stack of a region.
    fn list(&self, region: &str) -> impl Future<Output = Result<Vec<StackState>, RemoteError>>;

    /// Reads the template as it was submitted.
    fn template(&self, stack: &StackRef) -> impl Future<Output = Result<String, RemoteError>>;

    /// Reads the stack policy; none: there is none, or no stack.
    fn policy(&self, stack: &StackRef)
    -> impl Future<Output = Result<Option<String>, RemoteError>>;

    /// Sets the stack policy. It can't be removed again, only replaced.
    fn set_policy(
        &self,
        stack: &StackRef,
        policy: &str,
    ) -> impl Future<Output = Result<(), RemoteError>>;

    /// Starts to compute a change set.
    fn create_change_set(
        &self,
        stack: &StackRef,
        request: &ChangeSetRequest,
    ) -> impl Future<Output = Result<(), RemoteError>>;

    /// Reads how far a change set is, and what it does; `name` may be its ARN.
    fn describe_change_set(
        &self,
        stack: &StackRef,
        name: &str,
    ) -> impl Future<Output = Result<ChangeSetState, RemoteError>>;

    /// Reads the names of a stack's change sets; a stack that doesn't exist has none.
    fn change_sets(
        &self,
        stack: &StackRef,
    ) -> impl Future<Output = Result<Vec<String>, RemoteError>>;

    /// Starts to apply a change set; `name` may be its ARN.
    fn execute_change_set(
        &self,
        stack: &StackRef,
        name: &str,
        token: &str,
    ) -> impl Future<Output = Result<(), RemoteError>>;

    /// Removes a change set.
    fn delete_change_set(
        &self,
        stack: &StackRef,
        name: &str,
    ) -> impl Future<Output = Result<(), RemoteError>>;

    /// Takes back an update that is running.
    fn cancel_update(
        &self,
        stack: &StackRef,
        token: &str,
    ) -> impl Future<Output = Result<(), RemoteError>>;

    /// Starts to delete a stack.
    fn delete(
        &self,
        stack: &StackRef,
        token: &str,
    ) -> impl Future<Output = Result<(), RemoteError>>;

    /// Sets whether DeleteStack is refused.
    fn protect(
        &self,
        stack: &StackRef,
        protected: bool,
    ) -> impl Future<Output = Result<(), RemoteError>>;

    /// Reads the id of the newest event; none: there is none, or no stack.
    fn latest_event(
        &self,
        stack: &StackRef,
    ) -> impl Future<Output = Result<Option<String>, RemoteError>>;

    /// Reads the events after one, oldest first. A stack that is gone has none.
    fn events_since(
        &self,
        stack: &StackRef,
        event: Option<&str>,
    ) -> impl Future<Output = Result<Vec<StackEvent>, RemoteError>>;
}

/// A stack as CloudFormation describes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StackState {
    /// Its ARN: a stack that is made again under the same name has another.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its region.
    pub region: String,
    /// `CREATE_COMPLETE` and so on.
    pub status: String,
    /// CloudFormation's explanation of the status.
    pub reason: Option<String>,
    /// Parameter values.
    pub parameters: BTreeMap<String, String>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// Its outputs.
    pub outputs: BTreeMap<String, String>,
    /// Whether DeleteStack is refused.
    pub protected: bool,
    /// Its stack policy, where somebody read it: describing a stack doesn't tell.
    pub policy: Option<String>,
    /// When an operation on it last began; none: only its creation did.
    pub last_updated: Option<Moment>,
    /// ARN of the stack that it is nested in.
    pub parent: Option<String>,
}

impl StackState {
    /// Its name and region.
    pub fn stack(&self) -> StackRef {
        StackRef::new(&self.name, &self.region)
    }
}

/// A change set to be computed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeSetRequest {
    /// Unique for the stack.
    pub name: String,
    /// Whether the stack exists.
    pub kind: ChangeSetKind,
    /// The template.
    pub template: TemplateSource,
    /// Every parameter value.
    pub parameters: BTreeMap<String, String>,
    /// Every stack tag.
    pub tags: BTreeMap<String, String>,
    /// What CloudFormation does when executing it fails.
    pub on_failure: OnFailure,
    /// Makes a repeated call the same call.
    pub token: String,
}

/// What CloudFormation does when an operation fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnFailure {
    /// Takes everything back.
    #[default]
    Rollback,
    /// Leaves everything as it is then, to be looked at.
    Keep,
    /// Deletes a stack that could not be created; takes an update back.
    Delete,
}

/// Whether a change set makes a stack or changes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeSetKind {
    /// The stack doesn't exist.
    Create,
    /// The stack exists.
    Update,
}

/// Where CloudFormation finds a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TemplateSource {
    /// In the request.
    Body(String),
    /// In a bucket.
    Url(String),
}

/// How far a change set is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChangeSetState {
    /// Still being computed.
    Pending,
    /// It is computed.
    Ready(ChangeSet),
    /// It contains nothing.
    Empty,
    /// CloudFormation refused it.
    Failed {
        /// CloudFormation's explanation.
        reason: String,
    },
    /// There is no such change set, or no such stack.
    Absent,
}

/// Something that happened in a stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StackEvent {
    /// Unique id.
    pub id: String,
    /// Whether it is about the stack itself rather than about one of its resources.
    pub about_stack: bool,
    /// Token of the call that began the operation.
    pub token: Option<String>,
    /// What happened to what.
    pub resource: ResourceProgress,
}

/// A place in S3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// The bucket's region.
    pub region: String,
    /// The bucket.
    pub bucket: String,
    /// The key.
    pub key: String,
}

/// The artifact buckets.
pub trait ArtifactStore {
    /// Whether an object is there.
    fn exists(&self, object: &Object) -> impl Future<Output = Result<bool, RemoteError>>;

    /// Uploads a file; S3 compares what arrived with the digest.
    fn put_file(
        &self,
        object: &Object,
        path: &Path,
        digest: &Digest,
    ) -> impl Future<Output = Result<(), RemoteError>>;

    /// Uploads text.
    fn put_text(
        &self,
        object: &Object,
        text: &str,
    ) -> impl Future<Output = Result<(), RemoteError>>;

    /// The address under which CloudFormation reads an object.
    fn url(&self, object: &Object) -> String;

    /// Deletes every object and every version in a bucket. A bucket that doesn't exist is empty.
    fn empty(&self, region: &str, bucket: &str) -> impl Future<Output = Result<(), RemoteError>>;
}
