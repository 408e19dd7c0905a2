//! The websocket of a server process. The one place that knows the websocket library.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use futures_util::{SinkExt as _, StreamExt as _};
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{CONNECTION, HeaderValue, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, UPGRADE};
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};

use super::act::Speaker;
use super::{frame, hello};
use crate::error::ApiError;
use crate::service::GameLiftLocal;

/// Larger than any frame of the SDK: matchmaker data of 390,000 characters.
const FRAME_LIMIT: usize = 1 << 20;

/// The open connections of server processes, by process.
#[derive(Default)]
pub(crate) struct Sockets(Mutex<BTreeMap<String, UnboundedSender<Value>>>);

impl Sockets {
    /// Sends a frame; a process that isn't connected misses it.
    pub(crate) fn push(&self, process: &str, frame: Value) {
        if let Some(sender) = self.lock().get(process) {
            // A connection that is just closing misses it, too.
            let _ = sender.send(frame);
        }
    }

    /// Closes the connection of a process, after what it has been sent.
    pub(crate) fn close(&self, process: &str) {
        self.lock().remove(process);
    }

    /// Closes all connections.
    pub(crate) fn close_all(&self) {
        self.lock().clear();
    }

    fn open(&self, process: &str) -> UnboundedReceiver<Value> {
        let (sender, receiver) = unbounded_channel();
        self.lock().insert(process.to_owned(), sender);
        receiver
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, UnboundedSender<Value>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Answers a request for a websocket, and serves it from then on; `None` when the request is for something else.
pub(crate) fn upgrade<B>(
    service: &GameLiftLocal,
    request: &mut Request<B>,
) -> Option<Response<Full<Bytes>>> {
    let key = request.headers().get(SEC_WEBSOCKET_KEY)?;
    let accept = derive_accept_key(key.as_bytes());
    let Some(hello) = hello::parse(request.uri()) else {
        let problem = "the query needs pID, FleetId, ComputeId and Authorization";
        return Some(refusal(StatusCode::BAD_REQUEST, problem));
    };
    let region = match service.with_world(|world, now| world.connect(&hello, now)) {
        Ok(region) => region,
        Err(ApiError { message, .. }) => return Some(refusal(StatusCode::FORBIDDEN, &message)),
    };
    let frames = service.sockets().open(&hello.process);
    let speaker = Speaker {
        region,
        process: hello.process,
    };
    tokio::spawn(serve(
        service.clone(),
        hyper::upgrade::on(request),
        speaker,
        frames,
    ));
    Some(switching(&accept))
}

async fn serve(
    service: GameLiftLocal,
    upgrade: OnUpgrade,
    speaker: Speaker,
    mut frames: UnboundedReceiver<Value>,
) {
    if let Ok(upgraded) = upgrade.await {
        let config = WebSocketConfig::default()
            .max_message_size(Some(FRAME_LIMIT))
            .max_frame_size(Some(FRAME_LIMIT));
        let stream =
            WebSocketStream::from_raw_socket(TokioIo::new(upgraded), Role::Server, Some(config));
        talk(&service, stream.await, &speaker, &mut frames).await;
    }
    // A connection that was replaced by a new one, or closed from this side, has no sender any more.
    if !frames.is_closed() {
        service.sockets().close(&speaker.process);
        service.with_world(|world, now| world.disconnect(&speaker.region, &speaker.process, now));
    }
}

/// Until one side has enough.
async fn talk(
    service: &GameLiftLocal,
    mut stream: WebSocketStream<TokioIo<Upgraded>>,
    speaker: &Speaker,
    frames: &mut UnboundedReceiver<Value>,
) {
    loop {
        let outgoing = tokio::select! {
            frame = frames.recv() => match frame {
                Some(frame) => frame,
                // The other side may be gone already.
                None => return drop(stream.close(None).await),
            },
            message = stream.next() => match message {
                Some(Ok(Message::Text(text))) => answer(service, speaker, &text),
                // Pings are answered by the library.
                Some(Ok(Message::Binary(_) | Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => continue,
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
            },
        };
        if stream
            .send(Message::text(outgoing.to_string()))
            .await
            .is_err()
        {
            return;
        }
    }
}

fn answer(service: &GameLiftLocal, speaker: &Speaker, text: &str) -> Value {
    let (label, request) = frame::parse(text);
    label.reply(
        request
            .and_then(|request| service.with_world(|world, now| speaker.act(world, request, now))),
    )
}

fn switching(accept: &str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::new()));
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    if let Ok(accept) = HeaderValue::from_str(accept) {
        headers.insert(SEC_WEBSOCKET_ACCEPT, accept);
    }
    response
}

fn refusal(status: StatusCode, problem: &str) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(problem.to_owned())));
    *response.status_mut() = status;
    response
}
