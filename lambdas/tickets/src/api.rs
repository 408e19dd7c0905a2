//! What a handler takes from an API Gateway request: the player, the ticket in the path and the body.
//!
//! The player is the Cognito identity of the request context and nothing a client can write.

use aws_lambda_events::apigw::ApiGatewayProxyRequest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::DeserializeOwned;

use crate::answer::Problem;
use crate::id::{PlayerId, TicketId};

/// Largest body in bytes. A party of ten with every attribute stays far below.
const LARGEST_BODY: usize = 16 * 1024;

/// Longest ticket id FlexMatch knows; longer ones are nobody's.
const LONGEST_TICKET: usize = 128;

/// A request as handlers see it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApiCall {
    player: Option<PlayerId>,
    ticket: Option<TicketId>,
    body: String,
    base64: bool,
}

impl ApiCall {
    /// Who calls.
    pub fn player(&self) -> Result<&PlayerId, Problem> {
        self.player.as_ref().ok_or_else(Problem::no_identity)
    }

    /// The ticket the path names.
    pub fn ticket(&self) -> Result<&TicketId, Problem> {
        self.ticket.as_ref().ok_or_else(Problem::no_ticket)
    }

    /// The body, read as `T`.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        // Four characters of base64 hold three bytes: refuse before decoding.
        let largest = if self.base64 {
            LARGEST_BODY.div_ceil(3) * 4
        } else {
            LARGEST_BODY
        };
        if self.body.len() > largest {
            return Err(Problem::too_large());
        }
        let decoded;
        let bytes = if self.base64 {
            decoded = STANDARD
                .decode(&self.body)
                .map_err(|_| Problem::bad_request("the body is not base64"))?;
            decoded.as_slice()
        } else {
            self.body.as_bytes()
        };
        if bytes.len() > LARGEST_BODY {
            return Err(Problem::too_large());
        }
        serde_json::from_slice(bytes)
            .map_err(|error| Problem::bad_request(format!("the body is not valid: {error}")))
    }

    /// A call of a player, for tests of handlers.
    #[cfg(any(test, feature = "fakes"))]
    pub fn of(player: Option<&str>, ticket: Option<&str>, body: &str) -> Self {
        Self {
            player: player.map(PlayerId::new),
            ticket: ticket.map(TicketId::new),
            body: body.to_owned(),
            base64: false,
        }
    }
}

impl From<ApiGatewayProxyRequest> for ApiCall {
    fn from(mut request: ApiGatewayProxyRequest) -> Self {
        let player = request.request_context.identity.cognito_identity_id;
        let ticket = request.path_parameters.remove("id");
        Self {
            player: player.filter(|id| !id.is_empty()).map(PlayerId::new),
            ticket: ticket
                .filter(|id| (1..=LONGEST_TICKET).contains(&id.len()))
                .map(TicketId::new),
            body: request.body.unwrap_or_default(),
            base64: request.is_base64_encoded,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn call(changes: &Value) -> ApiCall {
        let mut event = json!({
            "resource": "/tickets/{id}", "path": "/tickets/t-1", "httpMethod": "GET",
            "headers": {"x-player": "mallory"}, "multiValueHeaders": {},
            "queryStringParameters": null, "multiValueQueryStringParameters": null,
            "pathParameters": {"id": "t-1"}, "stageVariables": null, "isBase64Encoded": false, "body": null,
            "requestContext": {"httpMethod": "GET", "identity": {"cognitoIdentityId": "us-east-1:ann"}}
        });
        for (key, value) in changes.as_object().unwrap() {
            event[key] = value.clone();
        }
        serde_json::from_value::<ApiGatewayProxyRequest>(event)
            .unwrap()
            .into()
    }

    #[track_caller]
    fn check_body(body: &str, base64: bool, expected: Result<Value, u16>) {
        let call = call(&json!({"body": body, "isBase64Encoded": base64}));
        assert_eq!(
            call.json::<Value>().map_err(|problem| problem.status),
            expected
        );
    }

    #[test]
    fn the_player_is_the_identity_of_the_context() {
        assert_eq!(call(&json!({})).player().unwrap().as_str(), "us-east-1:ann");
    }

    #[test]
    fn a_request_without_identity_is_refused() {
        for identity in [
            json!({}),
            json!({"cognitoIdentityId": null}),
            json!({"cognitoIdentityId": ""}),
        ] {
            let context = json!({"requestContext": {"httpMethod": "GET", "identity": identity}});
            assert_eq!(call(&context).player().unwrap_err().status, 403);
        }
    }

    #[test]
    fn the_ticket_comes_from_the_path() {
        assert_eq!(call(&json!({})).ticket().unwrap().as_str(), "t-1");
        assert_eq!(
            call(&json!({"pathParameters": null}))
                .ticket()
                .unwrap_err()
                .status,
            404
        );
        assert_eq!(
            call(&json!({"pathParameters": {"id": "x".repeat(129)}}))
                .ticket()
                .unwrap_err()
                .status,
            404
        );
    }

    #[test]
    fn a_body_may_be_base64() {
        check_body(r#"{"a":1}"#, false, Ok(json!({"a": 1})));
        check_body("eyJhIjoxfQ==", true, Ok(json!({"a": 1})));
        check_body("{", true, Err(400));
    }

    #[test]
    fn a_body_that_is_no_json_is_a_bad_request() {
        check_body("", false, Err(400));
        check_body("{", false, Err(400));
    }

    #[test]
    fn a_large_body_is_refused_in_either_form() {
        let text = format!("\"{}\"", "x".repeat(LARGEST_BODY - 2));
        check_body(&text, false, Ok(Value::from("x".repeat(LARGEST_BODY - 2))));
        check_body(
            &STANDARD.encode(&text),
            true,
            Ok(Value::from("x".repeat(LARGEST_BODY - 2))),
        );
        check_body(&format!("{text} "), false, Err(413));
        check_body(&STANDARD.encode(format!("{text} ")), true, Err(413));
    }
}
