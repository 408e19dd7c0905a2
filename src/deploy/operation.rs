//! What every step of a running operation needs.

use std::collections::BTreeSet;
use std::time::Duration;

use super::{ArtifactStore, OnFailure, Pace, PollPolicy, StackApi};
use crate::bundle::Digest;
use crate::event::{Event, EventSink, StackRef};

/// How the names of our change sets begin.
pub(super) const NAME_PREFIX: &str = "liftform-";

/// How the names of change sets begin that plan files pin. They outlive the run that made them, so that no clean-up may take
/// them for left-overs.
pub(super) const PLAN_PREFIX: &str = "liftform-plan-";

/// How to run.
#[derive(Clone, Debug)]
pub struct DeployOptions {
    /// Unique for this run: part of change-set names and tokens, letters, digits and dashes.
    pub run: String,
    /// How many stacks are worked on at once.
    pub max_parallel: usize,
    /// When to stop waiting, counted from the start; none: never.
    pub timeout: Option<Duration>,
    /// How often to look.
    pub polling: PollPolicy,
    /// What to do with a stack that somebody else is working on.
    pub when_busy: WhenBusy,
    /// What CloudFormation does when an operation fails.
    pub on_failure: OnFailure,
    /// Whether to leave operations to CloudFormation as soon as they have begun.
    pub detach: bool,
    /// How long its change sets are needed.
    pub lifetime: Lifetime,
    /// Logical ids of guarded resources that may be replaced or deleted.
    pub allow_replace: BTreeSet<String>,
}

impl DeployOptions {
    /// The careful way: wait for others, take failures back, wait for the end.
    pub fn new(run: impl Into<String>, max_parallel: usize, polling: PollPolicy) -> Self {
        Self {
            run: run.into(),
            max_parallel,
            timeout: None,
            polling,
            when_busy: WhenBusy::Wait,
            on_failure: OnFailure::default(),
            detach: false,
            lifetime: Lifetime::Run,
            allow_replace: BTreeSet::new(),
        }
    }
}

/// How long the change sets of a run are needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lifetime {
    /// By this run only: a later one may remove what it left.
    Run,
    /// Until the plan file that pins them is executed or discarded.
    Plan,
}

/// What to do with a stack that somebody else is working on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenBusy {
    /// Wait until they are done.
    Wait,
    /// Leave it, which fails.
    Refuse,
}

/// The world of one running operation.
pub struct Operation<'run, Stacks, Store, Clock> {
    /// CloudFormation.
    pub stacks: &'run Stacks,
    /// The artifact buckets.
    pub store: &'run Store,
    /// Time.
    pub pace: &'run Clock,
    /// How to run.
    pub options: &'run DeployOptions,
    /// Who listens.
    pub events: &'run dyn EventSink,
}

impl<Stacks: StackApi, Store: ArtifactStore, Clock: Pace> Operation<'_, Stacks, Store, Clock> {
    pub(super) fn emit(&self, event: Event) {
        self.events.emit(event);
    }

    /// Whether the time is over.
    pub(super) fn is_late(&self) -> bool {
        self.options
            .timeout
            .is_some_and(|timeout| self.pace.now() >= timeout)
    }

    /// Names one call of this run for one stack, so that a repeated call is the same call. Two stacks never share a
    /// token: CloudFormation would take the second call for a repetition of the first.
    pub(super) fn token(&self, step: &str, stack: &StackRef) -> String {
        format!("{NAME_PREFIX}{}-{step}-{}", self.options.run, mark(stack))
    }

    /// Names the change set of this run for one stack; also the token of the call that makes it.
    pub(super) fn change_set_name(&self, stack: &StackRef) -> String {
        match self.options.lifetime {
            Lifetime::Run => self.token("change", stack),
            Lifetime::Plan => format!("{PLAN_PREFIX}{}-{}", self.options.run, mark(stack)),
        }
    }
}

/// Tells stacks apart in few letters.
fn mark(stack: &StackRef) -> String {
    Digest::of(stack.to_string().as_bytes()).short()[..8].to_owned()
}
