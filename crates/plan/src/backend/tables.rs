//! Tables: players, tickets, the user's own.

use cloudformation::dynamodb::table::{
    AttributeDefinition, AttributeType, BillingMode, GlobalSecondaryIndex, KeySchema, KeyType,
    PointInTimeRecoverySpecification, Projection, ProjectionType, SSESpecification,
    TimeToLiveSpecification,
};
use cloudformation::intrinsic::reference;
use cloudformation::{DeletionPolicy, Resource, dynamodb};
use topology::environment::{Protected, Table};

use crate::naming::logical_id;
use crate::stack::StackBuilder;

/// Index over the tickets that are not final.
pub(crate) const OPEN_TICKETS: &str = "open-tickets";

pub(crate) fn add(stack: &mut StackBuilder<'_>) {
    add_table(
        stack,
        "players",
        &Table {
            key: "player_id".to_owned(),
            sort: None,
            expires: None,
        },
        Index::None,
    );
    let tickets = Table {
        key: "ticket_id".to_owned(),
        sort: None,
        expires: Some("expires_at".to_owned()),
    };
    add_table(stack, "tickets", &tickets, Index::OpenTickets);
    for (name, table) in &stack.environment.tables {
        add_table(stack, name, table, Index::None);
    }
}

/// Logical id of a table of the topology.
pub(crate) fn table_id(name: &str) -> String {
    logical_id(&[name, "table"])
}

enum Index {
    None,
    OpenTickets,
}

fn add_table(stack: &mut StackBuilder<'_>, name: &str, table: &Table, index: Index) {
    let protected = stack.environment.protect.contains(&Protected::Tables);
    let mut attributes = vec![AttributeDefinition::new(
        table.key.as_str(),
        AttributeType::S,
    )];
    let mut keys = vec![KeySchema::new(table.key.as_str(), KeyType::Hash)];
    if let Some(sort) = &table.sort {
        attributes.push(AttributeDefinition::new(sort.as_str(), AttributeType::S));
        keys.push(KeySchema::new(sort.as_str(), KeyType::Range));
    }
    let mut resource = dynamodb::Table::new(keys)
        .billing_mode(BillingMode::PayPerRequest)
        .deletion_protection_enabled(protected)
        .point_in_time_recovery_specification(
            PointInTimeRecoverySpecification::new().point_in_time_recovery_enabled(true),
        )
        .sse_specification(SSESpecification::new(true));
    if let Some(expires) = &table.expires {
        resource = resource.time_to_live_specification(
            TimeToLiveSpecification::new(true).attribute_name(expires.as_str()),
        );
    }
    if matches!(index, Index::OpenTickets) {
        attributes.push(AttributeDefinition::new("open_shard", AttributeType::S));
        attributes.push(AttributeDefinition::new("updated_at", AttributeType::N));
        resource = resource.global_secondary_indexes(vec![open_tickets()]);
    }
    let id = table_id(name);
    let policy = if protected {
        DeletionPolicy::Retain
    } else {
        DeletionPolicy::Delete
    };
    // A replaced table is kept in every environment: nobody who edits a key expects to lose the rows.
    let resource = Resource::from(resource.attribute_definitions(attributes))
        .deletion_policy(policy)
        .update_replace_policy(DeletionPolicy::Retain);
    stack.add(&id, resource);
    stack.output(&id, &format!("Name of table {name}"), reference(&id));
}

fn open_tickets() -> GlobalSecondaryIndex {
    let keys = vec![
        KeySchema::new("open_shard", KeyType::Hash),
        KeySchema::new("updated_at", KeyType::Range),
    ];
    GlobalSecondaryIndex::new(
        OPEN_TICKETS,
        keys,
        Projection::new().projection_type(ProjectionType::All),
    )
}
