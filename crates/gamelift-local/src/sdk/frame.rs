//! Frames: JSON texts, told apart by their `Action`.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::error::{Answer, ApiError, ErrorKind};
use crate::input::Record;

/// What a server process asks for.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(tag = "Action")]
pub(super) enum Request {
    #[serde(rename_all = "PascalCase")]
    ActivateServerProcess {
        port: u16,
    },
    #[serde(rename_all = "PascalCase")]
    HeartbeatServerProcess {
        health_status: bool,
    },
    #[serde(rename_all = "PascalCase")]
    ActivateGameSession {
        game_session_id: String,
    },
    #[serde(rename_all = "PascalCase")]
    AcceptPlayerSession {
        game_session_id: String,
        player_session_id: String,
    },
    #[serde(rename_all = "PascalCase")]
    RemovePlayerSession {
        game_session_id: String,
        player_session_id: String,
    },
    /// The same members as the API's operation of that name.
    DescribePlayerSessions(Record),
    #[serde(rename_all = "PascalCase")]
    UpdatePlayerSessionCreationPolicy {
        game_session_id: String,
        player_session_policy: crate::world::JoinPolicy,
    },
    #[serde(rename_all = "PascalCase")]
    StartMatchBackfill {
        game_session_arn: String,
        matchmaking_configuration_arn: String,
        #[serde(default)]
        ticket_id: Option<String>,
        players: Vec<Value>,
    },
    #[serde(rename_all = "PascalCase")]
    StopMatchBackfill {
        ticket_id: String,
    },
    GetComputeCertificate {},
    GetFleetRoleCredentials {},
    TerminateServerProcess {},
}

/// What a reply has to name: empty where the request doesn't say.
#[derive(Debug)]
pub(super) struct Label {
    action: String,
    id: String,
}

/// Reads a frame. What can't be read is refused, and the connection goes on.
pub(super) fn parse(text: &str) -> (Label, Answer<Request>) {
    let frame: Value = serde_json::from_str(text).unwrap_or_default();
    let member = |name: &str| frame[name].as_str().unwrap_or_default().to_owned();
    let label = Label {
        action: member("Action"),
        id: member("RequestId"),
    };
    let request = Request::deserialize(&frame)
        .map_err(|error| ApiError::invalid(format!("the frame can't be read: {error}")));
    (label, request)
}

impl Label {
    /// The frame that answers.
    pub(super) fn reply(&self, answer: Answer<Map<String, Value>>) -> Value {
        let mut frame = json!({ "Action": self.action, "RequestId": self.id });
        match answer {
            Ok(members) => {
                frame["StatusCode"] = 200.into();
                for (name, value) in members {
                    frame[name] = value;
                }
            }
            Err(error) => {
                frame["StatusCode"] = status_code(error.kind).into();
                frame["ErrorMessage"] = error.message.into();
            }
        }
        frame
    }
}

fn status_code(kind: ErrorKind) -> u16 {
    match kind {
        ErrorKind::NotFound => 404,
        ErrorKind::Unauthorized => 401,
        ErrorKind::Throttling => 429,
        ErrorKind::Conflict
        | ErrorKind::FleetCapacityExceeded
        | ErrorKind::GameSessionFull
        | ErrorKind::InvalidFleetStatus
        | ErrorKind::InvalidGameSessionStatus
        | ErrorKind::InvalidRequest
        | ErrorKind::LimitExceeded
        | ErrorKind::NotReady
        | ErrorKind::Serialization
        | ErrorKind::TerminalRoutingStrategy
        | ErrorKind::UnknownOperation => 400,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn unknown_members_are_passed_over_and_missing_ones_named() {
        let text =
            r#"{"Action":"HeartbeatServerProcess","RequestId":"r","HealthStatus":true,"New":1}"#;
        let request = parse(text).1;
        let well = Request::HeartbeatServerProcess {
            health_status: true,
        };
        assert_eq!(request, Ok(well));
        let error = parse(&text.replace("HealthStatus", "Health")).1;
        let message = error.unwrap_err().message;
        assert_eq!(
            message,
            "the frame can't be read: missing field `HealthStatus`"
        );
    }

    #[test]
    fn refusal_names_the_request_that_it_answers() {
        let (label, _) = parse(r#"{"Action":"Dance","RequestId":"r-1"}"#);
        let reply = label.reply(Err(ApiError::not_found("no")));
        let expected = json!({ "Action": "Dance", "RequestId": "r-1", "StatusCode": 404, "ErrorMessage": "no" });
        assert_eq!(reply, expected);
    }

    proptest! {
        #[test]
        fn no_text_is_too_strange_to_be_refused(text in ".*") {
            prop_assert!(parse(&text).1.is_err());
        }
    }
}
