//! `GET /hello`: greets the player who calls.
//!
//! With `reads: [players]` or `writes: [players]` in the topology a function gets the right to use that table, and the table's
//! name in the variable `PLAYERS_TABLE`.

use aws_lambda_events::apigw::{ApiGatewayProxyRequest, ApiGatewayProxyResponse};
use aws_lambda_events::encodings::Body;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::json;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    lambda_runtime::run(service_fn(
        async |event: LambdaEvent<ApiGatewayProxyRequest>| Ok::<_, Error>(answer(&event.payload)),
    ))
    .await
}

/// The player is whoever signed the request, never somebody whom the request names.
fn answer(request: &ApiGatewayProxyRequest) -> ApiGatewayProxyResponse {
    let identity = &request.request_context.identity;
    let (status, body) = match &identity.cognito_identity_id {
        Some(player) => (200, json!({ "hello": player })),
        None => (403, json!({ "title": "sign the request" })),
    };
    let mut response = ApiGatewayProxyResponse::default();
    response.status_code = status;
    response.body = Some(Body::Text(body.to_string()));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(player: Option<&str>) -> i64 {
        let mut request = ApiGatewayProxyRequest::default();
        request.request_context.identity.cognito_identity_id = player.map(str::to_owned);
        answer(&request).status_code
    }

    #[test]
    fn player_is_greeted_and_nobody_is_refused() {
        assert_eq!(status(Some("ann")), 200);
        assert_eq!(status(None), 403);
    }
}
