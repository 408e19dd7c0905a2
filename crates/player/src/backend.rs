//! Where a backend is, and requests to it.

use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use crate::error::PlayerError;

/// Longest wait for an answer; a cold start of a function is among it.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a client needs to know of a backend.
#[derive(Clone, Debug)]
pub struct Backend {
    /// The API's URL, without a slash at the end.
    pub api: String,
    /// The region of API and identity pool.
    pub region: String,
    /// The identity pool's id.
    pub identity_pool: String,
    /// Where Cognito's identity service answers.
    pub cognito: String,
    /// Dates signatures.
    pub clock: fn() -> SystemTime,
    agent: ureq::Agent,
}

/// An answer of HTTP.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) body: Value,
}

impl Backend {
    /// A backend in AWS.
    pub fn new(api: &str, region: &str, identity_pool: &str, clock: fn() -> SystemTime) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(PATIENCE))
            .build();
        Self {
            api: api.trim_end_matches('/').to_owned(),
            region: region.to_owned(),
            identity_pool: identity_pool.to_owned(),
            cognito: format!("https://cognito-identity.{region}.amazonaws.com"),
            clock,
            agent: config.into(),
        }
    }

    /// The same with its identity service elsewhere.
    #[must_use]
    pub fn with_cognito(mut self, endpoint: &str) -> Self {
        endpoint.clone_into(&mut self.cognito);
        self
    }

    /// An operation of Cognito's identity service; these need no signature.
    pub(crate) fn cognito(&self, operation: &str, input: &Value) -> Result<Value, PlayerError> {
        let request = http::Request::builder()
            .method("POST")
            .uri(&self.cognito)
            .header("content-type", "application/x-amz-json-1.1")
            .header(
                "x-amz-target",
                format!("AWSCognitoIdentityService.{operation}"),
            )
            .body(input.to_string());
        let doing = "get an identity";
        let answer = self.send(doing, request)?;
        match answer.status {
            200 => Ok(answer.body),
            status => Err(PlayerError::refused(doing, status, &answer.body)),
        }
    }

    pub(crate) fn send(
        &self,
        doing: &'static str,
        request: http::Result<http::Request<String>>,
    ) -> Result<Answer, PlayerError> {
        let unreachable = |reason: String| PlayerError::Unreachable { doing, reason };
        let request = request.map_err(|error| unreachable(error.to_string()))?;
        let mut response = self
            .agent
            .run(request)
            .map_err(|error| unreachable(error.to_string()))?;
        let text = response
            .body_mut()
            .read_to_string()
            .map_err(|error| unreachable(error.to_string()))?;
        let seconds = response.headers().get("retry-after");
        Ok(Answer {
            status: response.status().as_u16(),
            retry_after: seconds
                .and_then(|value| value.to_str().ok()?.parse().ok())
                .map(Duration::from_secs),
            body: serde_json::from_str(&text).unwrap_or_else(|_| json!({ "detail": text })),
        })
    }
}
