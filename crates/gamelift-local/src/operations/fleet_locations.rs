//! The locations of a fleet, and the automatic actions that can be stopped in each.

use serde_json::{Value, json};

use super::{Table, fleet_rules};
use crate::error::{Answer, ApiError};
use crate::page::page;
use crate::world::{Call, Fleet, FleetLocation, Hosting, World};

pub(super) const OPERATIONS: Table = &[
    ("CreateFleetLocations", create),
    ("DeleteFleetLocations", delete),
    ("DescribeFleetLocationAttributes", describe),
    ("StartFleetActions", start_actions),
    ("StopFleetActions", stop_actions),
];

fn create(world: &mut World, call: &Call) -> Answer {
    let names: Vec<_> = fleet_rules::location_names(&call.input).collect();
    let region = world.region(call);
    let fleet = region.fleets.find(call.input.text("FleetId")?)?;
    fleet.require_active(call)?;
    if fleet.hosting == Hosting::Anywhere {
        names
            .iter()
            .try_for_each(|name| region.locations.find(name).map(|_| ()))?;
    }
    let fleet = region.fleets.find_mut(call.input.text("FleetId")?)?;
    if let Some(name) = names
        .iter()
        .find(|name| fleet.locations.contains_key(**name))
    {
        return Err(ApiError::conflict(format!(
            "fleet `{}` already has location `{name}`",
            fleet.id()
        )));
    }
    for name in &names {
        fleet
            .locations
            .insert((*name).to_owned(), FleetLocation::new(call.now));
        fleet.note(
            call.now,
            "LOCATION_STATE_PENDING",
            format!("location {name} was added"),
        );
    }
    Ok(states(fleet, call, &names))
}

fn delete(world: &mut World, call: &Call) -> Answer {
    let names = call.input.texts("Locations").unwrap_or_default();
    let fleet = world
        .region(call)
        .fleets
        .find_mut(call.input.text("FleetId")?)?;
    for name in &names {
        fleet.location(Some(name))?;
        if fleet.hosting != Hosting::Anywhere && *name == fleet.home {
            return Err(ApiError::invalid(format!(
                "`{name}` is the home of fleet `{}` and can't be removed",
                fleet.id()
            )));
        }
    }
    for name in &names {
        fleet.location_mut(Some(name))?.deleting = Some(call.now);
        fleet.note(
            call.now,
            "LOCATION_STATE_DELETING",
            format!("location {name} is being removed"),
        );
    }
    Ok(states(fleet, call, &names))
}

fn describe(world: &mut World, call: &Call) -> Answer {
    let fleet = world
        .region(call)
        .fleets
        .find(call.input.text("FleetId")?)?;
    let wanted = call.input.texts("Locations");
    let attributes = |(name, location): (&String, &FleetLocation)| {
        json!({
            "LocationState": { "Location": name, "Status": fleet.location_status(location, call) },
            "StoppedActions": location.stopped,
        })
    };
    let locations = fleet
        .locations
        .iter()
        .filter(|(name, _)| {
            wanted
                .as_ref()
                .is_none_or(|wanted| wanted.contains(&name.as_str()))
        })
        .map(attributes);
    let mut answer = page(&call.input, "LocationAttributes", 50, locations.collect())?;
    if let Value::Object(members) = &mut answer {
        members.extend(fleet.header());
    }
    Ok(answer)
}

fn start_actions(world: &mut World, call: &Call) -> Answer {
    actions(world, call, |location, action| {
        location.stopped.remove(action);
    })
}

fn stop_actions(world: &mut World, call: &Call) -> Answer {
    actions(world, call, |location, action| {
        location.stopped.insert(action.to_owned());
    })
}

fn actions(world: &mut World, call: &Call, change: fn(&mut FleetLocation, &str)) -> Answer {
    let fleet = world
        .region(call)
        .fleets
        .find_mut(call.input.text("FleetId")?)?;
    let location = fleet.location_mut(call.input.text_or_none("Location"))?;
    for action in call.input.texts("Actions").unwrap_or_default() {
        change(location, action);
    }
    Ok(Value::Object(fleet.header()))
}

fn states(fleet: &Fleet, call: &Call, names: &[&str]) -> Value {
    let states = fleet.location_states(call);
    let named = |state: &Value| {
        state["Location"]
            .as_str()
            .is_some_and(|name| names.contains(&name))
    };
    let mut answer = fleet.header();
    answer.insert(
        "LocationStates".to_owned(),
        states.into_iter().filter(named).collect(),
    );
    Value::Object(answer)
}
