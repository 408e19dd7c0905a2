//! Game session queues.

use cloudformation::gamelift::game_session_queue::{
    GameSessionQueueDestination, PlayerLatencyPolicy, PriorityConfiguration, PriorityOrder,
};
use cloudformation::intrinsic::reference;
use cloudformation::{Intrinsic, Resource, gamelift};
use topology::environment::{Destination as FleetInRegion, LatencyPolicy, Priority, Queue};

use super::{events, seconds};
use crate::fleets;
use crate::naming::{logical_id, physical_name};
use crate::stack::{OutputOf, StackBuilder};

pub(crate) fn add(stack: &mut StackBuilder<'_>) {
    let environment = stack.environment;
    for (name, queue) in &environment.queues {
        let destinations: Vec<_> = queue
            .destinations
            .iter()
            .map(|destination| {
                GameSessionQueueDestination::new()
                    .destination_arn(destination_arn(stack, destination))
            })
            .collect();
        let resource = resource(physical_name(environment, name), queue, destinations);
        stack.add(
            &queue_id(name),
            Resource::from(resource).depends_on(events::TOPIC_POLICY),
        );
    }
}

/// Logical id of a queue of the topology.
pub(crate) fn queue_id(name: &str) -> String {
    logical_id(&[name, "queue"])
}

/// The alias lives in another stack, mostly in another region, so its ARN comes in as a parameter.
fn destination_arn(stack: &mut StackBuilder<'_>, destination: &FleetInRegion) -> Intrinsic {
    let fleet_stack = fleets::stack_name(stack.environment);
    stack.takes_output(
        &logical_id(&[&destination.fleet, &destination.region, "arn"]),
        &format!(
            "ARN of fleet {} in {}",
            destination.fleet, destination.region
        ),
        OutputOf {
            stack: &fleet_stack,
            region: &destination.region,
            output: &fleets::destination_output(&destination.fleet),
        },
    )
}

fn resource(
    name: String,
    queue: &Queue,
    destinations: Vec<GameSessionQueueDestination>,
) -> gamelift::GameSessionQueue {
    let resource = gamelift::GameSessionQueue::new(name)
        .timeout_in_seconds(seconds(queue.timeout))
        .destinations(destinations)
        .notification_target(reference(events::TOPIC));
    let resource = match queue.latency.is_empty() {
        true => resource,
        false => resource
            .player_latency_policies(queue.latency.iter().map(latency_policy).collect::<Vec<_>>()),
    };
    match queue.priority.is_empty() {
        true => resource,
        false => {
            let order: Vec<_> = queue.priority.iter().copied().map(priority).collect();
            resource.priority_configuration(PriorityConfiguration::new().priority_order(order))
        }
    }
}

fn latency_policy(policy: &LatencyPolicy) -> PlayerLatencyPolicy {
    let cap = i64::try_from(policy.at_most.as_millis()).unwrap_or(i64::MAX);
    let resource = PlayerLatencyPolicy::new().maximum_individual_player_latency_milliseconds(cap);
    match policy.lasts {
        Some(lasts) => resource.policy_duration_seconds(seconds(lasts)),
        None => resource,
    }
}

fn priority(priority: Priority) -> PriorityOrder {
    match priority {
        Priority::Latency => PriorityOrder::Latency,
        Priority::Cost => PriorityOrder::Cost,
        Priority::Destination => PriorityOrder::Destination,
        Priority::Location => PriorityOrder::Location,
    }
}
