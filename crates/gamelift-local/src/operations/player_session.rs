//! Player sessions: seats in game sessions.

use serde_json::{Value, json};

use super::Table;
use crate::error::{Answer, ApiError};
use crate::page::page;
use crate::world::{Call, GameSession, World, answer};

pub(super) const OPERATIONS: Table = &[
    ("CreatePlayerSession", create),
    ("CreatePlayerSessions", create_many),
    ("DescribePlayerSessions", describe),
];

fn create(world: &mut World, call: &Call) -> Answer {
    let input = &call.input;
    let player = (input.text("PlayerId")?, input.text_or_none("PlayerData"));
    let mut seats = reserve(world, call, &[player])?;
    Ok(answer("PlayerSession", seats.pop().unwrap_or_default()))
}

fn create_many(world: &mut World, call: &Call) -> Answer {
    let input = &call.input;
    let data = |player: &str| input.get("PlayerDataMap")?.get(player)?.as_str();
    let players: Vec<_> = input
        .texts("PlayerIds")
        .unwrap_or_default()
        .into_iter()
        .map(|player| (player, data(player)))
        .collect();
    Ok(answer("PlayerSessions", reserve(world, call, &players)?))
}

/// Keeps seats for all of the players, or for none.
fn reserve(world: &mut World, call: &Call, players: &[(&str, Option<&str>)]) -> Answer<Vec<Value>> {
    let arn = call.input.text("GameSessionId")?;
    world.session_mut(arn)?.require_seats(players.len())?;
    players
        .iter()
        .map(|(player, data)| {
            let id = world.id("psess");
            let session = world.session_mut(arn)?;
            session.reserve(id.clone(), player, data.map(str::to_owned), call.now);
            let seat = session.seats.get(&id);
            Ok(seat
                .map(|seat| session.shown_seat(seat))
                .unwrap_or_default())
        })
        .collect()
}

fn describe(world: &mut World, call: &Call) -> Answer {
    let input = &call.input;
    let wanted =
        ["GameSessionId", "PlayerId", "PlayerSessionId"].map(|name| input.text_or_none(name));
    let (session, player, seat) = match wanted {
        [Some(session), None, None] => (Some(world.session_mut(session)?.arn.clone()), None, None),
        [None, player @ Some(_), None] => (None, player, None),
        [None, None, seat @ Some(_)] => (None, None, seat),
        _ => {
            return Err(ApiError::invalid(
                "exactly one of `GameSessionId`, `PlayerId` and `PlayerSessionId` is required",
            ));
        }
    };
    let status = input.text_or_none("PlayerSessionStatusFilter");
    let seats = |session: &GameSession| {
        let seats = session.seats.values().filter(|found| {
            player.is_none_or(|player| found.player == player)
                && seat.is_none_or(|seat| found.id == seat)
                && status.is_none_or(|status| json!(found.status) == status)
        });
        seats
            .map(|seat| session.shown_seat(seat))
            .collect::<Vec<_>>()
    };
    // A session may be in another region than the request.
    let shown = match session {
        Some(arn) => seats(world.session_mut(&arn)?),
        None => world
            .region(call)
            .sessions
            .values()
            .flat_map(seats)
            .collect(),
    };
    page(input, "PlayerSessions", 100, shown)
}
