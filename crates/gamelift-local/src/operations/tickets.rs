//! Matchmaking tickets.

use flexmatch::matching::Response;
use flexmatch::matching::choices::MAX_TICKET_PLAYERS;
use serde_json::json;

use super::Table;
use crate::error::{Answer, ApiError};
use crate::input::Input;
use crate::matchmaking::{Kind, Ticket, TicketRequest};
use crate::world::{Call, SessionStatus, World, answer};

pub(super) const OPERATIONS: Table = &[
    ("StartMatchmaking", start),
    ("StartMatchBackfill", backfill),
    ("DescribeMatchmaking", describe),
    ("StopMatchmaking", stop),
    ("AcceptMatch", accept),
];

/// <https://docs.aws.amazon.com/gamelift/latest/apireference/API_Player.html>
const MOST_ATTRIBUTES: usize = 10;

/// The most that a session holds, but for the one who is to come.
const MOST_SEATED: usize = 199;

fn start(world: &mut World, call: &Call) -> Answer {
    check_players(&call.input, MAX_TICKET_PLAYERS)?;
    let id = ticket_id(world, call);
    start_ticket(world, call, id, Kind::Search)
}

fn backfill(world: &mut World, call: &Call) -> Answer {
    check_players(&call.input, MOST_SEATED)?;
    let id = ticket_id(world, call);
    let session = match call.input.text_or_none("GameSessionArn") {
        Some(arn) => {
            let session = world.session_mut(arn)?;
            if session.status != SessionStatus::Active || session.request.matchmaker_data.is_none()
            {
                return Err(ApiError::invalid(format!(
                    "game session `{arn}` is not an ACTIVE one that FlexMatch has made"
                )));
            }
            arn.to_owned()
        }
        // A matchmaker without a queue knows no sessions: whoever asks tells them apart by the ticket.
        None => id.clone(),
    };
    start_ticket(world, call, id, Kind::Backfill(session))
}

fn ticket_id(world: &mut World, call: &Call) -> String {
    match call.input.text_or_none("TicketId") {
        Some(id) => id.to_owned(),
        None => world.id(""),
    }
}

fn start_ticket(world: &mut World, call: &Call, id: String, kind: Kind) -> Answer {
    let request = TicketRequest {
        id,
        configuration: call.input.text("ConfigurationName")?,
        players: call.input.list("Players").to_vec(),
        kind,
    };
    let ticket = world.start_ticket(&call.region, request, call.now)?;
    Ok(answer("MatchmakingTicket", ticket.shown()))
}

fn check_players(input: &Input, most: usize) -> Answer<()> {
    let players = input.list("Players");
    if players.len() > most {
        return Err(ApiError::invalid(format!(
            "`Players` has {} entries, more than {most}",
            players.len()
        )));
    }
    for player in players {
        let id = player["PlayerId"].as_str().unwrap_or_default();
        if id.is_empty() {
            return Err(ApiError::invalid("each of `Players` needs a `PlayerId`"));
        }
        let count = player["PlayerAttributes"]
            .as_object()
            .map_or(0, |attributes| attributes.len());
        if count > MOST_ATTRIBUTES {
            return Err(ApiError::invalid(format!(
                "player `{id}` has {count} attributes, more than {MOST_ATTRIBUTES}"
            )));
        }
    }
    Ok(())
}

fn describe(world: &mut World, call: &Call) -> Answer {
    let wanted = call.input.texts("TicketIds");
    let tickets = world.region(call).tickets.select(wanted);
    let shown: Vec<_> = tickets.into_iter().map(Ticket::shown).collect();
    Ok(answer("TicketList", shown))
}

fn stop(world: &mut World, call: &Call) -> Answer {
    world.stop_ticket(&call.region, call.input.text("TicketId")?, call.now)?;
    Ok(json!({}))
}

fn accept(world: &mut World, call: &Call) -> Answer {
    let input = &call.input;
    let response = match input.text("AcceptanceType")? {
        "ACCEPT" => Response::Accept,
        _ => Response::Reject,
    };
    let players = input.texts("PlayerIds").unwrap_or_default();
    world.answer_match(
        &call.region,
        input.text("TicketId")?,
        (&players, response),
        call.now,
    )?;
    Ok(json!({}))
}
