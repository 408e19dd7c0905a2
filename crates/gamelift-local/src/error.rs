//! A refusal, in the words of the API: which exception, and why.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What an operation answers.
pub(crate) type Answer<T = serde_json::Value> = Result<T, ApiError>;

/// Which exception of the API model a refusal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum ErrorKind {
    Conflict,
    FleetCapacityExceeded,
    GameSessionFull,
    InvalidFleetStatus,
    InvalidGameSessionStatus,
    InvalidRequest,
    LimitExceeded,
    NotFound,
    NotReady,
    Serialization,
    TerminalRoutingStrategy,
    Throttling,
    Unauthorized,
    UnknownOperation,
}

impl ErrorKind {
    /// The exception's name on the wire.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Conflict => "ConflictException",
            Self::FleetCapacityExceeded => "FleetCapacityExceededException",
            Self::GameSessionFull => "GameSessionFullException",
            Self::InvalidFleetStatus => "InvalidFleetStatusException",
            Self::InvalidGameSessionStatus => "InvalidGameSessionStatusException",
            Self::InvalidRequest => "InvalidRequestException",
            Self::LimitExceeded => "LimitExceededException",
            Self::NotFound => "NotFoundException",
            Self::NotReady => "NotReadyException",
            Self::Serialization => "SerializationException",
            Self::TerminalRoutingStrategy => "TerminalRoutingStrategyException",
            Self::Throttling => "ThrottlingException",
            Self::Unauthorized => "UnauthorizedException",
            Self::UnknownOperation => "UnknownOperationException",
        }
    }
}

/// A refused request.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{}: {message}", kind.name())]
pub(crate) struct ApiError {
    pub(crate) kind: ErrorKind,
    pub(crate) message: String,
}

impl ApiError {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
        }
    }

    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::InvalidRequest, message)
    }

    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::NotFound, message)
    }

    pub(crate) fn conflict(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Conflict, message)
    }
}
