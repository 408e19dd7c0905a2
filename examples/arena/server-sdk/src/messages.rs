//! Frames: JSON objects in text messages, told apart by their `Action`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A game session that this process is to host.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct GameSession {
    /// Its ARN.
    pub game_session_id: String,
    /// Its name.
    #[serde(alias = "Name")]
    pub game_session_name: String,
    /// What whoever created it passes on.
    pub game_session_data: Option<String>,
    /// The match it is for: teams and players, as JSON.
    pub matchmaker_data: Option<String>,
    /// How many players it may hold.
    pub maximum_player_session_count: u32,
    /// Settings by name.
    pub game_properties: BTreeMap<String, String>,
}

/// A seat that is reserved for a player.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PlayerSession {
    /// Its id, which the player presents.
    pub player_session_id: String,
    /// The player.
    pub player_id: String,
    /// `RESERVED`, `ACTIVE`, `COMPLETED` or `TIMEDOUT`.
    pub status: String,
}

/// What the service tells the process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Push {
    /// Host this session, and say when players may come.
    CreateGameSession(GameSession),
    /// The session changed: players came by backfill, or backfill ended.
    UpdateGameSession {
        /// The session as it is now.
        game_session: GameSession,
        /// `MATCHMAKING_DATA_UPDATED`, `BACKFILL_FAILED` and the like.
        reason: String,
    },
    /// End within this time.
    TerminateProcess {
        /// Milliseconds since 1970.
        at: i64,
    },
    /// The connection is lost for good.
    Disconnected,
}

/// What the service says to the connection rather than to the game.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Refresh {
    pub(crate) refresh_connection_endpoint: String,
    pub(crate) auth_token: String,
}

/// A frame of the service, sorted.
#[derive(Debug, PartialEq)]
pub(crate) enum Incoming {
    Push(Push),
    Refresh(Refresh),
    Reply(Reply),
    /// Of a kind that is not known here.
    Other,
}

/// The answer to a request.
#[derive(Debug, PartialEq)]
pub(crate) struct Reply {
    pub(crate) request: String,
    /// The whole frame, or what the service complained about.
    pub(crate) result: Result<Value, Refused>,
}

/// What the service complained about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    pub(crate) status: i64,
    pub(crate) message: String,
}

/// A request.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Request<'a, T> {
    pub(crate) action: &'a str,
    pub(crate) request_id: &'a str,
    #[serde(flatten)]
    pub(crate) fields: T,
}

/// Sorts a frame. What can't be read is as good as unknown: a server that serves players must not end for it.
pub(crate) fn read(text: &str) -> Incoming {
    let Ok(frame) = serde_json::from_str::<Value>(text) else {
        return Incoming::Other;
    };
    let status = frame.get("StatusCode").and_then(Value::as_i64);
    let request = frame
        .get("RequestId")
        .and_then(Value::as_str)
        .filter(|request| !request.is_empty())
        .map(str::to_owned);
    if let (Some(request), Some(status)) = (&request, status.filter(|status| *status != 200)) {
        let message = text_of(&frame, "ErrorMessage");
        return Incoming::Reply(Reply {
            request: request.clone(),
            result: Err(Refused { status, message }),
        });
    }
    match (push(&frame), request) {
        (Some(push), _) => push,
        (None, Some(request)) => Incoming::Reply(Reply {
            request,
            result: Ok(frame),
        }),
        (None, None) => Incoming::Other,
    }
}

fn push(frame: &Value) -> Option<Incoming> {
    let push = match frame.get("Action")?.as_str()? {
        "CreateGameSession" => Push::CreateGameSession(session(frame)?),
        "UpdateGameSession" => Push::UpdateGameSession {
            game_session: session(frame.get("GameSession")?)?,
            reason: text_of(frame, "UpdateReason"),
        },
        "TerminateProcess" => Push::TerminateProcess {
            at: frame
                .get("TerminationTime")
                .and_then(Value::as_i64)
                .unwrap_or_default(),
        },
        "RefreshConnection" => {
            return Refresh::deserialize(frame).ok().map(Incoming::Refresh);
        }
        _ => return None,
    };
    Some(Incoming::Push(push))
}

fn session(value: &Value) -> Option<GameSession> {
    GameSession::deserialize(value).ok()
}

fn text_of(frame: &Value, name: &str) -> String {
    frame
        .get(name)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(frame: &Value, expected: Incoming) {
        assert_eq!(read(&frame.to_string()), expected);
    }

    #[test]
    fn a_session_is_pushed_without_a_request() {
        check(
            &json!({"Action": "CreateGameSession", "GameSessionId": "arn:1", "MaximumPlayerSessionCount": 10,
                    "GameProperties": {"map": "lava"}, "IpAddress": "192.0.2.1", "Port": 7777}),
            Incoming::Push(Push::CreateGameSession(GameSession {
                game_session_id: "arn:1".to_owned(),
                maximum_player_session_count: 10,
                game_properties: BTreeMap::from([("map".to_owned(), "lava".to_owned())]),
                ..GameSession::default()
            })),
        );
    }

    #[test]
    fn a_reply_belongs_to_its_request() {
        let frame =
            json!({"Action": "HeartbeatServerProcess", "RequestId": "r-1", "StatusCode": 200});
        check(
            &frame,
            Incoming::Reply(Reply {
                request: "r-1".to_owned(),
                result: Ok(frame.clone()),
            }),
        );
    }

    #[test]
    fn a_reply_with_another_status_is_a_refusal() {
        check(
            &json!({"Action": "AcceptPlayerSession", "RequestId": "r-1", "StatusCode": 400, "ErrorMessage": "no"}),
            Incoming::Reply(Reply {
                request: "r-1".to_owned(),
                result: Err(Refused {
                    status: 400,
                    message: "no".to_owned(),
                }),
            }),
        );
    }

    #[test]
    fn what_is_not_known_or_not_json_is_neither() {
        check(&json!({"Action": "Dance"}), Incoming::Other);
        check(&json!([1]), Incoming::Other);
        assert_eq!(read("{"), Incoming::Other);
    }
}
