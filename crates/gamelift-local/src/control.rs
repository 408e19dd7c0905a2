//! The service's own endpoints, for the program that hosts it and for tests: health, reset, stop, and the faults
//! of event delivery.

use hyper::http::request::Parts;
use hyper::{Method, StatusCode};
use serde_json::{Value, json};

use crate::faults::FaultPlan;
use crate::service::GameLiftLocal;

const PREFIX: &str = "/_liftform/";

/// Header of the stop request; only who has asked this very instance knows its value.
const TOKEN_HEADER: &str = "x-liftform-token";

/// Answers a control request; `None` when the path isn't one.
pub(crate) fn control(
    service: &GameLiftLocal,
    head: &Parts,
    body: &[u8],
) -> Option<(StatusCode, Value)> {
    let action = head.uri.path().strip_prefix(PREFIX)?;
    Some(match (action, head.method == Method::POST) {
        ("health", _) => (StatusCode::OK, health(service)),
        ("reset", true) => {
            service.reset();
            (StatusCode::OK, json!({ "reset": true }))
        }
        ("stop", true) if token(&head.headers) == Some(&service.config().token) => {
            service.request_stop();
            (StatusCode::OK, json!({ "stopping": true }))
        }
        ("stop", true) => (
            StatusCode::FORBIDDEN,
            json!({ "error": "this is another instance" }),
        ),
        ("faults", true) => set_faults(service, body),
        ("faults", false) => (StatusCode::OK, json!(service.mailbox().faults())),
        ("reset" | "stop", false) => (
            StatusCode::METHOD_NOT_ALLOWED,
            json!({ "error": "send a POST" }),
        ),
        _ => (
            StatusCode::NOT_FOUND,
            json!({ "error": "there is health, reset, stop and faults" }),
        ),
    })
}

/// The body says which faults there are from now on: one object, or one for each matchmaker or queue. An empty list ends them.
fn set_faults(service: &GameLiftLocal, body: &[u8]) -> (StatusCode, Value) {
    match FaultPlan::read(body) {
        Ok(faults) => {
            service.mailbox().set_faults(faults.clone());
            (StatusCode::OK, json!(faults))
        }
        Err(error) => (
            StatusCode::BAD_REQUEST,
            json!({ "error": format!("the faults can't be read: {error}") }),
        ),
    }
}

fn health(service: &GameLiftLocal) -> Value {
    json!({
        "service": "gamelift-local",
        "version": env!("CARGO_PKG_VERSION"),
        "account": service.config().account,
        "token": service.config().token,
    })
}

fn token(headers: &hyper::HeaderMap) -> Option<&str> {
    headers.get(TOKEN_HEADER)?.to_str().ok()
}
