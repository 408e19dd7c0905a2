//! SDK errors become [`RemoteError`]s.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_cloudformation::config::http::HttpResponse;
use aws_sdk_cloudformation::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_sdk_cloudformation::operation::RequestId;

use crate::remote::RemoteError;

/// The code of errors that come from looking for credentials, before any call.
const NO_CREDENTIALS: &str = "CredentialsNotLoaded";

/// Turns the error of one operation into ours.
pub(super) fn remote<E>(
    operation: &'static str,
) -> impl FnOnce(SdkError<E, HttpResponse>) -> RemoteError
where
    E: ProvideErrorMetadata + Error + RequestId + Send + Sync + 'static,
{
    move |error| {
        let code = error.code().map(str::to_owned);
        let request_id = error.request_id().map(str::to_owned);
        let retryable = is_retryable(&error);
        if let Some(problem) = credentials_problem(&error) {
            let code = Some(NO_CREDENTIALS.to_owned());
            return RemoteError {
                operation,
                code,
                message: problem,
                request_id,
                retryable: false,
            };
        }
        let message = match error.message() {
            Some(message) if !message.is_empty() => message.to_owned(),
            _ => DisplayErrorContext(&error).to_string(),
        };
        RemoteError {
            operation,
            code,
            message,
            request_id,
            retryable,
        }
    }
}

fn is_retryable<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> bool {
    match error {
        SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) | SdkError::ResponseError(_) => {
            true
        }
        SdkError::ServiceError(context) => {
            let throttled = error.code().is_some_and(|code| {
                code.contains("Throttl") || code.contains("TooManyRequests") || code == "SlowDown"
            });
            throttled || context.raw().status().is_server_error()
        }
        _ => false,
    }
}

/// The SDK reports missing credentials as a failed call; what to do about it is quite different.
fn credentials_problem(error: &(dyn Error + 'static)) -> Option<String> {
    let mut source = Some(error);
    while let Some(error) = source {
        if error.is::<CredentialsError>() {
            return Some(format!(
                "no usable credentials: {}",
                DisplayErrorContext(error)
            ));
        }
        source = error.source();
    }
    None
}
