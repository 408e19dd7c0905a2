//! What a process reports and asks.

use std::time::Duration;

use serde::{Deserialize as _, Serialize};
use serde_json::{Value, json};
use thiserror::Error;
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use crate::messages::{PlayerSession, Refused, Request};
use crate::settings::{SDK_LANGUAGE, SDK_VERSION};

/// How long the service may take to answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// Why the service could not be told or asked something.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SdkError {
    /// The socket could not be opened.
    #[error("cannot connect to GameLift: {0}")]
    Connect(String),
    /// The connection broke before the answer, or is gone for good.
    #[error("cannot {0}: the connection to GameLift is lost")]
    Disconnected(&'static str),
    /// No answer in time.
    #[error("cannot {0}: GameLift did not answer")]
    Silent(&'static str),
    /// The service said no.
    #[error("cannot {action}: GameLift answered {status}: {message}")]
    Refused {
        /// What was asked.
        action: &'static str,
        /// Like an HTTP status.
        status: i64,
        /// The service's own words.
        message: String,
    },
}

/// A request on its way to the socket.
pub(crate) struct Outgoing {
    pub(crate) request: String,
    pub(crate) frame: String,
    pub(crate) answer: oneshot::Sender<Result<Value, Refused>>,
}

/// The way to the service; clones use the same connection.
#[derive(Clone, Debug)]
pub struct Server {
    requests: mpsc::Sender<Outgoing>,
}

impl Server {
    pub(crate) const fn new(requests: mpsc::Sender<Outgoing>) -> Self {
        Self { requests }
    }

    /// Says that the process listens on `port` and can host a session.
    ///
    /// # Errors
    ///
    /// As every request: when the service refuses, is silent, or can't be reached.
    pub async fn ready(&self, port: u16, log_paths: &[String]) -> Result<(), SdkError> {
        let fields = json!({
            "SdkVersion": SDK_VERSION, "SdkLanguage": SDK_LANGUAGE, "Port": port, "LogPaths": log_paths,
        });
        self.tell("ActivateServerProcess", fields).await
    }

    /// Says how the process is; due every minute.
    ///
    /// # Errors
    ///
    /// As [`Self::ready`].
    pub async fn heartbeat(&self, health: Health) -> Result<(), SdkError> {
        let fields = json!({ "HealthStatus": health == Health::Good });
        self.tell("HeartbeatServerProcess", fields).await
    }

    /// Says that players may come.
    ///
    /// # Errors
    ///
    /// As [`Self::ready`].
    pub async fn activate_game_session(&self, game_session: &str) -> Result<(), SdkError> {
        let fields = json!({ "GameSessionId": game_session });
        self.tell("ActivateGameSession", fields).await
    }

    /// Asks whether a player who presents this player session has a seat, and takes it.
    ///
    /// # Errors
    ///
    /// Refused when there is no such reservation, or it has run out; else as [`Self::ready`].
    pub async fn accept_player_session(
        &self,
        game_session: &str,
        player_session: &str,
    ) -> Result<(), SdkError> {
        let fields = json!({ "GameSessionId": game_session, "PlayerSessionId": player_session });
        self.tell("AcceptPlayerSession", fields).await
    }

    /// Says that a player left.
    ///
    /// # Errors
    ///
    /// As [`Self::ready`].
    pub async fn remove_player_session(
        &self,
        game_session: &str,
        player_session: &str,
    ) -> Result<(), SdkError> {
        let fields = json!({ "GameSessionId": game_session, "PlayerSessionId": player_session });
        self.tell("RemovePlayerSession", fields).await
    }

    /// Looks a player session up; none when there is no such one.
    ///
    /// # Errors
    ///
    /// As [`Self::ready`].
    pub async fn player_session(&self, id: &str) -> Result<Option<PlayerSession>, SdkError> {
        let fields = json!({ "PlayerSessionId": id });
        let mut reply = self.ask("DescribePlayerSessions", fields).await?;
        let first = reply.pointer_mut("/PlayerSessions/0").map(Value::take);
        Ok(first.and_then(|session| PlayerSession::deserialize(session).ok()))
    }

    /// Says that the process is about to end.
    ///
    /// # Errors
    ///
    /// As [`Self::ready`].
    pub async fn ending(&self) -> Result<(), SdkError> {
        self.tell("TerminateServerProcess", json!({})).await
    }

    async fn tell(&self, action: &'static str, fields: impl Serialize) -> Result<(), SdkError> {
        self.ask(action, fields).await.map(drop)
    }

    async fn ask(&self, action: &'static str, fields: impl Serialize) -> Result<Value, SdkError> {
        let request = Uuid::new_v4().to_string();
        let frame = Request {
            action,
            request_id: &request,
            fields,
        };
        let frame = serde_json::to_string(&frame).expect("plain data always becomes JSON");
        let (answer, answered) = oneshot::channel();
        let outgoing = Outgoing {
            request,
            frame,
            answer,
        };
        let lost = SdkError::Disconnected(action);
        if self.requests.send(outgoing).await.is_err() {
            return Err(lost);
        }
        match tokio::time::timeout(PATIENCE, answered).await {
            Ok(Ok(Ok(reply))) => Ok(reply),
            Ok(Ok(Err(Refused { status, message }))) => Err(SdkError::Refused {
                action,
                status,
                message,
            }),
            Ok(Err(_)) => Err(lost),
            Err(_) => Err(SdkError::Silent(action)),
        }
    }
}

/// How a process is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// It serves players.
    Good,
    /// It should be replaced.
    Bad,
}
