//! Credentials, endpoint and one client per region.
//!
//! A connection as opened repeats what is worth repeating: the SDK tries a call again after throttling, timeouts, lost connections
//! and errors inside AWS. What repeats calls itself, with a rate limiter over all stacks ([`Reliable`](crate::deploy::Reliable)),
//! takes the connection [without retries](Connection::without_retries): else each of its tries would be many.

use std::cell::RefCell;
use std::collections::BTreeMap;

use aws_config::retry::RetryConfig;
use aws_config::sts::AssumeRoleProvider;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;

/// Tries per call. The adaptive mode also slows all calls of a client down when AWS throttles one of them.
const ATTEMPTS: u32 = 8;

/// Where and as whom to call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectionOptions {
    /// Region of calls that belong to none.
    pub region: String,
    /// Profile of the user's AWS configuration.
    pub profile: Option<String>,
    /// Role to assume first.
    pub role: Option<String>,
    /// Address of a local cloud. It is called with a fixed key, and no configuration or metadata service is looked at.
    pub local: Option<String>,
}

/// A way to AWS.
#[derive(Debug)]
pub struct Connection {
    shared: SdkConfig,
    local: Option<String>,
    cloudformation: RefCell<BTreeMap<String, aws_sdk_cloudformation::Client>>,
    gamelift: RefCell<BTreeMap<String, aws_sdk_gamelift::Client>>,
    s3: RefCell<BTreeMap<String, aws_sdk_s3::Client>>,
}

impl Connection {
    /// Finds credentials. Calls nothing unless a role must be assumed.
    pub async fn open(options: &ConnectionOptions) -> Self {
        let shared = match &options.local {
            Some(endpoint) => local(&options.region, endpoint),
            None => aws(options).await,
        };
        Self {
            shared,
            local: options.local.clone(),
            cloudformation: RefCell::default(),
            gamelift: RefCell::default(),
            s3: RefCell::default(),
        }
    }

    /// The same way with every call tried once. Getting credentials is still repeated by the SDK.
    pub fn without_retries(&self) -> Self {
        let shared = self.shared.clone().into_builder();
        Self {
            shared: shared.retry_config(RetryConfig::disabled()).build(),
            local: self.local.clone(),
            cloudformation: RefCell::default(),
            gamelift: RefCell::default(),
            s3: RefCell::default(),
        }
    }

    pub(super) fn shared(&self) -> &SdkConfig {
        &self.shared
    }

    /// The local cloud's address.
    pub(super) fn local(&self) -> Option<&str> {
        self.local.as_deref()
    }

    pub(super) fn cloudformation(&self, region: &str) -> aws_sdk_cloudformation::Client {
        let make = || {
            let builder = aws_sdk_cloudformation::config::Builder::from(&self.shared);
            aws_sdk_cloudformation::Client::from_conf(
                builder.region(Region::new(region.to_owned())).build(),
            )
        };
        self.cloudformation
            .borrow_mut()
            .entry(region.to_owned())
            .or_insert_with(make)
            .clone()
    }

    pub(super) fn gamelift(&self, region: &str) -> aws_sdk_gamelift::Client {
        let make = || {
            let builder = aws_sdk_gamelift::config::Builder::from(&self.shared);
            aws_sdk_gamelift::Client::from_conf(
                builder.region(Region::new(region.to_owned())).build(),
            )
        };
        self.gamelift
            .borrow_mut()
            .entry(region.to_owned())
            .or_insert_with(make)
            .clone()
    }

    pub(super) fn s3(&self, region: &str) -> aws_sdk_s3::Client {
        let make = || {
            let builder = aws_sdk_s3::config::Builder::from(&self.shared)
                .region(Region::new(region.to_owned()))
                // Names like `bucket.127.0.0.1` don't resolve.
                .force_path_style(self.local.is_some());
            aws_sdk_s3::Client::from_conf(builder.build())
        };
        self.s3
            .borrow_mut()
            .entry(region.to_owned())
            .or_insert_with(make)
            .clone()
    }
}

fn local(region: &str, endpoint: &str) -> SdkConfig {
    let credentials = Credentials::new("test", "test", None, None, "local cloud");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(region.to_owned()))
        .endpoint_url(endpoint)
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .build()
}

async fn aws(options: &ConnectionOptions) -> SdkConfig {
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .region(Region::new(options.region.clone()))
        .retry_config(RetryConfig::adaptive().with_max_attempts(ATTEMPTS));
    if let Some(profile) = &options.profile {
        loader = loader.profile_name(profile);
    }
    let shared = loader.load().await;
    let Some(role) = &options.role else {
        return shared;
    };
    let provider = AssumeRoleProvider::builder(role)
        .session_name("liftform")
        .configure(&shared)
        .build()
        .await;
    shared
        .into_builder()
        .credentials_provider(SharedCredentialsProvider::new(provider))
        .build()
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;

    use super::*;
    use crate::deploy::StackApi as _;
    use crate::event::StackRef;

    /// An AWS that is always unavailable, and how often it was called.
    fn unavailable() -> (String, Arc<AtomicUsize>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let calls = Arc::new(AtomicUsize::new(0));
        let counted = calls.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut request = Vec::new();
                let mut part = [0; 4096];
                // The action stands in the body, which may come after the head.
                while !String::from_utf8_lossy(&request).contains("Action=") {
                    match stream.read(&mut part) {
                        Ok(0) | Err(_) => break,
                        Ok(read) => request.extend_from_slice(&part[..read]),
                    }
                }
                counted.fetch_add(1, Ordering::SeqCst);
                let answer =
                    "HTTP/1.1 503 Slow Down\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
                let _ = stream.write_all(answer.as_bytes());
            }
        });
        (address, calls)
    }

    #[test]
    fn connection_without_retries_calls_once() {
        let (address, calls) = unavailable();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let error = runtime.block_on(async {
            let options = ConnectionOptions {
                region: "eu-west-1".to_owned(),
                local: Some(address),
                ..ConnectionOptions::default()
            };
            let connection = Connection::open(&options).await.without_retries();
            let stack = StackRef::new("game", "eu-west-1");
            connection.describe(&stack).await.unwrap_err()
        });
        assert!(error.retryable, "{error}");
        assert_eq!(calls.load(Ordering::SeqCst), 1);
    }
}
