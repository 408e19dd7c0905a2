//! What API Gateway gets back: a body of JSON, or a problem (RFC 9457).

use std::collections::BTreeMap;
use std::fmt::Display;

use serde::Serialize;
use serde_json::Value;

use crate::matchmaker::MatchmakerError;
use crate::stores::StoreError;

/// An HTTP answer in the shape of Lambda proxy integrations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    /// HTTP status.
    pub status_code: u16,
    /// Headers.
    pub headers: BTreeMap<&'static str, String>,
    /// JSON text.
    pub body: String,
    /// Always false.
    pub is_base64_encoded: bool,
}

/// What went wrong, as a client may know it, and the cause, which only the log may know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// HTTP status.
    pub status: u16,
    /// What a program can branch on.
    pub code: &'static str,
    /// The kind of problem for people.
    pub title: &'static str,
    /// What to know about this case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// When to try again, in seconds; becomes the `retry-after` header.
    #[serde(skip)]
    pub retry_after: Option<u32>,
    /// For the log; never sent.
    #[serde(skip)]
    pub cause: Option<String>,
}

impl Answer {
    /// A success. Players' data is never to be cached on the way.
    pub fn json(status: u16, body: &impl Serialize) -> Self {
        match serde_json::to_string(body) {
            Ok(body) => Self::new(status, "application/json", body),
            Err(error) => Problem::unavailable(&error).into(),
        }
    }

    /// The same with another rule for caches.
    #[must_use]
    pub fn cached_for(mut self, seconds: u32) -> Self {
        self.headers
            .insert("cache-control", format!("private, max-age={seconds}"));
        self
    }

    fn new(status_code: u16, content_type: &str, body: String) -> Self {
        let headers = BTreeMap::from([
            ("content-type", content_type.to_owned()),
            ("cache-control", "no-store".to_owned()),
        ]);
        Self {
            status_code,
            headers,
            body,
            is_base64_encoded: false,
        }
    }
}

impl Problem {
    const fn new(status: u16, code: &'static str, title: &'static str) -> Self {
        Self {
            status,
            code,
            title,
            detail: None,
            retry_after: None,
            cause: None,
        }
    }

    /// 400: the request itself is wrong.
    pub fn bad_request(detail: impl Display) -> Self {
        Self::new(400, "bad_request", "The request is not valid").explained(detail)
    }

    /// 403: no Cognito identity signed the request.
    pub const fn no_identity() -> Self {
        Self::new(
            403,
            "no_identity",
            "The request was not signed by a player's identity",
        )
    }

    /// 404: no such ticket, or none of the caller's business.
    pub const fn no_ticket() -> Self {
        Self::new(404, "no_ticket", "There is no such ticket")
    }

    /// 409: right request, wrong moment.
    pub fn conflict(code: &'static str, detail: impl Display) -> Self {
        Self::new(409, code, "The request does not fit the current state").explained(detail)
    }

    /// 413: larger than any valid request.
    pub const fn too_large() -> Self {
        Self::new(413, "too_large", "The request body is too large")
    }

    /// 429: come back later.
    pub fn busy(cause: &impl Display) -> Self {
        Self {
            retry_after: Some(2),
            ..Self::new(429, "busy", "Too many requests").caused_by(cause)
        }
    }

    /// 503: not the caller's fault.
    pub fn unavailable(cause: &impl Display) -> Self {
        Self {
            retry_after: Some(1),
            ..Self::new(503, "unavailable", "Matchmaking is not available").caused_by(cause)
        }
    }

    /// The same with the cause for the log.
    #[must_use]
    pub fn caused_by(mut self, cause: &impl Display) -> Self {
        self.cause = Some(cause.to_string());
        self
    }

    fn explained(mut self, detail: impl Display) -> Self {
        self.detail = Some(detail.to_string());
        self
    }
}

impl From<Problem> for Answer {
    fn from(problem: Problem) -> Self {
        // Plain data: cannot fail, and an empty body would still carry the status.
        let mut body = serde_json::to_value(&problem).unwrap_or_default();
        if let Value::Object(members) = &mut body {
            members.insert("type".to_owned(), Value::from("about:blank"));
        }
        let mut answer = Self::new(problem.status, "application/problem+json", body.to_string());
        if let Some(seconds) = problem.retry_after {
            answer.headers.insert("retry-after", seconds.to_string());
        }
        answer
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        Self::unavailable(&error)
    }
}

/// For calls about an existing ticket, where a refusal means that the ticket has moved on.
impl From<MatchmakerError> for Problem {
    fn from(error: MatchmakerError) -> Self {
        match &error {
            MatchmakerError::Refused { .. } | MatchmakerError::Unknown { .. } => Self::conflict(
                "moved_on",
                "the ticket is in another state by now; ask for its status",
            )
            .caused_by(&error),
            MatchmakerError::Throttled { .. } => Self::busy(&error),
            MatchmakerError::Unavailable { .. } => Self::unavailable(&error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_says_what_programs_and_people_need() {
        let answer = Answer::from(Problem::bad_request("`latency` is empty"));
        assert_eq!(answer.status_code, 400);
        assert_eq!(answer.headers["content-type"], "application/problem+json");
        assert_eq!(
            answer.body,
            r#"{"code":"bad_request","detail":"`latency` is empty","status":400,"title":"The request is not valid","type":"about:blank"}"#
        );
    }

    #[test]
    fn the_cause_stays_inside() {
        let answer = Answer::from(Problem::unavailable(&"table skirmish-prod-players is gone"));
        assert!(!answer.body.contains("skirmish"), "{}", answer.body);
        assert_eq!(answer.headers["retry-after"], "1");
    }

    #[test]
    fn answers_are_what_a_proxy_integration_expects() {
        let text = serde_json::to_string(&Answer::json(200, &serde_json::json!({"a": 1}))).unwrap();
        assert_eq!(
            text,
            r#"{"statusCode":200,"headers":{"cache-control":"no-store","content-type":"application/json"},"body":"{\"a\":1}","isBase64Encoded":false}"#
        );
    }
}
