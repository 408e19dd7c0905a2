//! HTTP: accepts connections, reads requests, writes answers.

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::json;
use thiserror::Error;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::MissedTickBehavior;

use crate::config::Config;
use crate::control::control;
use crate::error::{ApiError, ErrorKind};
use crate::protocol::{Protocol, Target};
use crate::sdk;
use crate::servers::Servers;
use crate::service::GameLiftLocal;

/// Larger than any request of the API: a script's zip file, in base64.
const BODY_LIMIT: usize = 16 * 1024 * 1024;

/// How long to rest when accepting fails, which is a lack of file descriptors as a rule.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// How often the service looks for what is due.
const TICK: Duration = Duration::from_millis(50);

/// Why [`GameLiftLocal::serve`] ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    /// The future that was handed in was ready.
    Shutdown,
    /// A client asked for it.
    Requested,
}

/// The service could not serve.
#[derive(Debug, Error)]
pub enum ServeError {
    /// The listener has no address.
    #[error("reading the address that the GameLift service listens on")]
    Address(#[source] io::Error),
}

impl GameLiftLocal {
    /// Serves on `listener` until `shutdown` is ready or a client asks the service to stop.
    ///
    /// # Errors
    /// Fails when the listener isn't bound.
    pub async fn serve(
        &self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()>,
    ) -> Result<Stopped, ServeError> {
        let address = listener.local_addr().map_err(ServeError::Address)?;
        self.with_world(|world, _| world.set_socket(format!("ws://{address}")));
        let mut servers = self.servers();
        let stopped = tokio::select! {
            stopped = self.accept(listener, shutdown) => stopped,
            () = self.tick() => Stopped::Requested,
            () = self.deliver() => Stopped::Requested,
            () = keep(&mut servers) => Stopped::Requested,
        };
        self.sockets().close_all();
        if let Some(servers) = servers {
            servers.stop().await;
        }
        Ok(stopped)
    }

    fn servers(&self) -> Option<Servers> {
        let Config {
            servers,
            surroundings,
            ..
        } = self.config();
        let (directory, surroundings) = (servers.clone()?, surroundings.clone()?);
        Some(Servers::new(self.clone(), directory, surroundings))
    }

    /// Lets time pass where no request does; never ends.
    async fn tick(&self) {
        let mut ticks = tokio::time::interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            self.with_world(|_, _| ());
        }
    }

    /// Takes events away; never ends.
    async fn deliver(&self) {
        match &self.config().surroundings {
            Some(surroundings) => self.mailbox().deliver(surroundings.clone()).await,
            None => std::future::pending().await,
        }
    }

    async fn accept(&self, listener: TcpListener, shutdown: impl Future<Output = ()>) -> Stopped {
        let mut shutdown = std::pin::pin!(shutdown);
        let mut connections = tokio::task::JoinSet::new();
        loop {
            tokio::select! {
                () = &mut shutdown => return Stopped::Shutdown,
                () = self.stop_requested() => {
                    // The answer to the stop request itself still has to go out.
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                    return Stopped::Requested;
                }
                Some(_) = connections.join_next() => {}
                accepted = listener.accept() => match accepted {
                    Ok((stream, _)) => {
                        connections.spawn(connection(self.clone(), stream));
                    }
                    Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
                },
            }
        }
    }

    async fn respond(
        self,
        mut request: Request<Incoming>,
    ) -> Result<Response<Full<Bytes>>, Infallible> {
        if let Some(response) = sdk::upgrade(&self, &mut request) {
            return Ok(response);
        }
        let (head, body) = request.into_parts();
        let body = Limited::new(body, BODY_LIMIT).collect().await;
        let body = body.map(|body| body.to_bytes());
        if let Some((status, answer)) = control(&self, &head, body.as_deref().unwrap_or_default()) {
            return Ok(json_response(status, answer.to_string().into_bytes()));
        }
        let Some(target) = Target::parse(head.uri.path(), &head.headers) else {
            let answer = json!({ "__type": ErrorKind::UnknownOperation.name(), "message": "not a GameLift request" });
            return Ok(json_response(
                StatusCode::NOT_FOUND,
                answer.to_string().into_bytes(),
            ));
        };
        let Target {
            protocol,
            operation,
        } = target;
        let answer = match body {
            Ok(body) => protocol
                .decode(&body)
                .and_then(|input| self.call(&operation, &head.headers, input)),
            Err(error) => Err(ApiError::new(
                ErrorKind::Serialization,
                format!("reading the body: {error}"),
            )),
        };
        let mut response = match answer {
            Ok(answer) => response(
                StatusCode::OK,
                protocol,
                protocol.encode(self.model(), &operation, answer),
            ),
            Err(error) => refusal(protocol, &error),
        };
        if let Ok(id) = HeaderValue::from_str(&self.request_id()) {
            response
                .headers_mut()
                .insert(HeaderName::from_static("x-amzn-requestid"), id);
        }
        Ok(response)
    }
}

/// Keeps server processes running; never ends.
async fn keep(servers: &mut Option<Servers>) {
    match servers {
        Some(servers) => servers.keep().await,
        None => std::future::pending().await,
    }
}

async fn connection(service: GameLiftLocal, stream: TcpStream) {
    // Without this every small answer waits for the client's delayed acknowledgement.
    let _ = stream.set_nodelay(true);
    let handler = service_fn(move |request| service.clone().respond(request));
    // A client that hangs up in the middle is its own matter.
    let _ = http1::Builder::new()
        .serve_connection(TokioIo::new(stream), handler)
        .with_upgrades()
        .await;
}

fn refusal(protocol: Protocol, error: &ApiError) -> Response<Full<Bytes>> {
    let mut response = response(
        StatusCode::BAD_REQUEST,
        protocol,
        protocol.encode_error(error),
    );
    let kind = HeaderValue::from_static(error.kind.name());
    response
        .headers_mut()
        .insert(HeaderName::from_static("x-amzn-errortype"), kind);
    response
}

fn response(status: StatusCode, protocol: Protocol, body: Vec<u8>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status;
    response.headers_mut().extend(protocol.headers());
    response
}

fn json_response(status: StatusCode, body: Vec<u8>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
