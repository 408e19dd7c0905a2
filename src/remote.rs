//! What is known when AWS refuses or can't be reached.
//!
//! Only `aws/` makes these from SDK errors; everything else passes them on or asks for their [`Cause`].

/// A call to AWS that failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{operation}: {message}{}{}", .code.as_ref().map(|code| format!(" [{code}]")).unwrap_or_default(),
    .request_id.as_ref().map(|id| format!(" (request {id})")).unwrap_or_default())]
pub struct RemoteError {
    /// The API operation, `CreateChangeSet` and so on.
    pub operation: &'static str,
    /// AWS's error code; none when no answer came.
    pub code: Option<String>,
    /// AWS's message, or what went wrong on the way.
    pub message: String,
    /// What AWS support asks for.
    pub request_id: Option<String>,
    /// Whether the same call may succeed a moment later.
    pub retryable: bool,
}

/// What kind of trouble an error is, as far as a caller must tell it apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// No, expired or unknown credentials, or not allowed.
    Identity,
    /// Throttled, timed out, no connection, an error inside AWS.
    Transient,
    /// Somebody else changed or is changing the same thing.
    Conflict,
    /// Anything else: the request itself is refused.
    Refused,
}

impl RemoteError {
    /// Whether AWS refused the call because there were too many.
    pub fn is_throttling(&self) -> bool {
        let code = self.code.as_deref().unwrap_or_default();
        self.retryable
            && (code.contains("Throttl") || code.contains("TooManyRequests") || code == "SlowDown")
    }

    /// Sorts the error by its code.
    pub fn cause(&self) -> Cause {
        let code = self.code.as_deref().unwrap_or_default();
        match code {
            "AccessDenied"
            | "AccessDeniedException"
            | "AuthFailure"
            | "CredentialsNotLoaded"
            | "ExpiredToken"
            | "ExpiredTokenException"
            | "InvalidAccessKeyId"
            | "InvalidClientTokenId"
            | "MissingAuthenticationToken"
            | "SignatureDoesNotMatch"
            | "UnauthorizedOperation"
            | "UnrecognizedClientException" => Cause::Identity,
            "OperationInProgressException" | "InvalidChangeSetStatus" | "StaleRequestException" => {
                Cause::Conflict
            }
            _ if self.retryable => Cause::Transient,
            _ => Cause::Refused,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(code: Option<&str>, retryable: bool) -> RemoteError {
        RemoteError {
            operation: "DescribeStacks",
            code: code.map(str::to_owned),
            message: "no".to_owned(),
            request_id: Some("6f0c".to_owned()),
            retryable,
        }
    }

    #[test]
    fn message_names_operation_code_and_request() {
        assert_eq!(
            error(Some("ValidationError"), false).to_string(),
            "DescribeStacks: no [ValidationError] (request 6f0c)"
        );
    }

    #[test]
    fn expired_token_is_an_identity_problem_even_when_retryable() {
        assert_eq!(error(Some("ExpiredToken"), true).cause(), Cause::Identity);
    }

    #[test]
    fn lost_connection_is_transient() {
        assert_eq!(error(None, true).cause(), Cause::Transient);
    }

    #[test]
    fn unknown_code_is_a_refusal() {
        assert_eq!(
            error(Some("ValidationError"), false).cause(),
            Cause::Refused
        );
    }
}
