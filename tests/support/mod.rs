//! What tests of the real binary share: a sealed process, and a player with credentials of the deployed identity pool.

#![expect(
    clippy::disallowed_methods,
    reason = "tests stand outside: they pass on where the toolchain is, and sign with the current time"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use serde_json::{Value, json};

/// The repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Build products and the managed Python environment are shared by all tests: both are slow to make.
pub(crate) fn cache() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("cache")
}

/// The binary with a cleared environment and a state folder of its own.
pub(crate) fn liftform(state: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_liftform"));
    command.current_dir(root()).env_clear();
    for name in [
        "PATH",
        "HOME",
        "CARGO_HOME",
        "RUSTUP_HOME",
        "CARGO_TARGET_DIR",
    ] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command
        .env("LIFTFORM_CACHE_DIR", cache())
        .env("LIFTFORM_LOCAL_DIR", state);
    command
}

/// Runs to the end and shows everything when the exit code is another.
#[track_caller]
pub(crate) fn run(mut command: Command, expected: i32) -> Output {
    let output = command.output().expect("the binary starts");
    let code = output.status.code();
    assert_eq!(
        code,
        Some(expected),
        "{command:?}\n--- stdout\n{}\n--- stderr\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

/// A guest of the identity pool.
pub(crate) struct Player {
    pub(crate) identity: String,
    credentials: Credentials,
    region: String,
}

impl Player {
    /// Gets an identity and its credentials, as a game client does.
    pub(crate) fn enter(endpoint: &str, region: &str, pool: &str) -> Self {
        let identity = cognito(endpoint, "GetId", &json!({ "IdentityPoolId": pool }));
        let identity = text(&identity["IdentityId"]);
        let answer = cognito(
            endpoint,
            "GetCredentialsForIdentity",
            &json!({ "IdentityId": identity }),
        );
        let keys = &answer["Credentials"];
        let credentials = Credentials::new(
            text(&keys["AccessKeyId"]),
            text(&keys["SecretKey"]),
            Some(text(&keys["SessionToken"])),
            None,
            "cognito",
        );
        Self {
            identity,
            credentials,
            region: region.to_owned(),
        }
    }

    /// Somebody who knows the player's credentials but for the secret.
    pub(crate) fn forged(&self) -> Self {
        let known = &self.credentials;
        let token = known.session_token().map(str::to_owned);
        Self {
            identity: self.identity.clone(),
            credentials: Credentials::new(known.access_key_id(), "guessed", token, None, "guess"),
            region: self.region.clone(),
        }
    }

    /// A signed request to the API: status and body.
    pub(crate) fn call(&self, method: &str, url: &str, body: Option<&Value>) -> (u16, Value) {
        self.call_with(method, url, body.map(Value::to_string).unwrap_or_default())
    }

    /// The same with a body that need not be JSON.
    pub(crate) fn call_with(&self, method: &str, url: &str, body: String) -> (u16, Value) {
        let mut request = http::Request::builder()
            .method(method)
            .uri(url)
            .header("content-type", "application/json");
        let identity = self.credentials.clone().into();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name("execute-api")
            .time(now())
            .settings(SigningSettings::default())
            .build()
            .expect("all parameters are given")
            .into();
        let signable = SignableRequest::new(
            method,
            url,
            [("content-type", "application/json")].into_iter(),
            SignableBody::Bytes(body.as_bytes()),
        )
        .expect("a signable request");
        let (instructions, _) = sign(signable, &parameters)
            .expect("a signature")
            .into_parts();
        for (name, value) in instructions.headers() {
            request = request.header(name, value);
        }
        send(request.body(body).expect("a request"))
    }
}

/// A request without a signature: status and body.
pub(crate) fn unsigned(method: &str, url: &str) -> (u16, Value) {
    send(
        http::Request::builder()
            .method(method)
            .uri(url)
            .body(String::new())
            .expect("a request"),
    )
}

/// An item of a table.
pub(crate) fn item(endpoint: &str, region: &str, table: &str, key: &Value) -> Value {
    let wanted = json!({ "TableName": table, "Key": key, "ConsistentRead": true });
    let answer = aws(
        endpoint,
        region,
        "dynamodb",
        "DynamoDB_20120810.GetItem",
        &wanted,
    );
    answer["Item"].clone()
}

/// What a service of the JSON protocol answers to the local cloud's root key.
#[track_caller]
pub(crate) fn aws(
    endpoint: &str,
    region: &str,
    service: &str,
    target: &str,
    body: &Value,
) -> Value {
    let headers = [
        ("content-type", "application/x-amz-json-1.1"),
        ("x-amz-target", target),
    ];
    call(
        endpoint,
        ("POST", "/"),
        (region, service),
        &headers,
        &body.to_string(),
    )
}

/// What any service answers to the local cloud's root key, whose signature nobody verifies.
#[track_caller]
pub(crate) fn call(
    endpoint: &str,
    (method, path): (&str, &str),
    (region, service): (&str, &str),
    headers: &[(&str, &str)],
    body: &str,
) -> Value {
    let scope = format!("Credential=test/20200101/{region}/{service}/aws4_request");
    let mut request = http::Request::builder()
        .method(method)
        .uri(format!("{endpoint}{path}"))
        .header(
            "authorization",
            format!("AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0"),
        );
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let (status, answer) = send(request.body(body.to_owned()).expect("a request"));
    assert!(
        (200..300).contains(&status),
        "{method} {path}: {status} {answer}"
    );
    answer
}

/// The machine's clock, to sign with.
pub(crate) fn now() -> SystemTime {
    SystemTime::now()
}

/// How many stacks a region has, deleted ones not counted.
pub(crate) fn stacks(endpoint: &str, region: &str) -> usize {
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let query = "Action=DescribeStacks&Version=2010-05-15";
    let place = (region, "cloudformation");
    let body = call(endpoint, ("POST", "/"), place, &form, query);
    text(&body).matches("<StackId>").count()
}

fn cognito(endpoint: &str, operation: &str, input: &Value) -> Value {
    let request = http::Request::builder()
        .method("POST")
        .uri(endpoint)
        .header("content-type", "application/x-amz-json-1.1")
        .header(
            "x-amz-target",
            format!("AWSCognitoIdentityService.{operation}"),
        )
        .body(input.to_string())
        .expect("a request");
    let (status, body) = send(request);
    assert_eq!(status, 200, "{operation}: {body}");
    body
}

fn send(request: http::Request<String>) -> (u16, Value) {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(30)))
        .build()
        .into();
    let mut response = agent.run(request).expect("an answer");
    let body = response
        .body_mut()
        .read_to_string()
        .expect("a body of text");
    (
        response.status().as_u16(),
        serde_json::from_str(&body).unwrap_or(Value::String(body)),
    )
}

/// A JSON string.
#[track_caller]
pub(crate) fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value} is no string"))
        .to_owned()
}
