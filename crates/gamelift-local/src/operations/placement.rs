//! Placements: requests to a queue for a game session.

use serde_json::Value;

use super::Table;
use super::game_session::request;
use crate::error::{Answer, ApiError};
use crate::hosting::{Guest, Placement, PlacementStatus, Purpose};
use crate::world::{Call, World, answer, text};

pub(super) const OPERATIONS: Table = &[
    ("StartGameSessionPlacement", start),
    ("DescribeGameSessionPlacement", describe),
    ("StopGameSessionPlacement", stop),
];

fn start(world: &mut World, call: &Call) -> Answer {
    let input = &call.input;
    let queue = world
        .region(call)
        .queues
        .find(input.text("GameSessionQueueName")?)?;
    let queue = text(queue, "Name").to_owned();
    let guests = input
        .list("DesiredPlayerSessions")
        .iter()
        .filter_map(|guest| {
            Some(Guest {
                player: guest.get("PlayerId")?.as_str()?.to_owned(),
                data: guest
                    .get("PlayerData")
                    .and_then(Value::as_str)
                    .map(str::to_owned),
            })
        });
    let placement = Placement {
        id: input.text("PlacementId")?.to_owned(),
        queue,
        purpose: Purpose::Request,
        request: request(input)?,
        guests: guests.collect(),
        latencies: input.list("PlayerLatencies").to_vec(),
        overriding: input.get("PriorityConfigurationOverride").cloned(),
        status: PlacementStatus::Pending,
        started: call.now,
        ended: None,
        attempt: None,
        placed: Vec::new(),
    };
    check(&placement)?;
    let shown = world.shown_placement(&placement);
    world.start_placement(&call.region, placement)?;
    Ok(answer("GameSessionPlacement", shown))
}

fn check(placement: &Placement) -> Answer<()> {
    if placement.guests.len() as u64 > placement.request.maximum_players {
        return Err(ApiError::invalid(format!(
            "`DesiredPlayerSessions` names {} players, more than `MaximumPlayerSessionCount`, which is {}",
            placement.guests.len(),
            placement.request.maximum_players
        )));
    }
    if placement.overriding.is_some() && !placement.latencies.is_empty() {
        return Err(ApiError::invalid(
            "`PriorityConfigurationOverride` and `PlayerLatencies` exclude each other",
        ));
    }
    Ok(())
}

fn describe(world: &mut World, call: &Call) -> Answer {
    let id = call.input.text("PlacementId")?;
    let placement = world.region(call).placements.find(id)?.clone();
    Ok(answer(
        "GameSessionPlacement",
        world.shown_placement(&placement),
    ))
}

fn stop(world: &mut World, call: &Call) -> Answer {
    let id = call.input.text("PlacementId")?;
    let placement = world.stop_placement(&call.region, id, call.now)?;
    Ok(answer(
        "GameSessionPlacement",
        world.shown_placement(&placement),
    ))
}
