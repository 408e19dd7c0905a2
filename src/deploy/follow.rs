//! Follows a stack until CloudFormation is done with it.
//!
//! A throttled or failed poll never decides how an operation ended: only a status that CloudFormation reported does.

use super::condition::Condition;
use super::pace::Polling;
use super::{ArtifactStore, Operation, Pace, StackApi, StackEvent, StackFailure, StackState, Wish};
use crate::event::{Event, ResourceProgress, StackAction, StackRef};
use crate::remote::{Cause, RemoteError};

/// After so many refusals in a row that no waiting mends, the stack is out of sight.
const REFUSALS: usize = 5;

/// After so many polls in a row a settled status is believed even though no event confirms it.
const QUIET_POLLS: usize = 10;

/// How an operation on a stack ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ending {
    /// The stack; none: it is gone.
    pub(super) state: Option<StackState>,
    /// The resource that failed first.
    pub(super) cause: Option<Box<ResourceProgress>>,
    /// Where operations came to rest meanwhile, each with the token of the call that began it.
    rests: Vec<(Option<String>, String)>,
}

impl Ending {
    /// The status in which the operation of a token came to rest; none: CloudFormation told no tokens. The stack's own status
    /// may be that of somebody else's operation, begun right after ours.
    pub(super) fn status_of(&self, token: &str) -> Option<&str> {
        let mut rests = self.rests.iter().rev();
        let own = rests.find(|(other, _)| other.as_deref() == Some(token));
        own.map(|(_, status)| status.as_str())
    }
}

/// What was seen of an operation so far.
#[derive(Debug)]
struct Watch {
    /// The newest event that was reported.
    newest: Option<String>,
    /// What the newest event about the stack itself says. Right after a call CloudFormation may still describe the
    /// stack as the operation before left it, which looks like an end; the end is certain when both agree.
    reported: Option<String>,
    quiet: usize,
    refusals: usize,
    cause: Option<Box<ResourceProgress>>,
    rests: Vec<(Option<String>, String)>,
    /// Whether it was asked to be taken back.
    cancelled: bool,
}

impl Watch {
    fn new(newest: Option<String>) -> Self {
        Self {
            newest,
            reported: None,
            quiet: 0,
            refusals: 0,
            cause: None,
            rests: Vec::new(),
            cancelled: false,
        }
    }

    fn see(&mut self, event: &StackEvent) {
        self.newest = Some(event.id.clone());
        if event.about_stack {
            let status = event.resource.status.clone();
            if Condition::of(&status) != Condition::Busy {
                self.rests.push((event.token.clone(), status.clone()));
            }
            self.reported = Some(status);
        }
        if self.cause.is_none() && is_cause(event) {
            self.cause = Some(Box::new(event.resource.clone()));
        }
    }

    fn has_ended(&mut self, state: Option<&StackState>) -> bool {
        let Some(state) = state else { return true };
        match Condition::of(&state.status) {
            Condition::Gone => true,
            Condition::Busy => {
                self.quiet = 0;
                false
            }
            Condition::Settled
            | Condition::Empty
            | Condition::NeedsDelete
            | Condition::NeedsRollback => {
                self.quiet += 1;
                self.reported.as_ref() == Some(&state.status) || self.quiet >= QUIET_POLLS
            }
        }
    }
}

/// When one resource fails, CloudFormation cancels the others, and they fail, too.
fn is_cause(event: &StackEvent) -> bool {
    let reason = event
        .resource
        .reason
        .as_deref()
        .unwrap_or_default()
        .to_lowercase();
    !event.about_stack
        && event.resource.status.ends_with("_FAILED")
        && !reason.contains("cancelled")
}

impl<Stacks: StackApi, Store: ArtifactStore, Clock: Pace> Operation<'_, Stacks, Store, Clock> {
    /// Follows the operation that was just started, reporting every event after `newest`.
    pub(super) async fn follow(
        &self,
        stack: &StackRef,
        newest: Option<String>,
    ) -> Result<Ending, StackFailure> {
        let mut watch = Watch::new(newest);
        let mut polling = Polling::new(self.options.polling);
        loop {
            // Events first: read after the status they could show a beginning that the status doesn't know yet.
            let polled = match self.report_events(stack, &mut watch, &mut polling).await {
                Ok(()) => self.stacks.describe(stack).await,
                Err(error) => Err(error),
            };
            match polled {
                Ok(state) => {
                    watch.refusals = 0;
                    self.cancel_if_wished(stack, state.as_ref(), &mut watch)
                        .await;
                    if watch.has_ended(state.as_ref()) {
                        // The last events may be younger than the poll above; without them the end is still certain.
                        let _ = self.report_events(stack, &mut watch, &mut polling).await;
                        return Ok(Ending {
                            state,
                            cause: watch.cause,
                            rests: watch.rests,
                        });
                    }
                }
                Err(error) => tolerate(error, &mut watch, &mut polling)?,
            }
            if self.options.detach || self.pace.wish() == Wish::Detach {
                return Err(StackFailure::Detached);
            }
            if self.is_late() {
                return Err(StackFailure::TimedOut);
            }
            self.pace.pause(polling.pause()).await;
        }
    }

    /// Takes back what runs, once. Only updates can be cancelled; a creation is taken back by deleting its stack.
    /// When CloudFormation refuses, because the operation is about to end, following it to its end is all there is to do.
    async fn cancel_if_wished(
        &self,
        stack: &StackRef,
        state: Option<&StackState>,
        watch: &mut Watch,
    ) {
        let Some(state) = state.filter(|_| self.pace.wish() == Wish::Cancel && !watch.cancelled)
        else {
            return;
        };
        let token = self.token("cancel", stack);
        let (action, asked) = match state.status.as_str() {
            "UPDATE_IN_PROGRESS" => (
                StackAction::Rollback,
                self.stacks.cancel_update(stack, &token).await,
            ),
            "CREATE_IN_PROGRESS" => (StackAction::Delete, self.stacks.delete(stack, &token).await),
            _ => return,
        };
        watch.cancelled = true;
        self.emit(match asked {
            Ok(()) => Event::StackStarted {
                stack: stack.clone(),
                action,
            },
            Err(error) => Event::Warning {
                message: format!("{stack} can't be cancelled: {error}"),
            },
        });
    }

    async fn report_events(
        &self,
        stack: &StackRef,
        watch: &mut Watch,
        polling: &mut Polling,
    ) -> Result<(), RemoteError> {
        for event in self
            .stacks
            .events_since(stack, watch.newest.as_deref())
            .await?
        {
            watch.see(&event);
            polling.active();
            if !event.about_stack {
                self.emit(Event::ResourceChanged {
                    stack: stack.clone(),
                    resource: event.resource,
                });
            }
        }
        Ok(())
    }

    /// Waits until nobody else works on the stack.
    pub(super) async fn settle(
        &self,
        stack: &StackRef,
    ) -> Result<Option<StackState>, StackFailure> {
        let mut watch = Watch::new(None);
        let mut polling = Polling::new(self.options.polling);
        loop {
            match self.stacks.describe(stack).await {
                Ok(Some(state)) if Condition::of(&state.status) == Condition::Busy => {
                    watch.refusals = 0;
                }
                Ok(state) => return Ok(state),
                Err(error) => tolerate(error, &mut watch, &mut polling)?,
            }
            if self.is_late() {
                return Err(StackFailure::TimedOut);
            }
            self.pace.pause(polling.pause()).await;
        }
    }
}

fn tolerate(
    error: RemoteError,
    watch: &mut Watch,
    polling: &mut Polling,
) -> Result<(), StackFailure> {
    polling.throttled();
    if !error.retryable {
        watch.refusals += 1;
    }
    // Credentials that have expired don't come back by waiting.
    if watch.refusals >= REFUSALS || error.cause() == Cause::Identity {
        Err(StackFailure::LostSight(error))
    } else {
        Ok(())
    }
}
