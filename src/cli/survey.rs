//! `liftform status`.

use std::fmt::Write as _;

use plan::StackPlan;
use serde_json::{Value, json};

use super::args::{OutputForm, StatusArgs};
use super::context::Context;
use super::error::CliError;
use super::status::ExitStatus;
use super::{output, session};
use crate::ops::observe::{AliasState, DeployedResource, FleetState, LocationState};
use crate::ops::survey::{EnvironmentStatus, InRegion, survey};

pub(super) fn run(_args: &StatusArgs, context: &Context) -> Result<ExitStatus, CliError> {
    let source = context.topology()?;
    let environment = context.environment(&source)?;
    let plan = session::compile(context, &source, &environment)?;
    let status = session::block_on(read(context, &plan))?;
    match context.output() {
        OutputForm::Text => output::text(&text(&status))?,
        OutputForm::Json | OutputForm::Jsonl => output::json(&whole(&status))?,
    }
    Ok(ExitStatus::Done)
}

async fn read(context: &Context, plan: &StackPlan) -> Result<EnvironmentStatus, CliError> {
    let session = session::attach(context, plan).await?;
    let stacks = session::selected(context, plan)?;
    let max_parallel = session::max_parallel(context);
    Ok(survey(&session.connection, &stacks, max_parallel).await?)
}

fn text(status: &EnvironmentStatus) -> String {
    let mut sections = vec![("stacks", stacks(status))];
    sections.push(("fleets", status.fleets.iter().flat_map(fleet).collect()));
    sections.push((
        "aliases",
        status
            .aliases
            .iter()
            .map(|one| alias(one, status))
            .collect(),
    ));
    sections.push(("queues", queues(status)));
    sections.push(("tables", tables(status)));
    let mut text = String::new();
    for (title, rows) in sections.iter().filter(|(_, rows)| !rows.is_empty()) {
        // Writing to a string can't fail.
        let _ = writeln!(text, "{title}");
        for row in rows {
            let _ = writeln!(text, "  {}", row.trim_end());
        }
    }
    text
}

fn stacks(status: &EnvironmentStatus) -> Vec<String> {
    let rows = status.stacks.iter().map(|(stack, state)| {
        let (state, reason) = match state {
            Some(state) => (
                state.status.as_str(),
                state.reason.as_deref().unwrap_or_default(),
            ),
            None => ("not deployed", ""),
        };
        format!("{:14}  {:32}  {state}  {reason}", stack.region, stack.name)
    });
    rows.collect()
}

/// A fleet, and a row for each of its locations.
fn fleet(fleet: &InRegion<FleetState>) -> Vec<String> {
    let InRegion { region, what } = fleet;
    let name = what.name.as_deref().unwrap_or("container fleet");
    let instance = what.instance.as_deref().unwrap_or("own hardware");
    let head = format!(
        "{region:14}  {name:32}  {}  {instance}  {}",
        what.status, what.id
    );
    let places = what.locations.iter().map(place);
    std::iter::once(head).chain(places).collect()
}

fn place(place: &LocationState) -> String {
    let capacity = place.capacity.map_or_else(String::new, |capacity| {
        format!(
            "{} of {} instances ({} to {}), ",
            capacity.active, capacity.desired, capacity.min, capacity.max
        )
    });
    format!(
        "  {:12}  {}  {capacity}{} sessions, {} players",
        place.location, place.status, place.game_sessions, place.players
    )
}

fn alias(alias: &InRegion<(String, AliasState)>, status: &EnvironmentStatus) -> String {
    let (_, state) = &alias.what;
    let target = match &state.fleet {
        None => "ends in a message".to_owned(),
        Some(fleet) => match fleet_status(status, fleet) {
            Some(found) => format!("-> {fleet} {found}"),
            None => format!("-> {fleet}, which is not one of these fleets"),
        },
    };
    format!("{:14}  {:32}  {target}", alias.region, state.name)
}

fn fleet_status<'status>(status: &'status EnvironmentStatus, id: &str) -> Option<&'status str> {
    let fleets = status.fleets.iter().map(|fleet| &fleet.what);
    fleets
        .filter(|fleet| fleet.id == id)
        .map(|fleet| fleet.status.as_str())
        .next()
}

fn queues(status: &EnvironmentStatus) -> Vec<String> {
    let rows = status.queues.iter().map(|queue| {
        let (name, destinations) = (&queue.what.name, queue.what.destinations.len());
        let timeout = queue.what.timeout_seconds;
        format!(
            "{:14}  {name:32}  {destinations} destinations, timeout {timeout}s",
            queue.region
        )
    });
    rows.collect()
}

fn tables(status: &EnvironmentStatus) -> Vec<String> {
    let rows = status.tables.iter().map(|table| {
        let id = table.what.physical_id.as_deref().unwrap_or_default();
        let (logical, state) = (&table.what.logical_id, &table.what.status);
        format!("{:14}  {logical:32}  {state}  {id}", table.region)
    });
    rows.collect()
}

fn whole(status: &EnvironmentStatus) -> Value {
    let stacks = status.stacks.iter().map(|(stack, state)| {
        json!({
            "name": stack.name,
            "region": stack.region,
            "status": state.as_ref().map(|state| &state.status),
            "reason": state.as_ref().and_then(|state| state.reason.as_ref()),
            "protected": state.as_ref().map(|state| state.protected),
        })
    });
    let aliases = status.aliases.iter().map(|alias| {
        let (id, state) = &alias.what;
        json!({ "region": alias.region, "id": id, "name": state.name, "fleet": state.fleet })
    });
    let queues = status.queues.iter().map(|queue| {
        json!({
            "region": queue.region,
            "name": queue.what.name,
            "arn": queue.what.arn,
            "destinations": queue.what.destinations,
            "timeout_seconds": queue.what.timeout_seconds,
        })
    });
    let tables = status.tables.iter().map(|table| {
        let DeployedResource { logical_id, physical_id, status, .. } = &table.what;
        json!({ "region": table.region, "logical_id": logical_id, "name": physical_id, "status": status })
    });
    json!({
        "format_version": 1,
        "stacks": stacks.collect::<Vec<_>>(),
        "fleets": status.fleets.iter().map(fleet_value).collect::<Vec<_>>(),
        "aliases": aliases.collect::<Vec<_>>(),
        "queues": queues.collect::<Vec<_>>(),
        "tables": tables.collect::<Vec<_>>(),
    })
}

fn fleet_value(fleet: &InRegion<FleetState>) -> Value {
    let locations = fleet.what.locations.iter().map(|place| {
        let instances = place.capacity.map(|counts| {
            json!({ "min": counts.min, "desired": counts.desired, "max": counts.max, "active": counts.active })
        });
        json!({
            "location": place.location,
            "status": place.status,
            "instances": instances,
            "game_sessions": place.game_sessions,
            "players": place.players,
        })
    });
    json!({
        "region": fleet.region,
        "id": fleet.what.id,
        "name": fleet.what.name,
        "status": fleet.what.status,
        "instance": fleet.what.instance,
        "locations": locations.collect::<Vec<_>>(),
    })
}
