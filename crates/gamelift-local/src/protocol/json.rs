//! AWS JSON 1.1.

use serde_json::{Map, Value, json};

use crate::error::{Answer, ApiError, ErrorKind};

pub(super) fn decode(body: &[u8]) -> Answer<Map<String, Value>> {
    if body.is_empty() {
        return Ok(Map::new());
    }
    serde_json::from_slice(body).map_err(|error| {
        ApiError::new(
            ErrorKind::Serialization,
            format!("the body is not a JSON object: {error}"),
        )
    })
}

pub(super) fn encode(answer: &Value) -> Vec<u8> {
    answer.to_string().into_bytes()
}

// The model spells the member `Message`, most clients look for `message` first.
pub(super) fn encode_error(error: &ApiError) -> Vec<u8> {
    encode(
        &json!({"__type": error.kind.name(), "message": error.message, "Message": error.message}),
    )
}
