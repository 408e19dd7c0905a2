//! Requests to servers on this machine.

use std::time::Duration;

use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper::header::HOST;
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// Long enough for a busy machine; all of these answer in milliseconds.
const PATIENCE: Duration = Duration::from_secs(20);

/// A request.
pub(super) struct Call<'a> {
    pub(super) method: Method,
    /// As `http://127.0.0.1:4566`.
    pub(super) server: &'a str,
    pub(super) path: &'a str,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Bytes,
}

impl<'a> Call<'a> {
    /// A request without headers and body.
    pub(super) fn bare(method: Method, server: &'a str, path: &'a str) -> Self {
        Self {
            method,
            server,
            path,
            headers: Vec::new(),
            body: Bytes::new(),
        }
    }
}

/// The answer, or why there is none.
pub(super) async fn send(call: Call<'_>) -> Result<(StatusCode, Bytes), String> {
    match tokio::time::timeout(PATIENCE, exchange(call)).await {
        Ok(answer) => answer.map_err(|error| error.to_string()),
        Err(_) => Err(format!("no answer within {} s", PATIENCE.as_secs())),
    }
}

async fn exchange(
    call: Call<'_>,
) -> Result<(StatusCode, Bytes), Box<dyn std::error::Error + Send + Sync>> {
    let address = call.server.strip_prefix("http://").unwrap_or(call.server);
    let stream = TcpStream::connect(address).await?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let mut request = Request::builder()
        .method(call.method)
        .uri(call.path)
        .header(HOST, address);
    for (name, value) in call.headers {
        request = request.header(name, value);
    }
    let request = request.body(Full::new(call.body))?;
    let exchange = async move {
        let response = sender.send_request(request).await?;
        let status = response.status();
        Ok::<_, hyper::Error>((status, response.into_body().collect().await?.to_bytes()))
    };
    // The connection is driven here rather than by a task, so that nothing outlives this call.
    tokio::pin!(connection);
    tokio::pin!(exchange);
    tokio::select! {
        answer = &mut exchange => Ok(answer?),
        ended = &mut connection => {
            ended?;
            Ok(exchange.await?)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn closed_port_is_an_error_in_words() {
        let call = Call::bare(Method::GET, "http://127.0.0.1:1", "/");
        assert!(send(call).await.unwrap_err().contains("refused"));
    }
}
