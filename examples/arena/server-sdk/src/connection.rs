//! The socket: kept open, opened again when it breaks, replaced when the service asks for it.

use std::collections::HashMap;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};
use tokio_tungstenite::tungstenite::{Error as SocketError, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};
use url::Url;

use crate::messages::{self, Incoming, Push, Refresh, Refused, Reply};
use crate::server::{Outgoing, SdkError, Server};
use crate::settings::Settings;

/// Pauses before each further attempt to connect, as GameLift's own SDKs make them.
const PAUSES: [u64; 6] = [4, 8, 16, 32, 32, 32];

/// Requests and pushes that may wait; a process has a handful at a time.
const WAITING: usize = 64;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Connects a process to the service.
///
/// The connection lives as long as a [`Server`] does, or until it broke and could not be opened again; then the last
/// push is [`Push::Disconnected`].
///
/// # Errors
///
/// When the first attempt fails: whoever starts processes tries again by itself.
pub async fn connect(settings: Settings) -> Result<(Server, mpsc::Receiver<Push>), SdkError> {
    // Fails when there is one already, which is as good.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let socket = open(&settings)
        .await
        .map_err(|error| SdkError::Connect(error.to_string()))?;
    let (requests, outgoing) = mpsc::channel(WAITING);
    let (pushes, pushed) = mpsc::channel(WAITING);
    let connection = Connection {
        settings,
        socket,
        open_requests: HashMap::new(),
        pushes,
        refresh: false,
    };
    tokio::spawn(connection.run(outgoing));
    Ok((Server::new(requests), pushed))
}

async fn open(settings: &Settings) -> Result<Socket, SocketError> {
    let (socket, _) = tokio_tungstenite::connect_async(settings.address().as_str()).await?;
    Ok(socket)
}

struct Connection {
    settings: Settings,
    socket: Socket,
    open_requests: HashMap<String, oneshot::Sender<Result<Value, Refused>>>,
    pushes: mpsc::Sender<Push>,
    /// The service wants another socket; due as soon as no answer is expected on this one.
    refresh: bool,
}

impl Connection {
    async fn run(mut self, mut outgoing: mpsc::Receiver<Outgoing>) {
        loop {
            let sound = tokio::select! {
                request = outgoing.recv() => match request {
                    Some(request) => self.send(request).await,
                    None => return,
                },
                message = self.socket.next() => match message {
                    Some(Ok(message)) => self.receive(&message).await,
                    Some(Err(_)) | None => false,
                },
            };
            // Who gave up waiting must not keep the socket.
            self.open_requests.retain(|_, answer| !answer.is_closed());
            let replace = !sound || (self.refresh && self.open_requests.is_empty());
            if replace && !self.reconnect().await {
                // Nobody listens: the process ends anyway.
                let _ = self.pushes.send(Push::Disconnected).await;
                return;
            }
        }
    }

    async fn send(&mut self, request: Outgoing) -> bool {
        self.open_requests.insert(request.request, request.answer);
        self.socket.send(Message::text(request.frame)).await.is_ok()
    }

    async fn receive(&mut self, message: &Message) -> bool {
        let Message::Text(text) = message else {
            return !message.is_close();
        };
        match messages::read(text) {
            Incoming::Push(push) => {
                // Nobody listens: then nothing can be done about it here.
                let _ = self.pushes.send(push).await;
            }
            Incoming::Refresh(refresh) => self.redirect(refresh),
            Incoming::Reply(Reply { request, result }) => {
                if let Some(answer) = self.open_requests.remove(&request) {
                    // The asker may have given up.
                    let _ = answer.send(result);
                }
            }
            Incoming::Other => {}
        }
        true
    }

    fn redirect(&mut self, refresh: Refresh) {
        if let Ok(url) = Url::parse(&refresh.refresh_connection_endpoint) {
            self.settings.url = url;
        }
        self.settings.auth_token = refresh.auth_token;
        self.refresh = true;
    }

    /// Opens another socket; whoever still waits for an answer learns that it won't come.
    async fn reconnect(&mut self) -> bool {
        self.open_requests.clear();
        self.refresh = false;
        let pauses = std::iter::once(0).chain(PAUSES);
        for pause in pauses.map(Duration::from_secs) {
            tokio::time::sleep(pause).await;
            if let Ok(socket) = open(&self.settings).await {
                self.socket = socket;
                return true;
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tokio::net::TcpListener;

    use super::*;
    use crate::messages::GameSession;
    use crate::server::Health;

    type Service = WebSocketStream<TcpStream>;

    async fn listen() -> (TcpListener, Settings) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let settings = Settings {
            url: Url::parse(&format!("ws://{address}")).unwrap(),
            auth_token: "token".to_owned(),
            process_id: "p-1".to_owned(),
            host_id: "host".to_owned(),
            fleet_id: "fleet-1".to_owned(),
        };
        (listener, settings)
    }

    async fn accept(listener: &TcpListener) -> Service {
        let (stream, _) = listener.accept().await.unwrap();
        tokio_tungstenite::accept_async(stream).await.unwrap()
    }

    async fn hear(service: &mut Service) -> Value {
        let message = service.next().await.unwrap().unwrap();
        serde_json::from_str(message.to_text().unwrap()).unwrap()
    }

    async fn say(service: &mut Service, frame: Value) {
        service
            .send(Message::text(frame.to_string()))
            .await
            .unwrap();
    }

    async fn answer(service: &mut Service, fields: Value) -> Value {
        let request = hear(service).await;
        let mut reply = json!({ "Action": request["Action"], "RequestId": request["RequestId"], "StatusCode": 200 });
        for (name, value) in fields.as_object().unwrap() {
            reply[name] = value.clone();
        }
        say(service, reply).await;
        request
    }

    #[tokio::test]
    async fn a_process_reports_and_is_told_what_to_host() {
        let (listener, settings) = listen().await;
        let service = async {
            let mut service = accept(&listener).await;
            let ready = answer(&mut service, json!({})).await;
            assert_eq!(
                (&ready["Action"], &ready["Port"]),
                (&json!("ActivateServerProcess"), &json!(7777))
            );
            say(
                &mut service,
                json!({"Action": "CreateGameSession", "GameSessionId": "arn:1"}),
            )
            .await;
            let found = json!({"PlayerSessions": [{"PlayerSessionId": "psess-1", "PlayerId": "ann", "Status": "RESERVED"}]});
            answer(&mut service, found).await;
            answer(
                &mut service,
                json!({"StatusCode": 404, "ErrorMessage": "no such seat"}),
            )
            .await;
            service
        };
        let process = async {
            let (server, mut pushes) = connect(settings).await.unwrap();
            server.ready(7777, &[]).await.unwrap();
            let session = GameSession {
                game_session_id: "arn:1".to_owned(),
                ..GameSession::default()
            };
            assert_eq!(pushes.recv().await, Some(Push::CreateGameSession(session)));
            let seat = server.player_session("psess-1").await.unwrap().unwrap();
            assert_eq!(seat.player_id, "ann");
            let refused = server
                .accept_player_session("arn:1", "psess-2")
                .await
                .unwrap_err();
            assert_eq!(
                refused.to_string(),
                "cannot AcceptPlayerSession: GameLift answered 404: no such seat"
            );
        };
        tokio::join!(service, process);
    }

    #[tokio::test]
    async fn a_broken_connection_is_opened_again() {
        let (listener, settings) = listen().await;
        let service = async {
            drop(accept(&listener).await);
            let mut service = accept(&listener).await;
            answer(&mut service, json!({})).await
        };
        let process = async {
            let (server, _pushes) = connect(settings).await.unwrap();
            // What is sent into the broken connection is lost, and said to be.
            while server.heartbeat(Health::Good).await.is_err() {}
        };
        let (heard, ()) = tokio::join!(service, process);
        assert_eq!(heard["HealthStatus"], json!(true));
    }

    #[tokio::test]
    async fn the_service_may_move_the_process_to_another_socket() {
        let (listener, settings) = listen().await;
        let endpoint = settings.url.to_string();
        let service = async {
            let mut service = accept(&listener).await;
            let heartbeat = hear(&mut service).await;
            let refresh = json!({"Action": "RefreshConnection", "RefreshConnectionEndpoint": endpoint, "AuthToken": "new"});
            say(&mut service, refresh).await;
            say(
                &mut service,
                json!({"RequestId": heartbeat["RequestId"], "StatusCode": 200}),
            )
            .await;
            let mut moved = accept(&listener).await;
            answer(&mut moved, json!({})).await
        };
        let process = async {
            let (server, _pushes) = connect(settings).await.unwrap();
            server.heartbeat(Health::Good).await.unwrap();
            server.ending().await.unwrap();
        };
        let (heard, ()) = tokio::join!(service, process);
        assert_eq!(heard["Action"], json!("TerminateServerProcess"));
    }
}
