//! The service's own endpoints, for the program that hosts it: health, reset and stop.

use hyper::{Method, StatusCode};
use serde_json::{Value, json};

use crate::service::GameLiftLocal;

const PREFIX: &str = "/_liftform/";

/// Header of the stop request; only who has asked this very instance knows its value.
const TOKEN_HEADER: &str = "x-liftform-token";

/// Answers a control request; `None` when the path isn't one.
pub(crate) fn control(
    service: &GameLiftLocal,
    method: &Method,
    path: &str,
    headers: &hyper::HeaderMap,
) -> Option<(StatusCode, Value)> {
    let action = path.strip_prefix(PREFIX)?;
    Some(match (action, method == Method::POST) {
        ("health", _) => (StatusCode::OK, health(service)),
        ("reset", true) => {
            service.reset();
            (StatusCode::OK, json!({ "reset": true }))
        }
        ("stop", true) if token(headers) == Some(&service.config().token) => {
            service.request_stop();
            (StatusCode::OK, json!({ "stopping": true }))
        }
        ("stop", true) => (
            StatusCode::FORBIDDEN,
            json!({ "error": "this is another instance" }),
        ),
        ("reset" | "stop", false) => (
            StatusCode::METHOD_NOT_ALLOWED,
            json!({ "error": "send a POST" }),
        ),
        _ => (
            StatusCode::NOT_FOUND,
            json!({ "error": "there is health, reset and stop" }),
        ),
    })
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
