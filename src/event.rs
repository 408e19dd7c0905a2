//! Facts that a running operation reports while it runs.
//!
//! In: what operations see. Out: [`Event`]s to whoever listens. Never: words, colours or the terminal; a view in
//! `cli/` chooses how a fact looks, or whether it is shown at all.

use std::fmt;
use std::time::Duration;

/// A stack's name and region: what identifies it within one account.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StackRef {
    /// Its region.
    pub region: String,
    /// Its name.
    pub name: String,
}

impl StackRef {
    /// Names a stack.
    pub fn new(name: impl Into<String>, region: impl Into<String>) -> Self {
        Self {
            region: region.into(),
            name: name.into(),
        }
    }
}

impl fmt::Display for StackRef {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} ({})", self.name, self.region)
    }
}

/// One fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Cargo starts on handlers or game servers.
    PackagesBuilding {
        /// Packages that are built.
        packages: Vec<String>,
    },
    /// Cargo finished one crate, a program or one of its dependencies.
    CrateCompiled {
        /// Its package.
        package: String,
    },
    /// An artifact is packed.
    ArtifactBuilt {
        /// Its key in the artifact bucket.
        key: String,
        /// Size of the archive in bytes.
        size: u64,
    },
    /// An artifact is being sent.
    ArtifactUploading {
        /// Its key.
        key: String,
        /// Region of the bucket.
        region: String,
        /// Size in bytes.
        size: u64,
    },
    /// An artifact is in the bucket now.
    ArtifactUploaded {
        /// Its key.
        key: String,
        /// Region of the bucket.
        region: String,
    },
    /// An artifact was in the bucket before.
    ArtifactPresent {
        /// Its key.
        key: String,
        /// Region of the bucket.
        region: String,
    },
    /// Work on a stack starts.
    StackStarted {
        /// The stack.
        stack: StackRef,
        /// What is done to it.
        action: StackAction,
    },
    /// Somebody else's operation is running on the stack; it is waited for.
    StackBusy {
        /// The stack.
        stack: StackRef,
        /// CloudFormation's status.
        status: String,
    },
    /// A resource of a stack changed its state.
    ResourceChanged {
        /// The stack.
        stack: StackRef,
        /// What happened.
        resource: ResourceProgress,
    },
    /// Nothing is done to the stack.
    StackSkipped {
        /// The stack.
        stack: StackRef,
        /// Why not.
        reason: SkipReason,
    },
    /// Work on a stack ended.
    StackFinished {
        /// The stack.
        stack: StackRef,
        /// How it ended.
        ending: StackEnding,
        /// How long it took.
        took: Duration,
    },
    /// Game sessions run on fleets that are about to go; they are waited for.
    SessionsRunning {
        /// How many.
        sessions: u32,
        /// Players in them.
        players: u32,
        /// How long they are waited for, at most.
        patience: Duration,
    },
    /// The local cloud reports a step of its start.
    LocalCloud {
        /// The step.
        step: String,
    },
    /// Something the user should know that doesn't stop the operation.
    Warning {
        /// What.
        message: String,
    },
}

/// The state of one resource at one time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceProgress {
    /// Logical id in the template.
    pub logical_id: String,
    /// CloudFormation type.
    pub kind: String,
    /// CloudFormation status.
    pub status: String,
    /// CloudFormation's explanation.
    pub reason: Option<String>,
}

/// What is done to a stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StackAction {
    /// It doesn't exist yet.
    Create,
    /// It exists and differs.
    Update,
    /// What an earlier failure left is removed first, then it is created.
    Recreate,
    /// It goes.
    Delete,
    /// A failed operation on it is taken back.
    Rollback,
}

/// Why a stack is left alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SkipReason {
    /// It is as it should be.
    Unchanged,
    /// It doesn't exist, so there is nothing to delete.
    Absent,
    /// The user asked for other stacks only.
    NotSelected,
    /// A stack that had to come before it failed.
    EarlierFailure,
    /// Stacks of other topologies or environments need it.
    InUse,
    /// The user interrupted before it was started.
    Interrupted,
    /// A stack that must come before it was left to CloudFormation unfinished.
    Unfinished,
}

/// How work on a stack ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StackEnding {
    /// It exists now.
    Created,
    /// It is changed now.
    Updated,
    /// CloudFormation found nothing to change.
    Unchanged,
    /// It is gone.
    Deleted,
    /// It is as it was before a failed operation.
    RolledBack,
    /// It failed.
    Failed,
    /// It went on when the waiting ended.
    Unfinished,
}

/// Takes the facts. Operations hold it by shared reference and may run several things at once.
pub trait EventSink {
    /// Takes one fact.
    fn emit(&self, event: Event);
}

/// Drops every fact.
#[derive(Clone, Copy, Debug)]
pub struct NoEvents;

impl EventSink for NoEvents {
    fn emit(&self, _event: Event) {}
}
