//! What each request of a server process does.

use serde_json::{Map, Value, json};

use super::frame::Request;
use crate::error::{Answer, ApiError, ErrorKind};
use crate::hosting::Departure;
use crate::input::{Input, Record};
use crate::operations;
use crate::world::{Call, GameSession, SessionStatus, World};

/// A server process as its connection knows it.
pub(super) struct Speaker {
    pub(super) region: String,
    pub(super) process: String,
}

impl Speaker {
    /// Does what the process asks for, and answers with the members of the reply.
    pub(super) fn act(
        &self,
        world: &mut World,
        request: Request,
        now: f64,
    ) -> Answer<Map<String, Value>> {
        match request {
            Request::ActivateServerProcess { port } => {
                world.process_ready(&self.region, &self.process, port, now)?;
            }
            Request::HeartbeatServerProcess { health_status } => {
                self.heartbeat(world, health_status, now);
            }
            Request::ActivateGameSession { game_session_id } => {
                let session = self.session(world, &game_session_id)?;
                if session.status == SessionStatus::Activating {
                    session.status = SessionStatus::Active;
                }
            }
            Request::AcceptPlayerSession {
                game_session_id,
                player_session_id,
            } => self
                .session(world, &game_session_id)?
                .accept(&player_session_id)?,
            Request::RemovePlayerSession {
                game_session_id,
                player_session_id,
            } => self
                .session(world, &game_session_id)?
                .leave(&player_session_id, now)?,
            Request::UpdatePlayerSessionCreationPolicy {
                game_session_id,
                player_session_policy,
            } => self.session(world, &game_session_id)?.policy = player_session_policy,
            Request::DescribePlayerSessions(members) => {
                return self.operation(world, "DescribePlayerSessions", members, now);
            }
            Request::StartMatchBackfill {
                game_session_arn,
                matchmaking_configuration_arn,
                ticket_id,
                players,
            } => {
                let members = json!({
                    "TicketId": ticket_id.filter(|id| !id.is_empty()),
                    "ConfigurationName": matchmaking_configuration_arn,
                    "GameSessionArn": game_session_arn,
                    "Players": players.iter().map(api_player).collect::<Vec<_>>(),
                });
                let started = self.operation(world, "StartMatchBackfill", object(members), now)?;
                let ticket = started["MatchmakingTicket"]["TicketId"].clone();
                return Ok(object(json!({ "TicketId": ticket })));
            }
            Request::StopMatchBackfill { ticket_id } => {
                let members = object(json!({ "TicketId": ticket_id }));
                self.operation(world, "StopMatchmaking", members, now)?;
            }
            Request::GetComputeCertificate {} => return self.certificate(world),
            Request::GetFleetRoleCredentials {} => {
                return Err(ApiError::new(
                    ErrorKind::InvalidRequest,
                    "the local cloud gives no credentials of fleet roles; use those of its root: test/test",
                ));
            }
            Request::TerminateServerProcess {} => {
                world.process_gone(&self.region, &self.process, Departure::Ended, now);
            }
        }
        Ok(Map::new())
    }

    fn heartbeat(&self, world: &mut World, healthy: bool, now: f64) {
        // An unhealthy report counts as one that did not come.
        if let Some(process) = world.process_mut(&self.region, &self.process)
            && healthy
        {
            process.well = now;
        }
    }

    /// The session that this process hosts; it may speak for no other.
    fn session<'a>(&self, world: &'a mut World, arn: &str) -> Answer<&'a mut GameSession> {
        let session = world.session_mut(arn)?;
        if session.seating.process == self.process && session.status.is_open() {
            return Ok(session);
        }
        Err(ApiError::invalid(format!(
            "this server process does not host game session `{arn}`"
        )))
    }

    /// Does an operation of the API in the region of the process.
    fn operation(
        &self,
        world: &mut World,
        name: &str,
        members: Record,
        now: f64,
    ) -> Answer<Map<String, Value>> {
        let run = operations::find(name).ok_or_else(|| {
            ApiError::new(ErrorKind::UnknownOperation, format!("there is no `{name}`"))
        })?;
        let call = Call {
            region: self.region.clone(),
            now,
            speed: world.speed(),
            input: Input::new(without_empty(members)),
        };
        run(world, &call).map(object)
    }

    fn certificate(&self, world: &mut World) -> Answer<Map<String, Value>> {
        let place = world.region_or_new(&self.region);
        let name = place
            .processes
            .get(&self.process)
            .map(|process| process.compute.clone())
            .unwrap_or_default();
        let compute = place.computes.values().find(|compute| compute.name == name);
        let path = compute.and_then(|compute| compute.certificate.clone());
        Ok(object(
            json!({ "CertificatePath": path.unwrap_or_default(), "ComputeName": name }),
        ))
    }
}

/// A player in the words of the SDK as one in the words of the API.
fn api_player(player: &Value) -> Value {
    let attributes = player["PlayerAttributes"].as_object().map(|attributes| {
        let plain = attributes.iter().map(|(name, value)| {
            let mut value = value.clone();
            if let Value::Object(members) = &mut value {
                members.remove("AttrType");
                members.retain(|_, member| !member.is_null());
            }
            (name.clone(), value)
        });
        plain.collect::<Map<_, _>>()
    });
    let mut player = player.clone();
    if let Some(attributes) = attributes {
        player["PlayerAttributes"] = attributes.into();
    }
    player
}

/// The SDK sends empty texts for what isn't given.
fn without_empty(mut members: Record) -> Record {
    members.retain(|_, value| value.as_str() != Some("") && *value != json!(0));
    members
}

fn object(value: Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}
