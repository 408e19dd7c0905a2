//! Exit codes.

use std::process::ExitCode;

use crate::deploy::Verdict;
use crate::remote::Cause;

/// How the program ended, as scripts see it. The numbers are part of the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitStatus {
    /// Done, or nothing to do.
    Done,
    /// A failure of no class below.
    Failure,
    /// Differences exist, and the user asked for a code that says so.
    Differences,
    /// The input was refused before AWS changed anything.
    Refused,
    /// AWS settled in a failed state.
    Failed,
    /// Some stacks are done, others failed or were skipped.
    Partial,
    /// No or expired credentials, denied, the wrong account.
    Identity,
    /// Another operation is in the way.
    Conflict,
    /// Gave up waiting; the operation goes on.
    GaveUp,
    /// Declined, or an answer was needed and nobody could give it.
    NotApproved,
    /// Wrong arguments.
    Usage,
    /// A bug in liftform.
    Bug,
    /// Stopped by the user.
    Interrupted,
    /// Stopped by the system.
    Terminated,
}

impl ExitStatus {
    /// The number.
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failure => 1,
            Self::Differences => 2,
            Self::Refused => 3,
            Self::Failed => 4,
            Self::Partial => 5,
            Self::Identity => 6,
            Self::Conflict => 7,
            Self::GaveUp => 8,
            Self::NotApproved => 9,
            Self::Usage => 64,
            Self::Bug => 70,
            Self::Interrupted => 130,
            Self::Terminated => 143,
        }
    }
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        Self::from(status.code())
    }
}

impl From<Verdict> for ExitStatus {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Done => Self::Done,
            Verdict::Refused => Self::Refused,
            Verdict::Failed => Self::Failed,
            Verdict::Partial => Self::Partial,
            Verdict::Identity => Self::Identity,
            Verdict::Conflict => Self::Conflict,
            Verdict::GaveUp => Self::GaveUp,
            Verdict::NotApproved => Self::NotApproved,
            Verdict::Unavailable => Self::Failure,
        }
    }
}

impl From<Cause> for ExitStatus {
    fn from(cause: Cause) -> Self {
        match cause {
            Cause::Identity => Self::Identity,
            Cause::Conflict => Self::Conflict,
            Cause::Refused => Self::Refused,
            Cause::Transient => Self::Failure,
        }
    }
}
