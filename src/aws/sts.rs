//! Who is calling, and why they may not.

use super::Connection;
use super::error::remote;
use crate::ops::observe::AuthorizationMessages;
use crate::remote::RemoteError;

/// The caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallerIdentity {
    /// Account id, 12 digits.
    pub account: String,
    /// ARN of the user or role.
    pub arn: String,
}

impl AuthorizationMessages for Connection {
    async fn decode(&self, encoded: &str) -> Result<String, RemoteError> {
        let client = aws_sdk_sts::Client::new(self.shared());
        let request = client.decode_authorization_message();
        let answer = request
            .encoded_message(encoded)
            .send()
            .await
            .map_err(remote("DecodeAuthorizationMessage"))?;
        Ok(answer.decoded_message.unwrap_or_default())
    }
}

impl Connection {
    /// Asks AWS who is calling, which also proves the credentials.
    ///
    /// # Errors
    ///
    /// When there are no credentials, or AWS doesn't know them.
    pub async fn caller(&self) -> Result<CallerIdentity, RemoteError> {
        let client = aws_sdk_sts::Client::new(self.shared());
        let answer = client
            .get_caller_identity()
            .send()
            .await
            .map_err(remote("GetCallerIdentity"))?;
        Ok(CallerIdentity {
            account: answer.account().unwrap_or_default().to_owned(),
            arn: answer.arn().unwrap_or_default().to_owned(),
        })
    }
}
