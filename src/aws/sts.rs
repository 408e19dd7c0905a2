//! Who is calling.

use super::Connection;
use super::error::remote;
use crate::remote::RemoteError;

/// The caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallerIdentity {
    /// Account id, 12 digits.
    pub account: String,
    /// ARN of the user or role.
    pub arn: String,
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
