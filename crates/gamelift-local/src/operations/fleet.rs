//! Managed EC2 fleets and Anywhere fleets: creation, attributes, deletion.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Table, fleet_rules};
use crate::error::{Answer, ApiError, ErrorKind};
use crate::input::Record;
use crate::lifecycle::Course;
use crate::page::page;
use crate::world::{
    Call, Fleet, FleetLocation, Hosting, Installation, World, default_member, merge, text,
};

pub(super) const OPERATIONS: Table = &[
    ("CreateFleet", create),
    ("DescribeFleetAttributes", describe),
    ("ListFleets", list),
    ("UpdateFleetAttributes", update),
    ("DeleteFleet", delete),
];

fn create(world: &mut World, call: &Call) -> Answer {
    let anywhere = call.input.text_or_none("ComputeType") == Some("ANYWHERE");
    let region = world.region(call);
    if anywhere {
        fleet_rules::check_anywhere(&call.input, region)?;
    } else {
        fleet_rules::check_ec2(&call.input, region)?;
    }
    let mut record = attributes(world, call);
    let id = world.id("fleet");
    let arn = world.arn(call, "fleet", &id);
    record.insert("FleetId".to_owned(), id.clone().into());
    record.insert("FleetArn".to_owned(), arn.clone().into());
    let mut fleet = new_fleet(call, record, anywhere);
    fleet.installation = world.installation_of(call, &fleet);
    let created = json!({ "FleetAttributes": shown(&fleet, call), "LocationStates": fleet.location_states(call) });
    world.region(call).fleets.insert(&id, fleet)?;
    world.tag_new(call, &arn);
    Ok(created)
}

/// The request as `FleetAttributes`.
fn attributes(world: &mut World, call: &Call) -> Record {
    let settings = [
        "Tags",
        "Locations",
        "EC2InboundPermissions",
        "RuntimeConfiguration",
        "EC2InstanceType",
    ];
    let mut record = call.input.record_without(&settings);
    default_member(&mut record, "ComputeType", "EC2");
    default_member(
        &mut record,
        "NewGameSessionProtectionPolicy",
        "NoProtection",
    );
    default_member(&mut record, "MetricGroups", vec!["default"]);
    record.insert("CreationTime".to_owned(), call.now.into());
    let Some(instance_type) = call.input.text_or_none("EC2InstanceType") else {
        return record;
    };
    record.insert("InstanceType".to_owned(), instance_type.into());
    default_member(&mut record, "FleetType", "ON_DEMAND");
    default_member(
        &mut record,
        "CertificateConfiguration",
        json!({ "CertificateType": "DISABLED" }),
    );
    let region = world.region(call);
    if let Ok(build) = region.builds.find(text(&record, "BuildId")) {
        for member in ["BuildId", "BuildArn", "OperatingSystem"] {
            record.extend(
                build
                    .get(member)
                    .map(|value| (member.to_owned(), value.clone())),
            );
        }
    }
    if let Ok(script) = region.scripts.find(text(&record, "ScriptId")) {
        for member in ["ScriptId", "ScriptArn"] {
            record.extend(
                script
                    .get(member)
                    .map(|value| (member.to_owned(), value.clone())),
            );
        }
    }
    record
}

fn new_fleet(call: &Call, record: Record, anywhere: bool) -> Fleet {
    let names = fleet_rules::location_names(&call.input);
    let mut locations: BTreeMap<_, _> = names
        .map(|name| (name.to_owned(), FleetLocation::new(call.now)))
        .collect();
    if !anywhere {
        locations.insert(call.region.clone(), FleetLocation::new(call.now));
    }
    Fleet {
        hosting: if anywhere {
            Hosting::Anywhere
        } else {
            Hosting::Ec2
        },
        installation: Installation::None,
        record,
        course: if anywhere {
            Course::Anywhere
        } else {
            fleet_rules::course(&call.input)
        },
        created: call.now,
        deploying: None,
        deleting: None,
        home: call.region.clone(),
        locations,
        permissions: call.input.list("EC2InboundPermissions").to_vec(),
        runtime: call
            .input
            .get("RuntimeConfiguration")
            .cloned()
            .unwrap_or_else(|| json!({})),
        policies: BTreeMap::new(),
        deployments: Vec::new(),
        log: Vec::new(),
    }
}

fn describe(world: &mut World, call: &Call) -> Answer {
    let fleets = world
        .region(call)
        .fleets
        .select(call.input.texts("FleetIds"));
    let shown = fleets
        .into_iter()
        .filter(|fleet| is_here(fleet))
        .map(|fleet| shown(fleet, call));
    page(&call.input, "FleetAttributes", 50, shown.collect())
}

fn list(world: &mut World, call: &Call) -> Answer {
    let fleets = world
        .region(call)
        .fleets
        .values()
        .filter(|fleet| is_here(fleet));
    let (build, script) = (
        call.input.text_or_none("BuildId"),
        call.input.text_or_none("ScriptId"),
    );
    let named = |fleet: &Fleet, kind: &str, wanted: Option<&str>| {
        wanted.is_none_or(|wanted| {
            [format!("{kind}Id"), format!("{kind}Arn")]
                .iter()
                .any(|member| text(&fleet.record, member) == wanted)
        })
    };
    let ids = fleets
        .filter(|fleet| named(fleet, "Build", build) && named(fleet, "Script", script))
        .map(|fleet| Value::from(fleet.id()));
    page(&call.input, "FleetIds", 50, ids.collect())
}

fn update(world: &mut World, call: &Call) -> Answer {
    let fleet = world
        .region(call)
        .fleets
        .find_mut(call.input.text("FleetId")?)?;
    let before = text(&fleet.record, "NewGameSessionProtectionPolicy").to_owned();
    merge(&mut fleet.record, call.input.record_without(&["FleetId"]));
    let after = text(&fleet.record, "NewGameSessionProtectionPolicy").to_owned();
    if before != after {
        let message = format!("the protection of new game sessions went from {before} to {after}");
        fleet.note(
            call.now,
            "FLEET_NEW_GAME_SESSION_PROTECTION_POLICY_UPDATED",
            message,
        );
    }
    Ok(Value::Object(fleet.header()))
}

fn delete(world: &mut World, call: &Call) -> Answer {
    let fleet = world
        .region(call)
        .fleets
        .find_mut(call.input.text("FleetId")?)?;
    match fleet.status(call) {
        "ACTIVE" | "ERROR" => {}
        status => {
            let message = format!(
                "fleet `{}` is in status {status}; only ACTIVE and ERROR fleets can be deleted",
                fleet.id()
            );
            return Err(ApiError::new(ErrorKind::InvalidFleetStatus, message));
        }
    }
    fleet.deleting = Some(call.now);
    fleet.note(call.now, "FLEET_DELETED", "the fleet is being deleted");
    Ok(json!({}))
}

fn is_here(fleet: &Fleet) -> bool {
    fleet.hosting != Hosting::Container
}

fn shown(fleet: &Fleet, call: &Call) -> Value {
    let mut record = fleet.record.clone();
    record.insert("Status".to_owned(), fleet.status(call).into());
    if let Ok((_, home)) = fleet.location(None)
        && !home.stopped.is_empty()
    {
        record.insert(
            "StoppedActions".to_owned(),
            home.stopped.iter().cloned().collect(),
        );
    }
    Value::Object(record)
}
