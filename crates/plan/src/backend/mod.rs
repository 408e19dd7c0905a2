//! The stack of the home region: everything but the fleets. One file per concern.

pub(crate) mod api;
mod events;
mod extensions;
mod functions;
mod handlers;
mod identity;
mod matchmaking;
mod queues;
mod tables;

use topology::environment::{Environment, Protected};

use crate::naming::physical_name;
use crate::stack::StackBuilder;
use crate::{PlanError, PlannedStack, StackRole, monitoring};

/// Whole seconds, as GameLift takes durations.
fn seconds(duration: std::time::Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}

/// Name of an environment's backend stack.
pub(crate) fn stack_name(environment: &Environment) -> String {
    physical_name(environment, "backend")
}

pub(crate) fn plan(environment: &Environment) -> Result<PlannedStack, PlanError> {
    let description = match &environment.description {
        Some(text) => format!(
            "{text}: game backend {} ({})",
            environment.topology, environment.name
        ),
        None => format!(
            "Game backend {} ({})",
            environment.topology, environment.name
        ),
    };
    let mut stack = StackBuilder::new(
        environment,
        stack_name(environment),
        &environment.home,
        &description,
    );
    tables::add(&mut stack);
    events::add(&mut stack);
    queues::add(&mut stack);
    matchmaking::add(&mut stack);
    let functions = handlers::functions(environment);
    for function in &functions {
        functions::add(&mut stack, function);
    }
    events::add_subscription(&mut stack);
    events::add_schedule(&mut stack);
    let routes = handlers::routes(environment);
    api::add(&mut stack, &routes)?;
    identity::add(&mut stack, &routes);
    monitoring::add_alarms(&mut stack);
    let names: Vec<_> = functions
        .iter()
        .map(|function| function.logical_id("Function"))
        .collect();
    monitoring::add_dashboard(&mut stack, &names)?;
    extensions::apply(&mut stack)?;
    let mut planned = stack.finish(StackRole::Backend)?;
    planned.termination_protection = environment.protect.contains(&Protected::Tables);
    Ok(planned)
}
