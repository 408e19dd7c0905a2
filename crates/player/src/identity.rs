//! A guest of the identity pool, who signs requests with temporary credentials (steps 1 and 2 of the ticket flow).

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use serde_json::{Value, json};

use crate::backend::{Answer, Backend};
use crate::error::PlayerError;

/// A player with an identity and credentials for it.
#[derive(Clone, Debug)]
pub struct Player {
    /// The Cognito identity id: who the player is to the backend.
    pub identity: String,
    backend: Backend,
    credentials: Credentials,
}

impl Player {
    /// Gets an identity and its credentials.
    ///
    /// # Errors
    ///
    /// When the identity service can't be reached or refuses guests.
    pub fn enter(backend: &Backend) -> Result<Self, PlayerError> {
        let pool = json!({ "IdentityPoolId": backend.identity_pool });
        let answer = backend.cognito("GetId", &pool)?;
        let identity = text(&answer, "/IdentityId")?;
        let answer = backend.cognito(
            "GetCredentialsForIdentity",
            &json!({ "IdentityId": identity }),
        )?;
        let credentials = Credentials::new(
            text(&answer, "/Credentials/AccessKeyId")?,
            text(&answer, "/Credentials/SecretKey")?,
            Some(text(&answer, "/Credentials/SessionToken")?),
            None,
            "cognito",
        );
        Ok(Self {
            identity,
            backend: backend.clone(),
            credentials,
        })
    }

    /// A signed request to the API. `path` starts with a slash.
    pub(crate) fn call(
        &self,
        doing: &'static str,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Answer, PlayerError> {
        let url = format!("{}{path}", self.backend.api);
        let body = body.map(Value::to_string).unwrap_or_default();
        let mut request = http::Request::builder()
            .method(method)
            .uri(&url)
            .header("content-type", "application/json");
        let signature =
            self.signature(method, &url, &body)
                .map_err(|reason| PlayerError::Unreachable {
                    doing,
                    reason: format!("the request can't be signed: {reason}"),
                })?;
        for (name, value) in signature {
            request = request.header(name, value);
        }
        self.backend.send(doing, request.body(body))
    }

    fn signature(
        &self,
        method: &str,
        url: &str,
        body: &str,
    ) -> Result<Vec<(String, String)>, Box<dyn std::error::Error + Send + Sync>> {
        let identity = self.credentials.clone().into();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.backend.region)
            .name("execute-api")
            .time((self.backend.clock)())
            .settings(SigningSettings::default())
            .build()?
            .into();
        let signable = SignableRequest::new(
            method,
            url,
            [("content-type", "application/json")].into_iter(),
            SignableBody::Bytes(body.as_bytes()),
        )?;
        let (instructions, _) = sign(signable, &parameters)?.into_parts();
        let headers = instructions
            .headers()
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        Ok(headers.collect())
    }
}

fn text(answer: &Value, pointer: &str) -> Result<String, PlayerError> {
    let value = answer.pointer(pointer).and_then(Value::as_str);
    value
        .map(str::to_owned)
        .ok_or_else(|| PlayerError::Unreadable {
            doing: "get an identity",
            missing: format!("no `{pointer}`"),
        })
}
