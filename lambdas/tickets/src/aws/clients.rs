//! Clients from the environment: Region, credentials and, for a local cloud, endpoints.

use std::time::Duration;

use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{Credentials, Region, SharedHttpClient};
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use thiserror::Error;

use super::{DynamoTables, FlexMatch};
use crate::settings::{SettingsError, Tables, Variables};

/// A connection in Lambda's network takes milliseconds; one that doesn't is better given up.
const CONNECT: Duration = Duration::from_secs(1);
/// One attempt of a call.
const ATTEMPT: Duration = Duration::from_millis(2_500);
/// A call with its retries. Two slow calls still leave time to answer within API Gateway's 29 seconds.
const CALL: Duration = Duration::from_secs(6);

/// Why there are no clients.
#[derive(Debug, Error)]
pub enum ClientsError {
    /// A variable that Lambda always sets is missing.
    #[error("cannot build clients")]
    Variable(#[from] SettingsError),
}

/// What every client shares.
pub struct Clients {
    region: Region,
    credentials: Credentials,
    http: SharedHttpClient,
    dynamodb_endpoint: Option<String>,
    gamelift_endpoint: Option<String>,
}

impl Clients {
    /// Reads Region, credentials and endpoints. Does no I/O.
    pub fn new(variables: &Variables<'_>) -> Result<Self, ClientsError> {
        let any = variables.optional("AWS_ENDPOINT_URL");
        let endpoint = |name: &str| variables.optional(name).or_else(|| any.clone());
        Ok(Self {
            region: Region::new(variables.text("AWS_REGION")?),
            credentials: Credentials::new(
                variables.text("AWS_ACCESS_KEY_ID")?,
                variables.text("AWS_SECRET_ACCESS_KEY")?,
                variables.optional("AWS_SESSION_TOKEN"),
                None,
                "lambda",
            ),
            http: Builder::new()
                .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
                .build_https(),
            dynamodb_endpoint: endpoint("AWS_ENDPOINT_URL_DYNAMODB"),
            gamelift_endpoint: endpoint("AWS_ENDPOINT_URL_GAMELIFT"),
        })
    }

    /// The tables.
    pub fn tables(&self, names: Tables) -> DynamoTables {
        let mut config = aws_sdk_dynamodb::Config::builder()
            .behavior_version_latest()
            .region(self.region.clone())
            .credentials_provider(self.credentials.clone())
            .http_client(self.http.clone())
            .retry_config(retries())
            .timeout_config(timeouts());
        config.set_endpoint_url(self.dynamodb_endpoint.clone());
        DynamoTables::new(aws_sdk_dynamodb::Client::from_conf(config.build()), names)
    }

    /// FlexMatch.
    pub fn flexmatch(&self) -> FlexMatch {
        let mut config = aws_sdk_gamelift::Config::builder()
            .behavior_version_latest()
            .region(self.region.clone())
            .credentials_provider(self.credentials.clone())
            .http_client(self.http.clone())
            .retry_config(retries())
            .timeout_config(timeouts());
        config.set_endpoint_url(self.gamelift_endpoint.clone());
        FlexMatch::new(aws_sdk_gamelift::Client::from_conf(config.build()))
    }
}

fn retries() -> RetryConfig {
    RetryConfig::standard()
        .with_max_attempts(3)
        .with_initial_backoff(Duration::from_millis(50))
}

fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .operation_attempt_timeout(ATTEMPT)
        .operation_timeout(CALL)
        .build()
}
