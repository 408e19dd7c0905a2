//! Game sessions: started on an idle process, activated by it, ended by it, by the user or by time.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::error::{Answer, ApiError};
use crate::world::{
    Address, Effect, GameSession, JoinPolicy, Readiness, Seating, SessionRequest, SessionStatus,
    World, id_of, present, text,
};

/// How long a process may take to activate a session, unless its fleet says otherwise; the default of the API.
const ACTIVATION_PATIENCE: f64 = 300.0;

/// How long an ended session can still be described. AWS: 30 days; here memory counts.
const RETENTION: f64 = 86_400.0;

impl World {
    /// Starts a game session on an idle process of this fleet and location; `None` when there is none.
    pub(crate) fn host(
        &mut self,
        (region, fleet, location): (&str, &str, &str),
        request: SessionRequest,
        id: Option<&str>,
        now: f64,
    ) -> Option<String> {
        let id = id.map_or_else(|| self.id("gsess"), str::to_owned);
        let arn_start = self.session_arn_start(region);
        let place = self.region_named(region)?;
        let fleet = place.fleets.find(fleet).ok()?;
        let process = place.processes.values_mut().find(|process| {
            process.fleet_id == fleet.id() && process.location == location && process.is_idle()
        })?;
        let arn = if location == fleet.home {
            format!("{arn_start}{}/{id}", fleet.id())
        } else {
            format!("{arn_start}{}/{location}/{id}", fleet.id())
        };
        let compute = place
            .computes
            .values()
            .find(|compute| compute.fleet_id == fleet.id() && compute.name == process.compute)?;
        let address = Address {
            ip: compute.ip.clone(),
            dns: compute.dns.clone().unwrap_or_default(),
            port: process.port,
        };
        let seating = Seating {
            fleet_id: fleet.id().to_owned(),
            fleet_arn: fleet.arn().to_owned(),
            location: location.to_owned(),
            compute: compute.name.clone(),
            process: process.id.clone(),
            address,
        };
        process.readiness = Readiness::Hosting(arn.clone());
        let session = GameSession {
            arn: arn.clone(),
            request,
            seating,
            status: SessionStatus::Activating,
            reason: None,
            created: now,
            ended: None,
            policy: JoinPolicy::AcceptAll,
            protection: text(&fleet.record, "NewGameSessionProtectionPolicy").to_owned(),
            seats: BTreeMap::new(),
        };
        let (process, frame) = (process.id.clone(), frame_of_creation(&session));
        place.sessions.insert(arn.clone(), session);
        self.push(&process, frame);
        Some(arn)
    }

    /// The session of that ARN, in whichever region.
    pub(crate) fn session_mut(&mut self, arn: &str) -> Answer<&mut GameSession> {
        let missing = || ApiError::not_found(format!("game session `{arn}` does not exist"));
        let region = arn.split(':').nth(3).ok_or_else(missing)?.to_owned();
        self.region_named(&region)
            .and_then(|place| place.sessions.get_mut(arn))
            .ok_or_else(missing)
    }

    /// Ends a session; its process is free for nothing else, as one that has hosted ends by itself.
    pub(crate) fn end_session(
        &mut self,
        arn: &str,
        status: SessionStatus,
        reason: Option<&str>,
        now: f64,
    ) {
        if let Ok(session) = self.session_mut(arn)
            && session.status.is_open()
        {
            session.end(status, reason, now);
        }
    }

    /// Asks the session's process to end, which ends the session.
    pub(crate) fn ask_to_end(&mut self, arn: &str, now: f64) -> Answer<()> {
        let session = self.session_mut(arn)?;
        session.status = SessionStatus::Terminating;
        session.reason = Some("TRIGGERED_ON_PROCESS_TERMINATE".to_owned());
        let process = session.seating.process.clone();
        // Five minutes are what a process gets in AWS.
        let deadline = ((now + 300.0) * 1000.0) as i64;
        self.push(
            &process,
            json!({ "Action": "TerminateProcess", "TerminationTime": deadline }),
        );
        Ok(())
    }

    pub(super) fn advance_sessions(&mut self, region: &str, now: f64) {
        let Some(place) = self.region_named(region) else {
            return;
        };
        let mut late = Vec::new();
        for session in place.sessions.values_mut() {
            session.expire_seats(now);
            let patience = place
                .fleets
                .find(&session.seating.fleet_id)
                .map_or(ACTIVATION_PATIENCE, |fleet| {
                    activation_patience(&fleet.runtime)
                });
            if session.status == SessionStatus::Activating && now - session.created >= patience {
                late.push((
                    session.arn.clone(),
                    session.seating.fleet_id.clone(),
                    session.seating.process.clone(),
                ));
            }
        }
        place
            .sessions
            .retain(|_, session| session.ended.is_none_or(|ended| now - ended < RETENTION));
        for (session, fleet, process) in late {
            self.activation_failed(region, (&session, &fleet, &process), now);
        }
    }

    fn activation_failed(
        &mut self,
        region: &str,
        (session, fleet, process): (&str, &str, &str),
        now: f64,
    ) {
        self.end_session(session, SessionStatus::Error, None, now);
        if let Some(place) = self.region_named(region) {
            if let Ok(fleet) = place.fleets.find_mut(fleet) {
                let message = format!("game session {} was not activated in time", id_of(session));
                fleet.note(now, "GAME_SESSION_ACTIVATION_TIMEOUT", message);
            }
            place.processes.remove(process);
        }
        self.effect(Effect::Disconnect {
            process: process.to_owned(),
        });
    }
}

fn activation_patience(runtime: &Value) -> f64 {
    runtime
        .get("GameSessionActivationTimeoutSeconds")
        .and_then(Value::as_f64)
        .unwrap_or(ACTIVATION_PATIENCE)
}

/// What a process is told about its new session.
fn frame_of_creation(session: &GameSession) -> Value {
    let (request, address) = (&session.request, &session.seating.address);
    present(json!({
        "Action": "CreateGameSession",
        "GameSessionId": session.arn,
        "GameSessionName": request.name,
        "GameSessionData": request.data,
        "MatchmakerData": request.matchmaker_data,
        "MaximumPlayerSessionCount": request.maximum_players,
        "IpAddress": address.ip,
        "DnsName": address.dns,
        "Port": address.port,
        "GameProperties": properties(&request.properties),
    }))
}

/// What a process is told when its session has changed; `reason` as in the server SDK's `UpdateReason`.
pub(crate) fn frame_of_update(session: &GameSession, reason: &str, ticket: &str) -> Value {
    let (request, seating) = (&session.request, &session.seating);
    json!({
        "Action": "UpdateGameSession",
        "BackfillTicketId": ticket,
        "UpdateReason": reason,
        "GameSession": present(json!({
            "GameSessionId": session.arn,
            "GameSessionData": request.data,
            "Name": request.name,
            "MatchmakerData": request.matchmaker_data,
            "FleetId": seating.fleet_id,
            "Location": seating.location,
            "MaximumPlayerSessionCount": request.maximum_players,
            "IpAddress": seating.address.ip,
            "DnsName": seating.address.dns,
            "Port": seating.address.port,
            "GameProperties": properties(&request.properties),
            "Status": session.status,
            "StatusReason": session.reason,
        })),
    })
}

/// The properties of a session as the server SDK wants them: an object.
fn properties(list: &[Value]) -> Map<String, Value> {
    list.iter()
        .filter_map(|pair| Some((pair["Key"].as_str()?.to_owned(), pair["Value"].clone())))
        .collect()
}
