//! A service on a port of its own, with a clock that the test moves, and a client for it.

use std::sync::Arc;

use gamelift_local::{Config, GameLiftLocal, ManualClock, Surroundings};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};

pub(crate) const NOW: f64 = 1_700_000_000.0;

/// Longer than any provisioning.
pub(crate) const LATER: f64 = 3600.0;

pub(crate) struct Cloud {
    pub(crate) address: std::net::SocketAddr,
    pub(crate) service: GameLiftLocal,
    clock: Arc<ManualClock>,
    region: &'static str,
}

pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: hyper::HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Cloud {
    /// A service where a second is a second.
    pub(crate) async fn start() -> Self {
        Self::start_in(None).await
    }

    /// The same with a cloud around it.
    pub(crate) async fn start_in(surroundings: Option<Arc<dyn Surroundings>>) -> Self {
        let clock = Arc::new(ManualClock::at(NOW));
        let service = GameLiftLocal::new(Config {
            speed: 1.0,
            clock: clock.clone(),
            surroundings,
            ..Config::new("the-token")
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let serving = service.clone();
        tokio::spawn(async move { serving.serve(listener, std::future::pending()).await });
        Self {
            address,
            service,
            clock,
            region: "eu-west-1",
        }
    }

    /// The same service, seen from another region.
    pub(crate) fn in_region(&self, region: &'static str) -> Self {
        Self {
            address: self.address,
            service: self.service.clone(),
            clock: self.clock.clone(),
            region,
        }
    }

    /// The same client, talking to another service.
    pub(crate) fn at(self, address: std::net::SocketAddr) -> Self {
        Self { address, ..self }
    }

    pub(crate) fn wait(&self, seconds: f64) {
        self.clock.advance(seconds);
    }

    pub(crate) async fn ok(&self, operation: &str, input: Value) -> Value {
        let reply = self.json(operation, &input).await;
        let body: Value = serde_json::from_slice(&reply.body).unwrap();
        assert_eq!(
            reply.status,
            StatusCode::OK,
            "{operation} {input} was refused: {body}"
        );
        body
    }

    /// What one member of the answer says; a pointer such as `/Build/BuildId`.
    pub(crate) async fn get(&self, pointer: &str, operation: &str, input: Value) -> Value {
        let answer = self.ok(operation, input).await;
        answer
            .pointer(pointer)
            .unwrap_or_else(|| panic!("{operation} has no {pointer}: {answer}"))
            .clone()
    }

    pub(crate) async fn refused(&self, operation: &str, input: Value, expected: &str) {
        let reply = self.json(operation, &input).await;
        let body: Value = serde_json::from_slice(&reply.body).unwrap();
        assert_eq!(
            reply.status,
            StatusCode::BAD_REQUEST,
            "{operation} {input} was accepted: {body}"
        );
        let text = |member: &str| body[member].as_str().unwrap().to_owned();
        assert_eq!(format!("{}: {}", text("__type"), text("message")), expected);
    }

    pub(crate) async fn json(&self, operation: &str, input: &Value) -> Reply {
        let target = format!("GameLift.{operation}");
        let headers = [
            ("x-amz-target", target.as_str()),
            ("content-type", "application/x-amz-json-1.1"),
        ];
        self.send("POST", "/", &headers, input.to_string().into_bytes())
            .await
    }

    pub(crate) async fn cbor(&self, operation: &str, input: &ciborium::Value) -> Reply {
        let mut body = Vec::new();
        ciborium::into_writer(input, &mut body).unwrap();
        let headers = [
            ("smithy-protocol", "rpc-v2-cbor"),
            ("content-type", "application/cbor"),
        ];
        self.send(
            "POST",
            &format!("/service/GameLift/operation/{operation}"),
            &headers,
            body,
        )
        .await
    }

    pub(crate) async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Reply {
        let stream = TcpStream::connect(self.address).await.unwrap();
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .unwrap();
        tokio::spawn(connection);
        let scope = format!(
            "AWS4-HMAC-SHA256 Credential=test/20260101/{}/gamelift/aws4_request, SignedHeaders=host",
            self.region
        );
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "localhost")
            .header("authorization", scope);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = sender
            .send_request(request.body(Full::new(Bytes::from(body))).unwrap())
            .await
            .unwrap();
        let (head, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        Reply {
            status: head.status,
            headers: head.headers,
            body,
        }
    }

    /// A build that fleets can use.
    pub(crate) async fn build(&self) -> Value {
        let storage =
            json!({ "Bucket": "b", "Key": "k", "RoleArn": "arn:aws:iam::000000000000:role/r" });
        let build = json!({ "Name": "server", "OperatingSystem": "AMAZON_LINUX_2023", "StorageLocation": storage });
        self.get("/Build/BuildId", "CreateBuild", build).await
    }

    /// A request for an EC2 fleet with a second location.
    pub(crate) async fn fleet_request(&self) -> Value {
        json!({
            "Name": "main",
            "BuildId": self.build().await,
            "EC2InstanceType": "c5.large",
            "RuntimeConfiguration": { "ServerProcesses": [{ "LaunchPath": "/local/game/server", "ConcurrentExecutions": 4 }] },
            "EC2InboundPermissions": [{ "FromPort": 7000, "ToPort": 7100, "IpRange": "0.0.0.0/0", "Protocol": "UDP" }],
            "Locations": [{ "Location": "eu-west-1" }, { "Location": "us-east-1" }],
        })
    }

    /// The id of an EC2 fleet that is ready.
    pub(crate) async fn fleet(&self) -> Value {
        let request = self.fleet_request().await;
        let id = self
            .get("/FleetAttributes/FleetId", "CreateFleet", request)
            .await;
        self.wait(LATER);
        id
    }

    /// A rule set and a configuration of the same name, without a queue.
    pub(crate) async fn matchmaker(&self, name: &str) {
        let body = r#"{"ruleLanguageVersion": "1.0", "teams": [{"name": "all", "minPlayers": 2, "maxPlayers": 2}]}"#;
        self.ok(
            "CreateMatchmakingRuleSet",
            json!({ "Name": name, "RuleSetBody": body }),
        )
        .await;
        let configuration = json!({
            "Name": name, "RuleSetName": name, "FlexMatchMode": "STANDALONE",
            "AcceptanceRequired": false, "RequestTimeoutSeconds": 30,
        });
        self.ok("CreateMatchmakingConfiguration", configuration)
            .await;
    }
}
