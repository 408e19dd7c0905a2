//! Brings deployed stacks to what a plan says, or removes them.
//!
//! In: [`StackSpec`]s and an [`ArtifactCatalog`](crate::bundle::ArtifactCatalog). Out: a [`DeployOutcome`]; a stack that
//! fails is a value in it, not an error. AWS, the bucket and the clock are traits ([`StackApi`], [`ArtifactStore`],
//! [`Pace`]), so that everything here runs in tests on a fake cloud in virtual time. Never: SDK types, the terminal.

mod api;
mod approval;
mod change;
mod change_set;
mod compare;
mod condition;
mod destroy;
mod execute;
#[cfg(test)]
pub(crate) mod fake;
mod follow;
#[cfg(test)]
mod histories;
mod inputs;
mod operation;
mod outcome;
mod pace;
mod policy;
mod prepare;
mod reliable;
mod rollback;
mod schedule;
mod spec;
mod sweep;
#[cfg(test)]
mod tests;
mod upload;
mod wait;
mod watch;

pub use self::api::{
    ArtifactStore, ChangeSetKind, ChangeSetRequest, ChangeSetState, Object, OnFailure, StackApi,
    StackEvent, StackState, TemplateSource,
};
pub use self::approval::{Approve, Everything};
pub use self::change_set::{
    Attribute, ChangeAction, ChangeDetail, ChangeSet, ChangeSource, Evaluation, Execution,
    PlannedChange, PolicyAction, Recreation, Replacement,
};
pub use self::destroy::{DestroyPlan, DestroyStep, destroy, survey_for_destroy};
pub use self::execute::execute;
pub use self::inputs::{BUCKET_OUTPUT, InputError};
pub use self::operation::{DeployOptions, Lifetime, Operation, WhenBusy};
pub use self::outcome::{DeployOutcome, StackFailure, StackOutcome, StackResult, Verdict};
pub use self::pace::{Pace, PollPolicy, RealPace, Wish};
pub use self::policy::guarded_by;
pub use self::prepare::{Method, PrepareError, Prepared, PreparedStep, prepare};
pub use self::reliable::{CallRate, Reliable};
pub use self::rollback::{RollbackApi, RollbackStep, WayBack, rollback};
pub use self::schedule::{RegionWaves, WaveError};
pub use self::spec::{Selection, StackSpec, TAG_ENVIRONMENT, TAG_TOPOLOGY};
pub use self::sweep::{Leftover, discard, pinned, remove, sweep, sweep_earlier};
pub use self::wait::settle_all;
pub use self::watch::watch;
