//! The edge: bytes of a request to an operation and its input, an answer to bytes.
//!
//! GameLift speaks two protocols on one endpoint; behind this module nobody knows which one was used.

mod cbor;
mod json;

use hyper::HeaderMap;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue};
use serde_json::{Map, Value};

use crate::error::{Answer, ApiError};
use crate::model::Model;

const CBOR_PATH: &str = "/service/GameLift/operation/";
const TARGET_PREFIX: &str = "GameLift.";

/// A wire protocol of GameLift.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// AWS JSON 1.1: the operation stands in a header.
    Json,
    /// Smithy's rpc-v2-CBOR: the operation stands in the path.
    Cbor,
}

/// Which operation a request asks for, and in which protocol.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) protocol: Protocol,
    pub(crate) operation: String,
}

impl Target {
    /// Recognises a GameLift request by its path and headers.
    pub(crate) fn parse(path: &str, headers: &HeaderMap) -> Option<Self> {
        if let Some(operation) = path.strip_prefix(CBOR_PATH) {
            return Some(Self {
                protocol: Protocol::Cbor,
                operation: operation.to_owned(),
            });
        }
        let target = headers.get("x-amz-target")?.to_str().ok()?;
        let operation = target.strip_prefix(TARGET_PREFIX)?.to_owned();
        (path == "/").then_some(Self {
            protocol: Protocol::Json,
            operation,
        })
    }
}

impl Protocol {
    /// Reads a body into the operation's input.
    pub(crate) fn decode(self, body: &[u8]) -> Answer<Map<String, Value>> {
        match self {
            Self::Json => json::decode(body),
            Self::Cbor => cbor::decode(body),
        }
    }

    /// Writes what the operation answered.
    pub(crate) fn encode(self, model: &Model, operation: &str, answer: Value) -> Vec<u8> {
        match self {
            Self::Json => json::encode(&model.json_output(operation, answer)),
            Self::Cbor => cbor::encode(&model.cbor_output(operation, answer)),
        }
    }

    /// Writes a refusal.
    pub(crate) fn encode_error(self, error: &ApiError) -> Vec<u8> {
        match self {
            Self::Json => json::encode_error(error),
            Self::Cbor => cbor::encode_error(error),
        }
    }

    /// The headers that tell a client how to read the body.
    pub(crate) fn headers(self) -> Vec<(HeaderName, HeaderValue)> {
        match self {
            Self::Json => vec![(
                CONTENT_TYPE,
                HeaderValue::from_static("application/x-amz-json-1.1"),
            )],
            Self::Cbor => vec![
                (CONTENT_TYPE, HeaderValue::from_static("application/cbor")),
                (
                    HeaderName::from_static("smithy-protocol"),
                    HeaderValue::from_static("rpc-v2-cbor"),
                ),
            ],
        }
    }
}

/// The region a request was signed for: third part of the credential scope.
pub(crate) fn signed_region(headers: &HeaderMap) -> Option<&str> {
    let authorization = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (_, credential) = authorization.split_once("Credential=")?;
    let scope = credential.split([',', ' ']).next()?;
    scope.split('/').nth(2).filter(|region| !region.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: &'static str, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        )])
    }

    #[test]
    fn json_request_is_recognised_by_its_target() {
        let target = Target::parse("/", &headers("x-amz-target", "GameLift.ListFleets"));
        assert_eq!(
            target,
            Some(Target {
                protocol: Protocol::Json,
                operation: "ListFleets".to_owned()
            })
        );
    }

    #[test]
    fn cbor_request_is_recognised_by_its_path() {
        let target = Target::parse("/service/GameLift/operation/ListFleets", &HeaderMap::new());
        assert_eq!(
            target,
            Some(Target {
                protocol: Protocol::Cbor,
                operation: "ListFleets".to_owned()
            })
        );
    }

    #[test]
    fn request_to_another_service_is_nobodys() {
        assert_eq!(
            Target::parse("/", &headers("x-amz-target", "DynamoDB_20120810.GetItem")),
            None
        );
    }

    #[test]
    fn region_is_read_from_the_credential_scope() {
        let value = "AWS4-HMAC-SHA256 Credential=test/20260101/eu-west-1/gamelift/aws4_request, SignedHeaders=host";
        assert_eq!(
            signed_region(&headers("authorization", value)),
            Some("eu-west-1")
        );
    }

    #[test]
    fn unsigned_request_has_no_region() {
        assert_eq!(signed_region(&headers("authorization", "Bearer x")), None);
    }
}
