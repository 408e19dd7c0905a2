//! Game session queues.

use serde_json::{Value, json};

use super::Table;
use crate::error::{Answer, ApiError};
use crate::page::page;
use crate::world::{Call, World, answer, default_member, merge, text};

pub(super) const OPERATIONS: Table = &[
    ("CreateGameSessionQueue", create),
    ("DescribeGameSessionQueues", describe),
    ("UpdateGameSessionQueue", update),
    ("DeleteGameSessionQueue", delete),
];

/// AWS does not publish its default.
const DEFAULT_TIMEOUT: i64 = 600;

fn create(world: &mut World, call: &Call) -> Answer {
    check_destinations(world, call)?;
    let name = call.input.text("Name")?;
    let arn = world.arn(call, "gamesessionqueue", name);
    let mut queue = call.input.record_without(&["Tags"]);
    queue.insert("GameSessionQueueArn".to_owned(), arn.clone().into());
    default_member(&mut queue, "TimeoutInSeconds", DEFAULT_TIMEOUT);
    world.region(call).queues.insert(name, queue.clone())?;
    world.tag_new(call, &arn);
    Ok(answer("GameSessionQueue", queue))
}

fn describe(world: &mut World, call: &Call) -> Answer {
    let queues = world.region(call).queues.select(call.input.texts("Names"));
    page(
        &call.input,
        "GameSessionQueues",
        50,
        queues.into_iter().cloned().map(Value::Object).collect(),
    )
}

fn update(world: &mut World, call: &Call) -> Answer {
    check_destinations(world, call)?;
    let queue = world
        .region(call)
        .queues
        .find_mut(call.input.text("Name")?)?;
    merge(queue, call.input.record_without(&["Name"]));
    Ok(answer("GameSessionQueue", queue.clone()))
}

fn delete(world: &mut World, call: &Call) -> Answer {
    let region = world.region(call);
    let queue = region.queues.remove(call.input.text("Name")?)?;
    region.tags.remove(text(&queue, "GameSessionQueueArn"));
    Ok(json!({}))
}

// A destination in another region isn't looked up: a stack there may well come later.
fn check_destinations(world: &mut World, call: &Call) -> Answer<()> {
    let here = format!(":gamelift:{}:", call.region);
    let region = world.region(call);
    for destination in call.input.list("Destinations") {
        let arn = destination
            .get("DestinationArn")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let found = match arn {
            arn if !arn.starts_with("arn:") => Err(ApiError::invalid(format!(
                "destination `{arn}` is not an ARN"
            ))),
            arn if !arn.contains(&here) => Ok(()),
            arn if arn.contains(":alias/") => region.aliases.find(arn).map(|_| ()),
            arn => region.fleets.find(arn).map(|_| ()),
        };
        found?;
    }
    Ok(())
}
