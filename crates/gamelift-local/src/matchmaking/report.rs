//! FlexMatch's events, in the published shapes.

use std::collections::BTreeMap;

use flexmatch::matching::RuleMetrics;
use serde_json::{Map, Value, json};

use super::finish::Match;
use super::ticket::Ticket;
use crate::events::{Event, MATCHMAKING, timestamp};
use crate::input::Record;
use crate::world::{present, text};

/// What some events say about players beside their ids and teams, by player.
#[derive(Default)]
pub(super) struct Sayings {
    /// Player session ids.
    pub(super) seats: BTreeMap<String, String>,
    pub(super) accepted: BTreeMap<String, bool>,
}

/// An event about tickets of one matchmaker. `more` are the members that only this type of event has.
pub(super) fn event(
    kind: &str,
    configuration: &Record,
    tickets: &[&Ticket],
    sayings: &Sayings,
    more: Value,
) -> Event {
    let shown = tickets.iter().map(|ticket| {
        json!({
            "ticketId": ticket.id,
            "startTime": timestamp(ticket.started),
            "players": players(ticket, sayings),
        })
    });
    let everybody = tickets.iter().flat_map(|ticket| players(ticket, sayings));
    let mut detail = present(json!({
        "type": kind,
        "tickets": shown.collect::<Vec<_>>(),
        "customEventData": configuration.get("CustomEventData"),
        "gameSessionInfo": { "players": everybody.collect::<Vec<_>>() },
    }));
    for (name, value) in present(more).as_object().cloned().unwrap_or_default() {
        match (name.as_str(), value) {
            ("gameSessionInfo", Value::Object(members)) => {
                for (name, value) in members {
                    detail["gameSessionInfo"][name] = value;
                }
            }
            (_, value) => detail[name] = value,
        }
    }
    Event {
        detail_type: MATCHMAKING,
        resource: text(configuration, "ConfigurationArn").to_owned(),
        detail,
    }
}

fn players(ticket: &Ticket, sayings: &Sayings) -> Vec<Value> {
    let player = |id: &str| {
        present(json!({
            "playerId": id,
            "playerSessionId": sayings.seats.get(id),
            "team": ticket.teams.get(id),
            "accepted": sayings.accepted.get(id),
        }))
    };
    ticket.player_ids().map(player).collect()
}

/// `ruleEvaluationMetrics`.
pub(super) fn metrics(metrics: &[RuleMetrics]) -> Vec<Value> {
    let shown = |rule: &RuleMetrics| json!({ "ruleName": rule.rule, "passedCount": rule.passed, "failedCount": rule.failed });
    metrics.iter().map(shown).collect()
}

/// The match as game servers get it. `teams` are players of the API.
pub(super) fn matchmaker_data(found: &Match, teams: &BTreeMap<&str, Vec<&Value>>) -> String {
    let teams = teams.iter().map(|(name, players)| {
        let players = players.iter().map(|player| member(player));
        json!({ "name": name, "players": players.collect::<Vec<_>>() })
    });
    present(json!({
        "matchId": found.id,
        "matchmakingConfigurationArn": text(&found.configuration, "ConfigurationArn"),
        "teams": teams.collect::<Vec<_>>(),
        "autoBackfillMode": found.configuration.get("BackfillMode"),
        "autoBackfillTicketId": found.backfill_ticket,
    }))
    .to_string()
}

fn member(player: &Value) -> Value {
    let given = player["PlayerAttributes"].as_object();
    let attributes = given.into_iter().flatten();
    let attributes: Map<_, _> = attributes
        .map(|(name, value)| (name.clone(), attribute(value)))
        .collect();
    json!({ "playerId": player["PlayerId"], "attributes": attributes })
}

/// An attribute in the words of matchmaker data.
fn attribute(value: &Value) -> Value {
    let kinds = [
        ("S", "STRING"),
        ("N", "DOUBLE"),
        ("SL", "STRING_LIST"),
        ("SDM", "STRING_DOUBLE_MAP"),
    ];
    let set = kinds.iter().find(|(member, _)| !value[*member].is_null());
    set.map_or(
        Value::Null,
        |(member, kind)| json!({ "attributeType": kind, "valueAttribute": value[*member] }),
    )
}
