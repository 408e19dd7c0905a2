//! Locations: the custom ones of Anywhere fleets, and those that AWS offers, with their ping beacons.

use serde_json::{Value, json};

use super::Table;
use crate::error::{Answer, ApiError};
use crate::page::page;
use crate::world::{Call, World, answer, text};

pub(super) const OPERATIONS: Table = &[
    ("CreateLocation", create),
    ("ListLocations", list),
    ("DeleteLocation", delete),
];

const BEACON_PORT: u16 = 7770;

/// Regions and local zones that fleets can have instances in, as the GameLift developer guide lists them.
const AWS_LOCATIONS: &[&str] = &[
    "af-south-1",
    "ap-east-1",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-5",
    "ap-southeast-7",
    "ca-central-1",
    "eu-central-1",
    "eu-north-1",
    "eu-south-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "me-south-1",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
];

fn create(world: &mut World, call: &Call) -> Answer {
    let name = call.input.text("LocationName")?;
    let arn = world.arn(call, "location", name);
    let mut location = call.input.record_without(&["Tags"]);
    location.insert("LocationArn".to_owned(), arn.clone().into());
    world
        .region(call)
        .locations
        .insert(name, location.clone())?;
    world.tag_new(call, &arn);
    Ok(answer("Location", location))
}

fn list(world: &mut World, call: &Call) -> Answer {
    let filters = call.input.texts("Filters").unwrap_or_default();
    let wants = |filter: &str| filters.is_empty() || filters.contains(&filter);
    let mut locations = Vec::new();
    if wants("AWS") {
        locations.extend(AWS_LOCATIONS.iter().map(|name| aws_location(name)));
    }
    if wants("CUSTOM") {
        locations.extend(
            world
                .region(call)
                .locations
                .values()
                .cloned()
                .map(Value::Object),
        );
    }
    page(&call.input, "Locations", 100, locations)
}

fn delete(world: &mut World, call: &Call) -> Answer {
    let region = world.region(call);
    let name = text(
        region.locations.find(call.input.text("LocationName")?)?,
        "LocationName",
    )
    .to_owned();
    if let Some(fleet) = region
        .fleets
        .values()
        .find(|fleet| fleet.locations.contains_key(&name))
    {
        return Err(ApiError::invalid(format!(
            "location `{name}` is in use by fleet `{}`",
            fleet.id()
        )));
    }
    let location = region.locations.remove(&name)?;
    region.tags.remove(text(&location, "LocationArn"));
    Ok(json!({}))
}

fn aws_location(name: &str) -> Value {
    let beacon = json!({ "Domain": format!("gamelift-ping.{name}.api.aws"), "Port": BEACON_PORT });
    json!({ "LocationName": name, "PingBeacon": { "UDPEndpoint": beacon } })
}
