//! Smithy's rpc-v2-CBOR, as the AWS SDK for Rust speaks it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ciborium::Value as Cbor;
use serde_json::{Map, Value};

use crate::error::{Answer, ApiError, ErrorKind};

const NAMESPACE: &str = "com.amazonaws.gamelift#";

pub(super) fn decode(body: &[u8]) -> Answer<Map<String, Value>> {
    if body.is_empty() {
        return Ok(Map::new());
    }
    let value: Cbor = ciborium::from_reader(body)
        .map_err(|error| refused(format!("the body is not CBOR: {error}")))?;
    match json(value)? {
        Value::Object(members) => Ok(members),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Err(refused("the body is not a CBOR map".to_owned()))
        }
    }
}

pub(super) fn encode(answer: &Cbor) -> Vec<u8> {
    let mut bytes = Vec::new();
    ciborium::into_writer(answer, &mut bytes).expect("writing to memory does not fail");
    bytes
}

pub(super) fn encode_error(error: &ApiError) -> Vec<u8> {
    let entry = |name: &str, value: String| (Cbor::Text(name.to_owned()), Cbor::Text(value));
    encode(&Cbor::Map(vec![
        entry("__type", format!("{NAMESPACE}{}", error.kind.name())),
        entry("message", error.message.clone()),
        entry("Message", error.message.clone()),
    ]))
}

fn json(value: Cbor) -> Answer<Value> {
    Ok(match value {
        Cbor::Null => Value::Null,
        Cbor::Bool(value) => Value::Bool(value),
        Cbor::Integer(number) => match i64::try_from(number) {
            Ok(number) => Value::from(number),
            Err(_) => return Err(refused("a whole number is out of range".to_owned())),
        },
        // NaN and the infinities have no place in a request.
        Cbor::Float(number) => serde_json::Number::from_f64(number)
            .map(Value::Number)
            .ok_or_else(|| refused("a number is not finite".to_owned()))?,
        Cbor::Text(text) => Value::String(text),
        Cbor::Bytes(bytes) => Value::String(STANDARD.encode(bytes)),
        Cbor::Tag(_, tagged) => json(*tagged)?,
        Cbor::Array(items) => Value::Array(items.into_iter().map(json).collect::<Answer<_>>()?),
        Cbor::Map(entries) => Value::Object(entries.into_iter().map(entry).collect::<Answer<_>>()?),
        _ => return Err(refused("a value is of an unknown kind".to_owned())),
    })
}

fn entry((key, value): (Cbor, Cbor)) -> Answer<(String, Value)> {
    let key = key
        .into_text()
        .map_err(|_| refused("a key is not text".to_owned()))?;
    Ok((key, json(value)?))
}

fn refused(message: String) -> ApiError {
    ApiError::new(ErrorKind::Serialization, message)
}
