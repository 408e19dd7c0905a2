//! Managed container fleets. They share locations, capacity, scaling and events with the other kinds.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Table, container_group, fleet_rules, fleet_settings};
use crate::error::{Answer, ApiError, ErrorKind};
use crate::input::Record;
use crate::lifecycle::Course;
use crate::page::page;
use crate::world::{
    Call, Fleet, FleetLocation, Hosting, Installation, World, answer, default_member, merge, text,
};

pub(super) const OPERATIONS: Table = &[
    ("CreateContainerFleet", create),
    ("DescribeContainerFleet", describe),
    ("ListContainerFleets", list),
    ("UpdateContainerFleet", update),
    ("DeleteContainerFleet", delete),
    ("DescribeFleetDeployment", describe_deployment),
    ("ListFleetDeployments", list_deployments),
];

const GROUPS: [&str; 2] = [
    "GameServerContainerGroupDefinition",
    "PerInstanceContainerGroupDefinition",
];

/// The members whose change GameLift rolls out over the instances.
const DEPLOYED: &[&str] = &[
    "GameServerContainerGroupDefinitionName",
    "PerInstanceContainerGroupDefinitionName",
    "GameServerContainerGroupsPerInstance",
    "InstanceConnectionPortRange",
    "InstanceInboundPermissionAuthorizations",
    "InstanceInboundPermissionRevocations",
    "LogConfiguration",
];

fn create(world: &mut World, call: &Call) -> Answer {
    if call.input.has("InstanceConnectionPortRange") != call.input.has("InstanceInboundPermissions")
    {
        let message =
            "`InstanceConnectionPortRange` and `InstanceInboundPermissions` must be given together";
        return Err(ApiError::invalid(message));
    }
    let mut record =
        call.input
            .record_without(&["Tags", "Locations", "InstanceInboundPermissions"]);
    resolve_groups(world, call, &mut record)?;
    default_member(&mut record, "InstanceType", "c5.large");
    default_member(&mut record, "BillingType", "ON_DEMAND");
    default_member(
        &mut record,
        "NewGameSessionProtectionPolicy",
        "NoProtection",
    );
    default_member(&mut record, "MetricGroups", vec!["default"]);
    default_member(
        &mut record,
        "LogConfiguration",
        json!({ "LogDestination": "CLOUDWATCH" }),
    );
    default_member(&mut record, "GameServerContainerGroupsPerInstance", 1);
    record.insert("CreationTime".to_owned(), call.now.into());
    let id = world.id("containerfleet");
    let arn = world.arn(call, "containerfleet", &id);
    record.insert("FleetId".to_owned(), id.clone().into());
    record.insert("FleetArn".to_owned(), arn.clone().into());
    let mut fleet = new_fleet(call, record);
    note_deployment(world, call, &mut fleet);
    let created = shown(&fleet, call);
    world.region(call).fleets.insert(&id, fleet)?;
    world.tag_new(call, &arn);
    Ok(answer("ContainerFleet", created))
}

fn new_fleet(call: &Call, record: Record) -> Fleet {
    let names = fleet_rules::location_names(&call.input).chain([call.region.as_str()]);
    Fleet {
        installation: Installation::None,
        hosting: Hosting::Container,
        record,
        course: Course::Container,
        created: call.now,
        deploying: None,
        deleting: None,
        home: call.region.clone(),
        locations: names
            .map(|name| (name.to_owned(), FleetLocation::new(call.now)))
            .collect(),
        permissions: call.input.list("InstanceInboundPermissions").to_vec(),
        runtime: json!({}),
        policies: BTreeMap::new(),
        deployments: Vec::new(),
        log: Vec::new(),
    }
}

fn describe(world: &mut World, call: &Call) -> Answer {
    Ok(answer(
        "ContainerFleet",
        shown(container_fleet(world, call)?, call),
    ))
}

fn list(world: &mut World, call: &Call) -> Answer {
    let wanted = call.input.text_or_none("ContainerGroupDefinitionName");
    let fleets = world
        .region(call)
        .fleets
        .values()
        .filter(|fleet| fleet.hosting == Hosting::Container);
    let uses = |fleet: &Fleet, name: &str| {
        GROUPS.iter().any(|group| {
            ["Name", "Arn"]
                .iter()
                .any(|part| text(&fleet.record, &format!("{group}{part}")) == name)
        })
    };
    let listed = fleets
        .filter(|fleet| wanted.is_none_or(|name| uses(fleet, name)))
        .map(|fleet| shown(fleet, call));
    page(&call.input, "ContainerFleets", 50, listed.collect())
}

fn update(world: &mut World, call: &Call) -> Answer {
    let fleet = container_fleet(world, call)?;
    fleet.require_active(call)?;
    let (id, mut record) = (fleet.id().to_owned(), fleet.record.clone());
    let revoked = call.input.list("InstanceInboundPermissionRevocations");
    let authorized = call.input.list("InstanceInboundPermissionAuthorizations");
    let permissions = fleet_settings::changed_permissions(&fleet.permissions, revoked, authorized)?;
    let settings = ["FleetId", "RemoveAttributes", "DeploymentConfiguration"];
    merge(&mut record, call.input.record_without(&settings));
    if call
        .input
        .texts("RemoveAttributes")
        .is_some_and(|removed| removed.contains(&"PER_INSTANCE_CONTAINER_GROUP_DEFINITION"))
    {
        record.remove("PerInstanceContainerGroupDefinitionName");
        record.remove("PerInstanceContainerGroupDefinitionArn");
    }
    resolve_groups(world, call, &mut record)?;
    let fleet = world.region(call).fleets.find_mut(&id)?;
    fleet.record = record;
    fleet.permissions = permissions;
    if DEPLOYED.iter().any(|member| call.input.has(member)) || call.input.has("RemoveAttributes") {
        let mut fleet = world.region(call).fleets.remove(&id)?;
        fleet.deploying = Some(call.now);
        fleet.note(call.now, "FLEET_STATE_UPDATING", "a deployment was started");
        note_deployment(world, call, &mut fleet);
        world.region(call).fleets.insert(&id, fleet)?;
    }
    describe(world, call)
}

fn delete(world: &mut World, call: &Call) -> Answer {
    let id = container_fleet(world, call)?.id().to_owned();
    let fleet = world.region(call).fleets.find_mut(&id)?;
    match fleet.status(call) {
        "ACTIVE" => {}
        status => {
            let message = format!(
                "fleet `{id}` is in status {status}; only ACTIVE container fleets can be deleted"
            );
            return Err(ApiError::invalid(message));
        }
    }
    fleet.deleting = Some(call.now);
    fleet.note(call.now, "FLEET_DELETED", "the fleet is being deleted");
    Ok(json!({}))
}

fn describe_deployment(world: &mut World, call: &Call) -> Answer {
    let fleet = container_fleet(world, call)?;
    let wanted = call.input.text_or_none("DeploymentId");
    let found = match wanted {
        Some(id) => fleet
            .deployments
            .iter()
            .find(|deployment| text(deployment, "DeploymentId") == id),
        None => fleet.deployments.last(),
    };
    let missing = || ApiError::not_found(format!("fleet `{}` has no such deployment", fleet.id()));
    Ok(answer(
        "FleetDeployment",
        shown_deployment(fleet, found.ok_or_else(missing)?, call),
    ))
}

fn list_deployments(world: &mut World, call: &Call) -> Answer {
    let fleets: Vec<_> = if call.input.has("FleetId") {
        vec![container_fleet(world, call)?]
    } else {
        world.region(call).fleets.values().collect()
    };
    let newest_first = |fleet: &&Fleet| {
        let shown = |deployment| shown_deployment(fleet, deployment, call);
        fleet
            .deployments
            .iter()
            .rev()
            .map(shown)
            .collect::<Vec<_>>()
    };
    let deployments = fleets.iter().flat_map(newest_first).collect();
    page(&call.input, "FleetDeployments", 50, deployments)
}

fn container_fleet<'a>(world: &'a mut World, call: &Call) -> Answer<&'a Fleet> {
    let reference = call.input.text("FleetId")?;
    let fleet = world.region(call).fleets.find(reference)?;
    match fleet.hosting {
        Hosting::Container => Ok(fleet),
        Hosting::Ec2 | Hosting::Anywhere => Err(ApiError::not_found(format!(
            "`{reference}` is not a container fleet"
        ))),
    }
}

/// Finds the definitions that a fleet names, and notes their ARNs.
fn resolve_groups(world: &mut World, call: &Call, record: &mut Record) -> Answer<()> {
    for group in GROUPS {
        let (name, arn) = (format!("{group}Name"), format!("{group}Arn"));
        if !record.contains_key(&name) {
            continue;
        }
        let definition = container_group::version_of(
            &world.region(call).container_groups,
            text(record, &name),
            None,
        )?;
        let versioned = text(definition, "ContainerGroupDefinitionArn");
        if !container_group::is_ready(definition, call) {
            let message = format!("container group definition `{versioned}` is not READY");
            return Err(ApiError::new(ErrorKind::NotReady, message));
        }
        record.insert(arn, versioned.into());
    }
    Ok(())
}

fn note_deployment(world: &mut World, call: &Call, fleet: &mut Fleet) {
    let mut deployment = fleet.header();
    deployment.insert("DeploymentId".to_owned(), world.id("deployment").into());
    deployment.insert("CreationTime".to_owned(), call.now.into());
    for (group, member) in GROUPS
        .iter()
        .zip(["GameServerBinaryArn", "PerInstanceBinaryArn"])
    {
        let arn = fleet.record.get(&format!("{group}Arn"));
        deployment.extend(arn.map(|arn| (member.to_owned(), arn.clone())));
    }
    deployment.extend(
        call.input
            .get("DeploymentConfiguration")
            .map(|value| ("DeploymentConfiguration".to_owned(), value.clone())),
    );
    fleet.deployments.push(deployment);
}

fn shown_deployment(fleet: &Fleet, deployment: &Record, call: &Call) -> Value {
    let mut shown = deployment.clone();
    let last = fleet
        .deployments
        .last()
        .is_some_and(|last| last == deployment);
    let done = fleet.status(call) == "ACTIVE";
    let status = match (last, done) {
        (true, false) => "IN_PROGRESS",
        (true, true) | (false, _) => "COMPLETE",
    };
    shown.insert("DeploymentStatus".to_owned(), status.into());
    Value::Object(shown)
}

fn shown(fleet: &Fleet, call: &Call) -> Value {
    let mut record = fleet.record.clone();
    record.insert("Status".to_owned(), fleet.status(call).into());
    record.insert(
        "LocationAttributes".to_owned(),
        fleet.location_states(call).into(),
    );
    if !fleet.permissions.is_empty() {
        record.insert(
            "InstanceInboundPermissions".to_owned(),
            fleet.permissions.clone().into(),
        );
    }
    if let Some(latest) = fleet.deployments.last() {
        let details = json!({ "LatestDeploymentId": text(latest, "DeploymentId") });
        record.insert("DeploymentDetails".to_owned(), details);
    }
    Value::Object(record)
}
