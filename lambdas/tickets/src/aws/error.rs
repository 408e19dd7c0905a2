//! What a service said when it did not do as asked, in words for the log.

use std::error::Error;

use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::RequestId;

/// Code, message and request id of a refusal; the chain of causes where nobody answered.
pub(super) fn reason<E>(error: &SdkError<E, HttpResponse>) -> String
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let Some(service) = error.as_service_error() else {
        return DisplayErrorContext(error).to_string();
    };
    let code = service.code().unwrap_or("no error code");
    let message = service.message().unwrap_or("no message");
    let request_id = error.request_id().unwrap_or("unknown");
    format!("{code}: {message} (request {request_id})")
}
