//! A game session: players on one server process.
//!
//! Holds the rules of one session. Which process hosts it, and who is told, is decided elsewhere.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::error::{Answer, ApiError, ErrorKind};

/// How long a seat waits for its player: the default of AWS.
/// <https://docs.aws.amazon.com/gamelift/latest/apireference/API_CreatePlayerSession.html>
pub(crate) const RESERVATION: f64 = 60.0;

/// The state of a game session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum SessionStatus {
    Activating,
    Active,
    Terminating,
    Terminated,
    Error,
}

impl SessionStatus {
    /// Whether the session still holds its server process.
    pub(crate) fn is_open(self) -> bool {
        matches!(self, Self::Activating | Self::Active | Self::Terminating)
    }
}

/// The state of a player's seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum SeatStatus {
    Reserved,
    Active,
    Completed,
    TimedOut,
}

/// Whether new players may join.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum JoinPolicy {
    #[default]
    AcceptAll,
    DenyAll,
}

/// What a new session is asked to be.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct SessionRequest {
    pub(crate) maximum_players: u64,
    pub(crate) name: Option<String>,
    pub(crate) creator: Option<String>,
    /// A list of `{Key, Value}`.
    pub(crate) properties: Vec<Value>,
    pub(crate) data: Option<String>,
    /// The match, as JSON text; only for sessions that FlexMatch asks for.
    pub(crate) matchmaker_data: Option<String>,
}

/// Where players connect to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Address {
    pub(crate) ip: String,
    pub(crate) dns: String,
    pub(crate) port: u16,
}

/// Where a session runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Seating {
    pub(crate) fleet_id: String,
    pub(crate) fleet_arn: String,
    pub(crate) location: String,
    pub(crate) compute: String,
    /// The id of the server process.
    pub(crate) process: String,
    pub(crate) address: Address,
}

/// A game session.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct GameSession {
    pub(crate) arn: String,
    pub(crate) request: SessionRequest,
    pub(crate) seating: Seating,
    pub(crate) status: SessionStatus,
    pub(crate) reason: Option<String>,
    pub(crate) created: f64,
    pub(crate) ended: Option<f64>,
    pub(crate) policy: JoinPolicy,
    pub(crate) protection: String,
    /// By player session id.
    pub(crate) seats: BTreeMap<String, Seat>,
}

/// A player session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Seat {
    pub(crate) id: String,
    pub(crate) player: String,
    pub(crate) data: Option<String>,
    pub(crate) status: SeatStatus,
    pub(crate) created: f64,
    pub(crate) ended: Option<f64>,
}

impl GameSession {
    /// Seats that are reserved or taken.
    pub(crate) fn players(&self) -> u64 {
        self.taken().count() as u64
    }

    /// The seats that are reserved or taken.
    pub(crate) fn taken(&self) -> impl Iterator<Item = &Seat> {
        self.seats
            .values()
            .filter(|seat| matches!(seat.status, SeatStatus::Reserved | SeatStatus::Active))
    }

    /// Seats that nobody has.
    pub(crate) fn free(&self) -> u64 {
        self.request.maximum_players.saturating_sub(self.players())
    }

    /// Refuses `count` more players when they can't join.
    pub(crate) fn require_seats(&self, count: usize) -> Answer<()> {
        if self.status != SessionStatus::Active {
            return Err(ApiError::new(
                ErrorKind::InvalidGameSessionStatus,
                format!(
                    "game session `{}` is {}; players join ACTIVE ones",
                    self.arn,
                    json!(self.status).as_str().unwrap_or_default()
                ),
            ));
        }
        if self.policy == JoinPolicy::DenyAll || self.free() < count as u64 {
            return Err(ApiError::new(
                ErrorKind::GameSessionFull,
                format!("game session `{}` takes no more players", self.arn),
            ));
        }
        Ok(())
    }

    /// Keeps a seat for a player.
    pub(crate) fn reserve(&mut self, id: String, player: &str, data: Option<String>, now: f64) {
        let seat = Seat {
            id: id.clone(),
            player: player.to_owned(),
            data,
            status: SeatStatus::Reserved,
            created: now,
            ended: None,
        };
        self.seats.insert(id, seat);
    }

    /// The player has connected and showed the id of the seat.
    pub(crate) fn accept(&mut self, seat: &str) -> Answer<()> {
        let arn = &self.arn;
        match self.seats.get_mut(seat) {
            Some(seat) if seat.status == SeatStatus::Reserved => {
                seat.status = SeatStatus::Active;
                Ok(())
            }
            Some(_) => Err(ApiError::invalid(format!(
                "player session `{seat}` is not RESERVED"
            ))),
            None => Err(ApiError::not_found(format!(
                "player session `{seat}` is not in game session `{arn}`"
            ))),
        }
    }

    /// The player has left.
    pub(crate) fn leave(&mut self, seat: &str, now: f64) -> Answer<()> {
        match self.seats.get_mut(seat) {
            Some(seat) if matches!(seat.status, SeatStatus::Reserved | SeatStatus::Active) => {
                seat.end(SeatStatus::Completed, now);
                Ok(())
            }
            _ => Err(ApiError::not_found(format!(
                "player session `{seat}` is not in game session `{}`",
                self.arn
            ))),
        }
    }

    /// Gives up the seats whose players did not come.
    pub(crate) fn expire_seats(&mut self, now: f64) {
        for seat in self.seats.values_mut() {
            if seat.status == SeatStatus::Reserved && now - seat.created >= RESERVATION {
                seat.end(SeatStatus::TimedOut, now);
            }
        }
    }

    /// Ends the session and everybody's seat in it.
    pub(crate) fn end(&mut self, status: SessionStatus, reason: Option<&str>, now: f64) {
        self.status = status;
        self.reason = reason.map(str::to_owned);
        self.ended = Some(now);
        for seat in self.seats.values_mut() {
            if matches!(seat.status, SeatStatus::Reserved | SeatStatus::Active) {
                seat.end(SeatStatus::Completed, now);
            }
        }
    }

    /// As `GameSession` of the API.
    pub(crate) fn shown(&self) -> Value {
        let (request, seating) = (&self.request, &self.seating);
        present(json!({
            "GameSessionId": self.arn,
            "Name": request.name,
            "FleetId": seating.fleet_id,
            "FleetArn": seating.fleet_arn,
            "CreationTime": self.created,
            "TerminationTime": self.ended,
            "CurrentPlayerSessionCount": self.players(),
            "MaximumPlayerSessionCount": request.maximum_players,
            "Status": self.status,
            "StatusReason": self.reason,
            "GameProperties": request.properties,
            "IpAddress": seating.address.ip,
            "DnsName": seating.address.dns,
            "Port": seating.address.port,
            "PlayerSessionCreationPolicy": self.policy,
            "CreatorId": request.creator,
            "GameSessionData": request.data,
            "MatchmakerData": request.matchmaker_data,
            "Location": seating.location,
            "ComputeName": seating.compute,
            "PlayerGatewayStatus": "DISABLED",
        }))
    }

    /// A seat as `PlayerSession` of the API.
    pub(crate) fn shown_seat(&self, seat: &Seat) -> Value {
        let seating = &self.seating;
        present(json!({
            "PlayerSessionId": seat.id,
            "PlayerId": seat.player,
            "GameSessionId": self.arn,
            "FleetId": seating.fleet_id,
            "FleetArn": seating.fleet_arn,
            "CreationTime": seat.created,
            "TerminationTime": seat.ended,
            "Status": seat.status,
            "IpAddress": seating.address.ip,
            "DnsName": seating.address.dns,
            "Port": seating.address.port,
            "PlayerData": seat.data,
        }))
    }
}

impl Seat {
    fn end(&mut self, status: SeatStatus, now: f64) {
        self.status = status;
        self.ended = Some(now);
    }
}

/// An answer without the members that have no value.
pub(crate) fn present(mut answer: Value) -> Value {
    if let Value::Object(members) = &mut answer {
        members.retain(|_, value| !value.is_null());
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session() -> GameSession {
        GameSession {
            arn: "arn:session".to_owned(),
            request: SessionRequest {
                maximum_players: 2,
                ..SessionRequest::default()
            },
            seating: Seating {
                fleet_id: "fleet-1".to_owned(),
                fleet_arn: "arn:fleet-1".to_owned(),
                location: "eu-west-1".to_owned(),
                compute: "i-1".to_owned(),
                process: "p-1".to_owned(),
                address: Address {
                    ip: "127.0.0.1".to_owned(),
                    dns: "localhost".to_owned(),
                    port: 7777,
                },
            },
            status: SessionStatus::Active,
            reason: None,
            created: 0.0,
            ended: None,
            policy: JoinPolicy::AcceptAll,
            protection: "NoProtection".to_owned(),
            seats: BTreeMap::new(),
        }
    }

    #[test]
    fn seat_that_nobody_takes_is_free_again_after_a_minute() {
        let mut session = session();
        session.reserve("psess-1".to_owned(), "ann", None, 0.0);
        session.expire_seats(59.0);
        assert_eq!(session.free(), 1);
        session.expire_seats(60.0);
        assert_eq!(session.free(), 2);
        assert_eq!(session.seats["psess-1"].status, SeatStatus::TimedOut);
    }

    #[test]
    fn accepted_seat_does_not_expire_and_is_not_accepted_twice() {
        let mut session = session();
        session.reserve("psess-1".to_owned(), "ann", None, 0.0);
        session.accept("psess-1").unwrap();
        session.expire_seats(1e6);
        assert_eq!(session.players(), 1);
        let error = session.accept("psess-1").unwrap_err();
        assert_eq!(error.message, "player session `psess-1` is not RESERVED");
    }

    #[test]
    fn full_closed_and_ended_sessions_take_nobody() {
        let mut session = session();
        session.reserve("psess-1".to_owned(), "ann", None, 0.0);
        assert!(session.require_seats(1).is_ok());
        let full = session.require_seats(2).unwrap_err();
        assert_eq!(full.kind, ErrorKind::GameSessionFull);
        session.policy = JoinPolicy::DenyAll;
        assert!(session.require_seats(1).is_err());
        session.end(SessionStatus::Terminated, None, 5.0);
        let ended = session.require_seats(1).unwrap_err();
        assert_eq!(ended.kind, ErrorKind::InvalidGameSessionStatus);
        assert_eq!(session.players(), 0);
    }

    #[test]
    fn states_are_spelled_as_the_api_spells_them() {
        assert_eq!(json!(SeatStatus::TimedOut), "TIMEDOUT");
        assert_eq!(json!(JoinPolicy::AcceptAll), "ACCEPT_ALL");
    }
}
