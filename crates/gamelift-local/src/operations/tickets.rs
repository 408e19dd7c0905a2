//! Matchmaking tickets. They are kept as asked for; nothing here forms a match.

use serde_json::{Value, json};

use super::Table;
use crate::error::{Answer, ApiError};
use crate::input::Record;
use crate::world::{Call, Region, World, answer, text};

pub(super) const OPERATIONS: Table = &[
    ("StartMatchmaking", start),
    ("DescribeMatchmaking", describe),
    ("StopMatchmaking", stop),
];

/// The states that a ticket doesn't leave any more.
const FINAL: &[&str] = &["CANCELLED", "COMPLETED", "FAILED", "TIMED_OUT"];

fn start(world: &mut World, call: &Call) -> Answer {
    let id = match call.input.text_or_none("TicketId") {
        Some(id) => id.to_owned(),
        None => world.id(""),
    };
    let region = world.region(call);
    let configuration = region
        .configurations
        .find(call.input.text("ConfigurationName")?)?;
    let mut ticket = call.input.record_without(&[]);
    ticket.insert("TicketId".to_owned(), id.clone().into());
    ticket.insert(
        "ConfigurationName".to_owned(),
        text(configuration, "Name").into(),
    );
    ticket.insert(
        "ConfigurationArn".to_owned(),
        text(configuration, "ConfigurationArn").into(),
    );
    ticket.insert("Status".to_owned(), "QUEUED".into());
    ticket.insert("StartTime".to_owned(), call.now.into());
    region.tickets.insert(&id, ticket.clone())?;
    Ok(answer("MatchmakingTicket", ticket))
}

fn describe(world: &mut World, call: &Call) -> Answer {
    expire(world.region(call), call.now);
    let tickets = world
        .region(call)
        .tickets
        .select(call.input.texts("TicketIds"));
    let listed: Vec<_> = tickets.into_iter().cloned().map(Value::Object).collect();
    Ok(answer("TicketList", listed))
}

fn stop(world: &mut World, call: &Call) -> Answer {
    expire(world.region(call), call.now);
    let ticket = world
        .region(call)
        .tickets
        .find_mut(call.input.text("TicketId")?)?;
    if !is_open(ticket) {
        let (id, status) = (text(ticket, "TicketId"), text(ticket, "Status"));
        return Err(ApiError::invalid(format!(
            "matchmaking ticket `{id}` is already {status}"
        )));
    }
    ticket.insert("Status".to_owned(), "CANCELLED".into());
    ticket.insert("StatusReason".to_owned(), "Cancelled".into());
    ticket.insert("EndTime".to_owned(), call.now.into());
    Ok(json!({}))
}

/// Ends the tickets whose time is over. Called before anything that a ticket's state decides, so no timer is needed.
pub(super) fn expire(region: &mut Region, now: f64) {
    for ticket in region.tickets.values_mut() {
        let Ok(configuration) = region
            .configurations
            .find(text(ticket, "ConfigurationName"))
        else {
            continue;
        };
        let limit = number(configuration, "RequestTimeoutSeconds");
        let end = number(ticket, "StartTime") + limit;
        if is_open(ticket) && end <= now {
            ticket.insert("Status".to_owned(), "TIMED_OUT".into());
            ticket.insert("StatusReason".to_owned(), "TimedOut".into());
            ticket.insert("EndTime".to_owned(), end.into());
        }
    }
}

fn number(record: &Record, member: &str) -> f64 {
    record
        .get(member)
        .and_then(Value::as_f64)
        .unwrap_or_default()
}

/// Whether a ticket is still on its way to a match.
pub(super) fn is_open(ticket: &Record) -> bool {
    !FINAL.contains(&text(ticket, "Status"))
}
