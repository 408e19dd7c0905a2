//! What has happened to a fleet.

use serde_json::{Value, json};

use super::Table;
use crate::error::Answer;
use crate::input::Record;
use crate::page::page;
use crate::world::{Call, Fleet, World};

pub(super) const OPERATIONS: Table = &[("DescribeFleetEvents", describe)];

fn describe(world: &mut World, call: &Call) -> Answer {
    let fleet = world
        .region(call)
        .fleets
        .find(call.input.text("FleetId")?)?;
    let time = |member: &str| call.input.get(member).and_then(Value::as_f64);
    let (start, end) = (time("StartTime"), time("EndTime"));
    let mut events = events(fleet, call);
    events.sort_by(|one, two| event_time(one).total_cmp(&event_time(two)));
    let shown = events
        .into_iter()
        .filter(|event| start.is_none_or(|start| event_time(event) >= start))
        .filter(|event| end.is_none_or(|end| event_time(event) <= end));
    page(
        &call.input,
        "Events",
        50,
        shown.map(Value::Object).collect(),
    )
}

/// The stages that were reached, and what else was noted; numbered, so that each keeps its id.
fn events(fleet: &Fleet, call: &Call) -> Vec<Record> {
    let reached = fleet
        .course
        .reached(fleet.age(fleet.created, call.now, call.speed));
    let staged = reached.map(|stage| {
        let time = fleet.created + stage.at / call.speed;
        json!({ "EventCode": stage.event, "Message": stage.message, "EventTime": time })
    });
    let noted = fleet.log.iter().cloned().map(Value::Object);
    let mut events = Vec::new();
    for (kind, source) in [
        ("stage", staged.collect::<Vec<_>>()),
        ("note", noted.collect()),
    ] {
        for (number, event) in source.into_iter().enumerate() {
            let Value::Object(mut event) = event else {
                continue;
            };
            event.insert(
                "EventId".to_owned(),
                format!("{}-{kind}-{number}", fleet.id()).into(),
            );
            event.insert("ResourceId".to_owned(), fleet.id().into());
            events.push(event);
        }
    }
    events
}

fn event_time(event: &Record) -> f64 {
    event
        .get("EventTime")
        .and_then(Value::as_f64)
        .unwrap_or_default()
}
