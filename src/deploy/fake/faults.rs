//! What goes wrong between us and CloudFormation, and what others do meanwhile.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::time::Duration;

use crate::event::StackRef;
use crate::remote::RemoteError;

/// What happens to one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It is answered.
    None,
    /// It is refused, because there were too many.
    Throttle,
    /// It is heard, and its answer is lost.
    LoseAnswer,
}

/// What somebody else does, once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Meddling {
    pub(crate) at: Duration,
    pub(crate) stack: StackRef,
    pub(crate) what: What,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// They update it, which makes change sets obsolete.
    Update,
    /// They delete its change set.
    DeleteChangeSet,
    /// They delete the stack.
    DeleteStack,
}

#[derive(Default)]
pub(super) struct Faults {
    pub(super) ahead: RefCell<VecDeque<Fault>>,
    /// Credentials are refused after so many calls.
    pub(super) expire_after: Cell<Option<usize>>,
    calls: Cell<usize>,
}

impl Faults {
    /// The fate of the next call; the error is what the caller gets before it is heard.
    pub(super) fn next(&self, operation: &'static str) -> Result<Fault, RemoteError> {
        self.calls.set(self.calls.get() + 1);
        if self
            .expire_after
            .get()
            .is_some_and(|after| self.calls.get() > after)
        {
            return Err(refused(operation, "ExpiredToken", false));
        }
        match self.ahead.borrow_mut().pop_front() {
            Some(Fault::Throttle) => Err(refused(operation, "Throttling", true)),
            Some(fault) => Ok(fault),
            None => Ok(Fault::None),
        }
    }
}

pub(super) fn refused(operation: &'static str, code: &str, retryable: bool) -> RemoteError {
    RemoteError {
        operation,
        code: Some(code.to_owned()),
        message: "refused".to_owned(),
        request_id: None,
        retryable,
    }
}

/// A call that was heard, and nobody learns how it ended.
pub(super) fn lost(operation: &'static str) -> RemoteError {
    RemoteError {
        operation,
        code: None,
        message: "connection reset".to_owned(),
        request_id: None,
        retryable: true,
    }
}
