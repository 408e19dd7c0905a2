//! One matchmaker of the `flexmatch` crate, with the configuration that it was made for.
//!
//! Changes of a configuration hold for new tickets, so they make a new matchmaker; the old one goes with its last ticket.

use std::collections::BTreeMap;
use std::time::Duration;

use flexmatch::AttributeValue;
use flexmatch::matching::{
    BackfillRequest, Matchmaker, MatchmakerOptions, Moment, Player, SeatedPlayer, Ticket as Request,
};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::ticket::{Kind, Ticket};
use crate::error::{Answer, ApiError};
use crate::input::Record;
use crate::world::{World, text};

/// A matchmaker.
pub(crate) struct Engine {
    /// As it was when the matchmaker was made.
    pub(super) configuration: Record,
    pub(super) matchmaker: Matchmaker,
    /// Most players of a match.
    pub(super) capacity: u64,
}

impl Engine {
    fn new(configuration: &Record, body: &str, seed: u64) -> Answer<Self> {
        let rule_set = flexmatch::parse(body)
            .rule_set
            .ok_or_else(|| ApiError::invalid("the matchmaker's rule set is not valid"))?;
        let seconds = |member: &str| {
            let number = configuration.get(member).and_then(Value::as_u64);
            number.map(Duration::from_secs)
        };
        let additional = configuration
            .get("AdditionalPlayerCount")
            .and_then(Value::as_u64);
        let accepted = configuration.get("AcceptanceRequired") == Some(&Value::Bool(true));
        let defaults = MatchmakerOptions::default();
        let options = MatchmakerOptions {
            seed,
            request_timeout: seconds("RequestTimeoutSeconds").unwrap_or(defaults.request_timeout),
            acceptance_timeout: seconds("AcceptanceTimeoutSeconds").filter(|_| accepted),
            additional_players: additional
                .map_or(0, |count| u32::try_from(count).unwrap_or(u32::MAX)),
        };
        Ok(Self {
            configuration: configuration.clone(),
            matchmaker: Matchmaker::new(&rule_set, options),
            capacity: rule_set.max_players(),
        })
    }

    /// Puts a ticket into the pool.
    pub(super) fn take(&mut self, ticket: &Ticket, now: f64) -> Answer<()> {
        let id = ticket.id.as_str();
        let taken = match &ticket.kind {
            Kind::Search => {
                let players = ticket.players.iter().map(player).collect();
                self.matchmaker
                    .enqueue(Request::new(id, players), moment(now))
            }
            Kind::Backfill(session) => {
                let seated = ticket.players.iter().map(|seated| SeatedPlayer {
                    player: player(seated),
                    team: seated["Team"].as_str().unwrap_or_default().to_owned(),
                });
                let request = BackfillRequest {
                    id: id.into(),
                    game_session: session.clone(),
                    players: seated.collect(),
                };
                self.matchmaker.backfill(request, moment(now))
            }
        };
        taken.map_err(|refused| ApiError::invalid(refused.to_string()))
    }

    /// The members that decide about places and events.
    pub(super) fn setting(&self, member: &str) -> &str {
        text(&self.configuration, member)
    }
}

impl World {
    /// The number of the matchmaker for new tickets of a configuration.
    pub(super) fn engine_for(&mut self, region: &str, configuration: &Record) -> Answer<u64> {
        let place = self.region_or_new(region);
        let mut engines = place.engines.iter();
        let known = engines.find(|(_, engine)| engine.configuration == *configuration);
        if let Some((number, _)) = known {
            return Ok(*number);
        }
        let rule_set = place.rule_sets.find(text(configuration, "RuleSetName"))?;
        let body = text(rule_set, "RuleSetBody").to_owned();
        let number = seed(&self.id(""));
        let engine = Engine::new(configuration, &body, number)?;
        self.region_or_new(region).engines.insert(number, engine);
        Ok(number)
    }
}

/// A number that an id stands for.
fn seed(id: &str) -> u64 {
    let digest = Sha256::digest(id);
    digest
        .iter()
        .take(8)
        .fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// A time as matchmakers count it: since 1970.
pub(super) fn moment(now: f64) -> Moment {
    Moment::from_millis((now * 1000.0).max(0.0).round() as u64)
}

fn player(value: &Value) -> Player {
    let mut player = Player::new(value["PlayerId"].as_str().unwrap_or_default());
    for (name, attribute) in value["PlayerAttributes"].as_object().into_iter().flatten() {
        if let Some(attribute) = attribute_value(attribute) {
            player.attributes.insert(name.clone(), attribute);
        }
    }
    for (location, latency) in value["LatencyInMs"].as_object().into_iter().flatten() {
        let latency = latency.as_f64().unwrap_or_default();
        player.latency.insert(location.clone(), latency as u32);
    }
    player
}

/// The one member that is set; `None` when none is.
fn attribute_value(attribute: &Value) -> Option<AttributeValue> {
    if let Some(text) = attribute["S"].as_str() {
        return Some(AttributeValue::String(text.to_owned()));
    }
    if let Some(number) = attribute["N"].as_f64() {
        return Some(AttributeValue::Number(number));
    }
    if let Some(texts) = attribute["SL"].as_array() {
        let texts = texts.iter().filter_map(Value::as_str).map(str::to_owned);
        return Some(AttributeValue::StringList(texts.collect()));
    }
    let entries = attribute["SDM"].as_object()?.iter();
    let numbers = entries.filter_map(|(key, value)| Some((key.clone(), value.as_f64()?)));
    Some(AttributeValue::StringNumberMap(
        numbers.collect::<BTreeMap<_, _>>(),
    ))
}
