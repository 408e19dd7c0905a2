//! What the service can do: one table, one file per family of resources.
//!
//! An operation gets a request that has the right shape, changes the world, and answers with whole records; the
//! model cuts them to what the API shows.

mod alias;
mod build;
mod compute;
mod configuration;
mod container_fleet;
mod container_group;
mod fleet;
mod fleet_capacity;
mod fleet_events;
mod fleet_locations;
mod fleet_rules;
mod fleet_settings;
mod game_session;
mod location;
mod placement;
mod player_session;
mod queue;
mod rule_set;
mod scaling;
mod script;
mod search;
mod tags;
mod tickets;

use crate::error::{Answer, ApiError};
use crate::world::{Call, World};

/// One operation of the API.
pub(crate) type Operation = fn(&mut World, &Call) -> Answer;

/// A family's operations by name.
type Table = &'static [(&'static str, Operation)];

const TABLES: &[Table] = &[
    alias::OPERATIONS,
    build::OPERATIONS,
    compute::OPERATIONS,
    configuration::OPERATIONS,
    container_fleet::OPERATIONS,
    container_group::OPERATIONS,
    fleet::OPERATIONS,
    fleet_capacity::OPERATIONS,
    fleet_events::OPERATIONS,
    fleet_locations::OPERATIONS,
    fleet_settings::OPERATIONS,
    game_session::OPERATIONS,
    location::OPERATIONS,
    placement::OPERATIONS,
    player_session::OPERATIONS,
    queue::OPERATIONS,
    rule_set::OPERATIONS,
    scaling::OPERATIONS,
    script::OPERATIONS,
    tags::OPERATIONS,
    tickets::OPERATIONS,
];

/// The operation of that name.
pub(crate) fn find(name: &str) -> Option<Operation> {
    let mut entries = TABLES.iter().copied().flatten();
    entries
        .find(|(known, _)| *known == name)
        .map(|(_, operation)| *operation)
}

/// The region and id of the fleet that a request names, itself or by an alias.
fn fleet_of(world: &mut World, call: &Call) -> Answer<(String, String)> {
    let input = &call.input;
    let region = world.region(call);
    let fleet = match (input.text_or_none("FleetId"), input.text_or_none("AliasId")) {
        (Some(fleet), None) => region.fleets.find(fleet)?,
        (None, Some(reference)) => alias::fleet_of(region, reference)?,
        _ => {
            return Err(ApiError::invalid(
                "exactly one of `FleetId` and `AliasId` is required",
            ));
        }
    };
    Ok((call.region.clone(), fleet.id().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Model;

    #[test]
    fn every_operation_is_in_the_model_once() {
        let model = Model::load();
        let mut names: Vec<_> = TABLES
            .iter()
            .copied()
            .flatten()
            .map(|(name, _)| *name)
            .collect();
        assert_eq!(names.iter().find(|name| !model.has_operation(name)), None);
        names.sort_unstable();
        assert!(names.is_sorted_by(|one, two| one < two));
    }

    #[test]
    fn every_describing_and_listing_operation_is_called_by_the_clients_of_aws() {
        let calls = include_str!("../tests/clients/client.py");
        let names = TABLES.iter().copied().flatten().map(|(name, _)| *name);
        let missing: Vec<_> = names
            .filter(|name| name.starts_with("Describe") || name.starts_with("List"))
            .filter(|name| !calls.contains(&format!("(\"{name}\", ")))
            .collect();
        assert!(missing.is_empty(), "{missing:?}");
    }
}
