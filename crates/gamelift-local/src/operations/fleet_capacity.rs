//! How many instances a fleet has and wants, and how busy they are.
//!
//! An instance is there as soon as its location is active and it is wanted: none is ever started.

use serde_json::{Value, json};

use super::{Table, fleet_rules};
use crate::error::{Answer, ApiError};
use crate::page::page;
use crate::world::{Call, Fleet, FleetLocation, GameSession, Hosting, Installation, Region, World};

pub(super) const OPERATIONS: Table = &[
    ("DescribeFleetCapacity", describe),
    ("DescribeFleetLocationCapacity", describe_location),
    ("UpdateFleetCapacity", update),
    ("DescribeFleetUtilization", utilization),
    ("DescribeFleetLocationUtilization", location_utilization),
];

const TO_AND_FROM_ZERO: &str = "SCALE_TO_AND_FROM_ZERO";

fn describe(world: &mut World, call: &Call) -> Answer {
    of_fleets(world, call, "FleetCapacity", capacity)
}

fn describe_location(world: &mut World, call: &Call) -> Answer {
    of_location(world, call, "FleetCapacity", capacity)
}

/// What a fleet has, in all its locations or in one.
type Figure = fn(&Region, &Fleet, &Call, Option<&str>) -> Answer;

/// A page with one figure of each managed fleet.
fn of_fleets(world: &mut World, call: &Call, member: &'static str, figure: Figure) -> Answer {
    let region = world.region(call);
    let fleets = region.fleets.select(call.input.texts("FleetIds"));
    let managed = fleets
        .into_iter()
        .filter(|fleet| fleet.hosting != Hosting::Anywhere);
    let figures = managed
        .map(|fleet| figure(region, fleet, call, None))
        .collect::<Answer<_>>()?;
    page(&call.input, member, 50, figures)
}

/// The figure of one location.
fn of_location(world: &mut World, call: &Call, member: &str, figure: Figure) -> Answer {
    let region = world.region(call);
    let fleet = region.fleets.find(call.input.text("FleetId")?)?;
    Ok(json!({ member: figure(region, fleet, call, Some(call.input.text("Location")?))? }))
}

fn update(world: &mut World, call: &Call) -> Answer {
    let fleet = world
        .region(call)
        .fleets
        .find_mut(call.input.text("FleetId")?)?;
    if fleet.hosting == Hosting::Anywhere {
        return Err(ApiError::invalid(
            "Anywhere fleets have no capacity settings",
        ));
    }
    fleet.require_active(call)?;
    let name = call
        .input
        .text_or_none("Location")
        .unwrap_or(&fleet.home)
        .to_owned();
    let location = fleet.location_mut(Some(&name))?;
    let before = location.desired;
    change(location, call)?;
    let (after, managed) = (location.desired, location.managed.clone());
    if before != after {
        let message =
            format!("the desired number of instances in {name} went from {before} to {after}");
        fleet.note(call.now, "FLEET_SCALING_EVENT", message);
    }
    let mut answer = fleet.header();
    answer.insert("Location".to_owned(), name.into());
    answer.extend(managed.map(|managed| ("ManagedCapacityConfiguration".to_owned(), managed)));
    Ok(Value::Object(answer))
}

fn change(location: &mut FleetLocation, call: &Call) -> Answer<()> {
    let input = &call.input;
    let managed = input
        .get("ManagedCapacityConfiguration")
        .or(location.managed.as_ref())
        .cloned();
    let from_zero = managed
        .as_ref()
        .is_some_and(|managed| managed["ZeroCapacityStrategy"] == TO_AND_FROM_ZERO);
    if from_zero && input.has("MinSize") {
        return Err(ApiError::invalid(format!(
            "`MinSize` can't be set with ZeroCapacityStrategy {TO_AND_FROM_ZERO}"
        )));
    }
    let minimum = input.number("MinSize").unwrap_or(location.minimum);
    let maximum = input.number("MaxSize").unwrap_or(location.maximum);
    if minimum > maximum {
        return Err(ApiError::invalid(format!(
            "`MinSize` {minimum} is above `MaxSize` {maximum}"
        )));
    }
    // New bounds take the desired number along, unless it was given as well.
    let desired = input
        .number("DesiredInstances")
        .unwrap_or_else(|| location.desired.clamp(minimum, maximum));
    if !(minimum..=maximum).contains(&desired) {
        return Err(ApiError::invalid(format!(
            "`DesiredInstances` {desired} is outside {minimum} to {maximum}"
        )));
    }
    (
        location.minimum,
        location.maximum,
        location.desired,
        location.managed,
    ) = (minimum, maximum, desired, managed);
    Ok(())
}

fn capacity(_: &Region, fleet: &Fleet, call: &Call, name: Option<&str>) -> Answer {
    let (name, location) = fleet.location(name)?;
    let running = running(fleet, location, call);
    let mut capacity = fleet.header();
    capacity.insert("Location".to_owned(), name.into());
    capacity.extend(
        fleet
            .record
            .get("InstanceType")
            .map(|kind| ("InstanceType".to_owned(), kind.clone())),
    );
    let counts = json!({
        "DESIRED": location.desired, "MINIMUM": location.minimum, "MAXIMUM": location.maximum,
        "PENDING": location.desired - running, "ACTIVE": running, "IDLE": running, "TERMINATING": 0,
    });
    capacity.insert("InstanceCounts".to_owned(), counts);
    if fleet.hosting == Hosting::Container {
        let groups = running * groups_per_instance(fleet);
        let counts = json!({ "PENDING": 0, "ACTIVE": groups, "IDLE": groups, "TERMINATING": 0 });
        capacity.insert("GameServerContainerGroupCounts".to_owned(), counts);
    }
    capacity.extend(
        location
            .managed
            .clone()
            .map(|managed| ("ManagedCapacityConfiguration".to_owned(), managed)),
    );
    Ok(Value::Object(capacity))
}

fn utilization(world: &mut World, call: &Call) -> Answer {
    of_fleets(world, call, "FleetUtilization", used)
}

fn location_utilization(world: &mut World, call: &Call) -> Answer {
    of_location(world, call, "FleetUtilization", used)
}

fn used(region: &Region, fleet: &Fleet, call: &Call, name: Option<&str>) -> Answer {
    let place = name;
    let (name, location) = fleet.location(name)?;
    let per_instance = match fleet.hosting {
        Hosting::Container => groups_per_instance(fleet),
        Hosting::Ec2 | Hosting::Anywhere => fleet_rules::processes(&fleet.runtime),
    };
    let mut used = fleet.header();
    used.insert("Location".to_owned(), name.into());
    let is_here = |found: &str| place.is_none_or(|place| found == place);
    // Where no process is run on this machine, those that the capacity stands for count.
    let processes = match fleet.installation {
        Installation::None => running(fleet, location, call) * per_instance,
        Installation::Due(_) | Installation::Running(_) | Installation::Done(_) => {
            let processes = region
                .processes
                .values()
                .filter(|process| process.fleet_id == fleet.id() && is_here(&process.location));
            i64::try_from(processes.count()).unwrap_or(i64::MAX)
        }
    };
    used.insert("ActiveServerProcessCount".to_owned(), processes.into());
    let sessions: Vec<_> = region
        .sessions
        .values()
        .filter(|session| {
            let seating = &session.seating;
            session.status.is_open() && seating.fleet_id == fleet.id() && is_here(&seating.location)
        })
        .collect();
    let sum = |figure: fn(&GameSession) -> u64| sessions.iter().copied().map(figure).sum::<u64>();
    let maximum = sum(|session| session.request.maximum_players);
    used.insert("ActiveGameSessionCount".to_owned(), sessions.len().into());
    used.insert(
        "CurrentPlayerSessionCount".to_owned(),
        sum(GameSession::players).into(),
    );
    used.insert("MaximumPlayerSessionCount".to_owned(), maximum.into());
    Ok(Value::Object(used))
}

fn running(fleet: &Fleet, location: &FleetLocation, call: &Call) -> i64 {
    if fleet.location_status(location, call) == "ACTIVE" {
        location.desired
    } else {
        0
    }
}

fn groups_per_instance(fleet: &Fleet) -> i64 {
    fleet
        .record
        .get("GameServerContainerGroupsPerInstance")
        .and_then(Value::as_i64)
        .unwrap_or(1)
}
