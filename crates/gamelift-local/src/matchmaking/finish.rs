//! Matches that are final: a game session is found for them, or a running one is filled.

use std::collections::BTreeMap;

use flexmatch::matching::FormedMatch;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::apply::Source;
use super::report::{self, Sayings};
use super::ticket::{Kind, TicketStatus};
use crate::hosting::{Guest, Placed, Placement, PlacementStatus, Purpose, frame_of_update};
use crate::input::Record;
use crate::world::{GameSession, SessionRequest, World, id_of, text};

/// A match that waits for its game session. The placement has the same id.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Match {
    pub(super) id: String,
    /// Where its queue is.
    pub(super) queue_region: String,
    pub(super) configuration: Record,
    pub(super) tickets: Vec<String>,
    /// Everybody as the API knows them, with their teams.
    pub(super) players: BTreeMap<String, Value>,
    /// The ticket that fills the session automatically; the game server knows its id from the start.
    pub(super) backfill_ticket: Option<String>,
}

/// Why a match came to nothing.
const NO_SESSION: (&str, &str) = (
    "UNEXPECTED_ERROR",
    "An unexpected error was encountered during match placing.",
);

impl World {
    /// Goes on with a match that everybody agrees to.
    pub(super) fn ready(&mut self, source: &Source, capacity: u64, formed: &FormedMatch, now: f64) {
        let found = Match {
            id: formed.id.to_string(),
            queue_region: String::new(),
            configuration: source.configuration.clone(),
            tickets: formed.tickets.iter().map(ToString::to_string).collect(),
            players: self.players_of(source, formed),
            backfill_ticket: None,
        };
        for ticket in &formed.tickets {
            if let Some(ticket) = self.ticket_mut(source, ticket) {
                ticket.status = TicketStatus::Placing;
            }
        }
        if text(&source.configuration, "FlexMatchMode") == "STANDALONE" {
            self.complete(source, &found, None, &[], now);
        } else if let Some(session) = &formed.game_session {
            self.fill(source, &found, session, now);
        } else {
            self.find_place(source, found, formed, capacity, now);
        }
    }

    /// The players of a match with their teams, by id.
    fn players_of(&mut self, source: &Source, formed: &FormedMatch) -> BTreeMap<String, Value> {
        let mut players = BTreeMap::new();
        for team in &formed.teams {
            for matched in &team.players {
                let ticket = self.ticket_mut(source, &matched.ticket);
                let given = ticket.and_then(|ticket| {
                    let mut given = ticket.players.iter();
                    given
                        .find(|player| player["PlayerId"] == *matched.id.as_str())
                        .cloned()
                });
                let mut player =
                    given.unwrap_or_else(|| json!({ "PlayerId": matched.id.as_str() }));
                player["Team"] = team.name.clone().into();
                players.insert(matched.id.to_string(), player);
            }
        }
        players
    }

    fn find_place(
        &mut self,
        source: &Source,
        mut found: Match,
        formed: &FormedMatch,
        capacity: u64,
        now: f64,
    ) {
        let configuration = &source.configuration;
        let queue = configuration
            .get("GameSessionQueueArns")
            .and_then(|queues| queues[0].as_str())
            .unwrap_or_default();
        found.queue_region = queue.split(':').nth(3).unwrap_or(&source.region).to_owned();
        if text(configuration, "BackfillMode") == "AUTOMATIC" {
            found.backfill_ticket = Some(self.id(""));
        }
        let given = |member: &str| configuration.get(member);
        let properties = given("GameProperties").and_then(Value::as_array);
        let request = SessionRequest {
            maximum_players: capacity,
            properties: properties.cloned().unwrap_or_default(),
            data: given("GameSessionData")
                .and_then(Value::as_str)
                .map(str::to_owned),
            matchmaker_data: Some(found.matchmaker_data()),
            ..SessionRequest::default()
        };
        let guest = |player: &str| Guest {
            player: player.to_owned(),
            data: None,
        };
        let placement = Placement {
            id: found.id.clone(),
            queue: id_of(queue).to_owned(),
            purpose: Purpose::Match,
            request,
            guests: formed
                .players()
                .map(|player| guest(player.id.as_str()))
                .collect(),
            latencies: latencies(&found.players),
            overriding: None,
            status: PlacementStatus::Pending,
            started: now,
            ended: None,
            attempt: None,
            placed: Vec::new(),
        };
        let started = self.start_placement(&found.queue_region.clone(), placement);
        match started {
            Ok(()) => {
                let matches = &mut self.region_or_new(&source.region).matches;
                matches.insert(found.id.clone(), found);
            }
            Err(_) => self.fail(source, &found, now),
        }
    }

    /// Ends the matches whose placements have ended.
    pub(super) fn advance_matches(&mut self, region: &str, now: f64) {
        let Some(place) = self.region_named(region) else {
            return;
        };
        let matches: Vec<_> = place.matches.values().cloned().collect();
        for found in matches {
            let queues = self.region_or_new(&found.queue_region);
            let placement = queues.placements.find(&found.id).ok().cloned();
            if placement
                .as_ref()
                .is_some_and(|placement| placement.status == PlacementStatus::Pending)
            {
                continue;
            }
            self.region_or_new(region).matches.remove(&found.id);
            let source = Source {
                region: region.to_owned(),
                configuration: found.configuration.clone(),
            };
            self.placed(&source, &found, placement, now);
        }
    }

    fn placed(&mut self, source: &Source, found: &Match, placement: Option<Placement>, now: f64) {
        let session = placement.as_ref().and_then(Placement::session);
        let session = session.and_then(|arn| self.session_mut(arn).ok().cloned());
        match (placement, session) {
            (Some(placement), Some(session)) => {
                self.complete(source, found, Some(&session), &placement.placed, now);
                self.keep_full(source, found, &session);
            }
            _ => self.fail(source, found, now),
        }
    }

    /// Gives the newcomers of a backfill their seats.
    fn fill(&mut self, source: &Source, found: &Match, session: &str, now: f64) {
        let seated: Vec<String> = self
            .session_mut(session)
            .map(|session| session.taken().map(|seat| seat.player.clone()).collect())
            .unwrap_or_default();
        let newcomers: Vec<_> = found
            .players
            .keys()
            .filter(|player| !seated.contains(player))
            .collect();
        let open = self
            .session_mut(session)
            .and_then(|session| session.require_seats(newcomers.len()));
        if open.is_err() {
            return self.fail(source, found, now);
        }
        let mut placed = Vec::new();
        for player in newcomers {
            let seat = self.id("psess");
            if let Ok(session) = self.session_mut(session) {
                session.reserve(seat.clone(), player, None, now);
            }
            placed.push(Placed {
                player: player.clone(),
                seat,
            });
        }
        let Ok(session) = self.session_mut(session) else {
            return;
        };
        session.request.matchmaker_data = Some(found.matchmaker_data());
        let session = session.clone();
        let ticket = self.backfill_ticket(source, found);
        let frame = frame_of_update(&session, "MATCHMAKING_DATA_UPDATED", &ticket);
        self.push(&session.seating.process, frame);
        self.complete(source, found, Some(&session), &placed, now);
        self.joined(source, found, &session.arn);
    }

    /// The ticket that the game server, or the service in its place, asked for players with.
    fn backfill_ticket(&mut self, source: &Source, found: &Match) -> String {
        let tickets = &self.region_or_new(&source.region).tickets;
        let is_backfill = |id: &&String| {
            let ticket = tickets.find(id);
            ticket.is_ok_and(|ticket| matches!(ticket.kind, Kind::Backfill(_)))
        };
        found
            .tickets
            .iter()
            .find(is_backfill)
            .cloned()
            .unwrap_or_default()
    }

    fn complete(
        &mut self,
        source: &Source,
        found: &Match,
        session: Option<&GameSession>,
        placed: &[Placed],
        now: f64,
    ) {
        for id in &found.tickets {
            if let Some(ticket) = self.ticket_mut(source, &id.as_str().into()) {
                ticket.end(TicketStatus::Completed, now);
                let own: Vec<_> = ticket.player_ids().map(str::to_owned).collect();
                let own = placed.iter().filter(|placed| own.contains(&placed.player));
                ticket.connection = session.map(|session| connection(session, own));
            }
        }
        let seats = placed
            .iter()
            .map(|placed| (placed.player.clone(), placed.seat.clone()));
        let sayings = Sayings {
            seats: seats.collect(),
            ..Sayings::default()
        };
        let tickets: Vec<_> = found.tickets.iter().map(String::as_str).collect();
        let more = json!({ "matchId": found.id, "gameSessionInfo": session.map(session_info) });
        self.report(source, "MatchmakingSucceeded", &tickets, &sayings, more);
    }

    fn fail(&mut self, source: &Source, found: &Match, now: f64) {
        for id in &found.tickets {
            if let Some(ticket) = self.ticket_mut(source, &id.as_str().into()) {
                ticket.end_with(TicketStatus::Failed, NO_SESSION, now);
            }
            self.tell_backfill(source, id, "BACKFILL_FAILED");
        }
        let (reason, message) = NO_SESSION;
        let more = json!({ "matchId": found.id, "reason": reason, "message": message });
        let tickets: Vec<_> = found.tickets.iter().map(String::as_str).collect();
        self.report(
            source,
            "MatchmakingFailed",
            &tickets,
            &Sayings::default(),
            more,
        );
    }
}

impl Match {
    fn matchmaker_data(&self) -> String {
        let mut teams: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
        for player in self.players.values() {
            let team = player["Team"].as_str().unwrap_or_default();
            teams.entry(team).or_default().push(player);
        }
        report::matchmaker_data(self, &teams)
    }
}

/// The figures of all players, as a placement wants them.
fn latencies(players: &BTreeMap<String, Value>) -> Vec<Value> {
    let figures = players.iter().flat_map(|(id, player)| {
        let figures = player["LatencyInMs"].as_object().into_iter().flatten();
        figures.map(move |(location, latency)| {
            json!({ "PlayerId": id, "RegionIdentifier": location, "LatencyInMilliseconds": latency })
        })
    });
    figures.collect()
}

/// `GameSessionConnectionInfo` of the API.
fn connection<'a>(session: &GameSession, placed: impl Iterator<Item = &'a Placed>) -> Value {
    let address = &session.seating.address;
    let seats =
        placed.map(|placed| json!({ "PlayerId": placed.player, "PlayerSessionId": placed.seat }));
    json!({
        "GameSessionArn": session.arn,
        "IpAddress": address.ip,
        "DnsName": address.dns,
        "Port": address.port,
        "MatchedPlayerSessions": seats.collect::<Vec<_>>(),
        "PlayerGatewayStatus": "DISABLED",
    })
}

/// What `MatchmakingSucceeded` says about the session.
fn session_info(session: &GameSession) -> Value {
    let seating = &session.seating;
    json!({
        "gameSessionArn": session.arn,
        "ipAddress": seating.address.ip,
        "dnsName": seating.address.dns,
        "port": seating.address.port,
        "playerGatewayStatus": "DISABLED",
        "computeName": seating.compute,
        "gameSessionLocation": seating.location,
    })
}
