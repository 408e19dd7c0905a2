//! What the service can do: one table, one file per family of resources.
//!
//! An operation gets a request that has the right shape, changes the world, and answers with whole records; the
//! model cuts them to what the API shows.

mod alias;
mod build;
mod configuration;
mod container_fleet;
mod container_group;
mod fleet;
mod fleet_capacity;
mod fleet_events;
mod fleet_locations;
mod fleet_rules;
mod fleet_settings;
mod location;
mod queue;
mod rule_set;
mod scaling;
mod script;
mod tags;
mod tickets;

use crate::error::Answer;
use crate::world::{Call, World};

/// One operation of the API.
pub(crate) type Operation = fn(&mut World, &Call) -> Answer;

/// A family's operations by name.
type Table = &'static [(&'static str, Operation)];

const TABLES: &[Table] = &[
    alias::OPERATIONS,
    build::OPERATIONS,
    configuration::OPERATIONS,
    container_fleet::OPERATIONS,
    container_group::OPERATIONS,
    fleet::OPERATIONS,
    fleet_capacity::OPERATIONS,
    fleet_events::OPERATIONS,
    fleet_locations::OPERATIONS,
    fleet_settings::OPERATIONS,
    location::OPERATIONS,
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
}
