//! A game server that speaks the server SDK's protocol, as far as a test tells it to.

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::cloud::Cloud;

pub(crate) struct GameServer {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    requests: usize,
}

/// An Anywhere fleet with one compute in `custom-lab`.
pub(crate) struct Lab {
    pub(crate) fleet: Value,
    endpoint: String,
    token: String,
}

impl Cloud {
    pub(crate) async fn lab(&self) -> Lab {
        self.ok("CreateLocation", json!({ "LocationName": "custom-lab" }))
            .await;
        let request = json!({ "Name": "lab", "ComputeType": "ANYWHERE", "Locations": [{ "Location": "custom-lab" }] });
        let fleet = self
            .get("/FleetAttributes/FleetId", "CreateFleet", request)
            .await;
        let compute = json!({
            "FleetId": fleet, "ComputeName": "bench", "IpAddress": "127.0.0.1", "Location": "custom-lab",
        });
        let endpoint = self
            .get(
                "/Compute/GameLiftServiceSdkEndpoint",
                "RegisterCompute",
                compute,
            )
            .await;
        self.lab_at(fleet, endpoint).await
    }

    /// The lab that has been made before.
    pub(crate) async fn lab_of(&self, fleet: &Value) -> Lab {
        let compute = json!({ "FleetId": fleet, "ComputeName": "bench" });
        let endpoint = self
            .get(
                "/Compute/GameLiftServiceSdkEndpoint",
                "DescribeCompute",
                compute,
            )
            .await;
        self.lab_at(fleet.clone(), endpoint).await
    }

    async fn lab_at(&self, fleet: Value, endpoint: Value) -> Lab {
        let compute = json!({ "FleetId": fleet, "ComputeName": "bench" });
        let token = self.get("/AuthToken", "GetComputeAuthToken", compute).await;
        Lab {
            fleet,
            endpoint: endpoint.as_str().unwrap().to_owned(),
            token: token.as_str().unwrap().to_owned(),
        }
    }

    /// A queue with the lab as its only destination.
    pub(crate) async fn queue(&self, name: &str, timeout: u32, lab: &Lab) {
        let fleet = json!({ "FleetIds": [lab.fleet] });
        let arn = self
            .get(
                "/FleetAttributes/0/FleetArn",
                "DescribeFleetAttributes",
                fleet,
            )
            .await;
        let queue = json!({
            "Name": name, "TimeoutInSeconds": timeout, "Destinations": [{ "DestinationArn": arn }],
        });
        self.ok("CreateGameSessionQueue", queue).await;
    }
}

impl Lab {
    /// The address of the websocket for a process.
    pub(crate) fn address(&self, process: &str, token: &str) -> String {
        let fleet = self.fleet.as_str().unwrap();
        format!(
            "{}/?pID={process}&FleetId={fleet}&ComputeId=bench&sdkVersion=5.6.0&sdkLanguage=Go&Authorization={token}",
            self.endpoint
        )
    }

    /// A process that is connected and has not said anything.
    pub(crate) async fn process(&self, name: &str) -> GameServer {
        let address = self.address(name, &self.token);
        let (socket, _) = tokio_tungstenite::connect_async(address).await.unwrap();
        GameServer {
            socket,
            requests: 0,
        }
    }

    /// A process that waits for a game session.
    pub(crate) async fn server(&self, name: &str, port: u16) -> GameServer {
        let mut server = self.process(name).await;
        server
            .ok(
                "ActivateServerProcess",
                json!({ "Port": port, "LogPaths": [] }),
            )
            .await;
        server
    }
}

impl GameServer {
    pub(crate) async fn connect(address: &str) -> Self {
        let (socket, _) = tokio_tungstenite::connect_async(address).await.unwrap();
        Self {
            socket,
            requests: 0,
        }
    }

    /// Sends a request and waits for its answer; pushes that come before are lost.
    pub(crate) async fn request(&mut self, action: &str, members: Value) -> Value {
        self.requests += 1;
        let id = format!("r-{}", self.requests);
        let mut frame = json!({ "Action": action, "RequestId": id });
        frame
            .as_object_mut()
            .unwrap()
            .extend(members.as_object().unwrap().clone());
        self.send(&frame.to_string()).await;
        self.until(|frame| frame["RequestId"] == *id).await
    }

    pub(crate) async fn ok(&mut self, action: &str, members: Value) -> Value {
        let answer = self.request(action, members).await;
        assert_eq!(answer["StatusCode"], 200, "{answer}");
        answer
    }

    pub(crate) async fn send(&mut self, text: &str) {
        self.socket.send(Message::text(text)).await.unwrap();
    }

    /// The next push of this kind.
    pub(crate) async fn pushed(&mut self, action: &str) -> Value {
        self.until(|frame| frame["Action"] == *action && frame["RequestId"].is_null())
            .await
    }

    /// The next game session, which is activated at once; its ARN.
    pub(crate) async fn host(&mut self) -> Value {
        let session = self.pushed("CreateGameSession").await["GameSessionId"].clone();
        self.ok("ActivateGameSession", json!({ "GameSessionId": session }))
            .await;
        session
    }

    pub(crate) async fn is_disconnected(&mut self) -> bool {
        while let Some(message) = self.socket.next().await {
            if matches!(message, Ok(Message::Close(_)) | Err(_)) {
                return true;
            }
        }
        true
    }

    async fn until(&mut self, mut wanted: impl FnMut(&Value) -> bool) -> Value {
        loop {
            let message = self
                .socket
                .next()
                .await
                .expect("the connection is open")
                .unwrap();
            let Message::Text(text) = message else {
                continue;
            };
            let frame: Value = serde_json::from_str(&text).unwrap();
            if wanted(&frame) {
                return frame;
            }
        }
    }
}
