//! Computes: the machines of a fleet, registered by the user or managed.

use serde_json::{Value, json};

use super::Table;
use crate::error::{Answer, ApiError, ErrorKind};
use crate::hosting::compute_key;
use crate::page::page;
use crate::world::{Call, Compute, Hosting, Origin, Region, World, answer, id_of, present};

pub(super) const OPERATIONS: Table = &[
    ("RegisterCompute", register),
    ("DescribeCompute", describe),
    ("ListCompute", list),
    ("DeregisterCompute", deregister),
    ("GetComputeAuthToken", token),
    ("GetComputeAccess", access),
    ("DescribeInstances", instances),
];

/// <https://docs.aws.amazon.com/general/latest/gr/gamelift.html>
const MOST_COMPUTES: usize = 100;

fn register(world: &mut World, call: &Call) -> Answer {
    let input = &call.input;
    let text = |member: &str| input.text_or_none(member).map(str::to_owned);
    let name = input.text("ComputeName")?.to_owned();
    if input.has("IpAddress") == input.has("DnsName") {
        return Err(ApiError::invalid(
            "exactly one of `IpAddress` and `DnsName` is required",
        ));
    }
    let region = world.region(call);
    let fleet = region.fleets.find(input.text("FleetId")?)?;
    if fleet.hosting != Hosting::Anywhere {
        return Err(ApiError::invalid(
            "computes can be registered in fleets with ComputeType ANYWHERE only",
        ));
    }
    let location = match input.text_or_none("Location") {
        Some(location) => fleet.location(Some(location))?.0.to_owned(),
        None => {
            return Err(ApiError::invalid(
                "`Location` is required for an Anywhere fleet",
            ));
        }
    };
    let (fleet_id, fleet_arn) = (fleet.id().to_owned(), fleet.arn().to_owned());
    refuse_more(region, &fleet_id, &name)?;
    let compute = Compute {
        arn: world.compute_arn(&call.region, &fleet_id, &name),
        ip: text("IpAddress").unwrap_or_default(),
        dns: text("DnsName"),
        certificate: text("CertificatePath"),
        instance_type: None,
        origin: Origin::Registered,
        created: call.now,
        token: world.token(call.now),
        name,
        fleet_id,
        fleet_arn,
        location,
    };
    let shown = compute.shown(world.socket());
    world.insert_compute(&call.region, compute);
    Ok(answer("Compute", shown))
}

fn refuse_more(region: &Region, fleet_id: &str, name: &str) -> Answer<()> {
    let known = region.computes.contains_key(&compute_key(fleet_id, name));
    let count = of_fleet(region, fleet_id).count();
    if !known && count >= MOST_COMPUTES {
        return Err(ApiError::new(
            ErrorKind::LimitExceeded,
            format!("fleet `{fleet_id}` has {count} computes, and may not have more"),
        ));
    }
    Ok(())
}

fn of_fleet<'a>(region: &'a Region, fleet_id: &str) -> impl Iterator<Item = &'a Compute> {
    let computes = region.computes.values();
    computes.filter(move |compute| compute.fleet_id == fleet_id)
}

/// What the compute of the request is kept by.
fn key(region: &Region, call: &Call) -> Answer<String> {
    let fleet = region
        .fleets
        .find(call.input.text("FleetId")?)?
        .id()
        .to_owned();
    let name = id_of(call.input.text("ComputeName")?);
    let key = compute_key(&fleet, name);
    if region.computes.contains_key(&key) {
        return Ok(key);
    }
    Err(ApiError::not_found(format!(
        "fleet `{fleet}` has no compute `{name}`"
    )))
}

fn describe(world: &mut World, call: &Call) -> Answer {
    let key = key(world.region(call), call)?;
    let compute = world.region(call).computes.get(&key).cloned();
    let shown = compute.map(|compute| compute.shown(world.socket()));
    Ok(present(json!({ "Compute": shown })))
}

fn list(world: &mut World, call: &Call) -> Answer {
    let location = call.input.text_or_none("Location");
    let socket = world.socket().to_owned();
    let region = world.region(call);
    let fleet = region
        .fleets
        .find(call.input.text("FleetId")?)?
        .id()
        .to_owned();
    // All that exist are ACTIVE.
    let none = call.input.text_or_none("ComputeStatus") == Some("IMPAIRED");
    let shown = of_fleet(region, &fleet)
        .filter(|compute| !none && location.is_none_or(|location| compute.location == location))
        .map(|compute| compute.shown(&socket));
    page(&call.input, "ComputeList", 100, shown.collect())
}

fn deregister(world: &mut World, call: &Call) -> Answer {
    let region = world.region(call);
    let key = key(region, call)?;
    let managed = |compute: &Compute| compute.origin == Origin::Managed;
    if region.computes.get(&key).is_some_and(managed) {
        return Err(ApiError::invalid(
            "the computes of a managed fleet come and go with its capacity",
        ));
    }
    // Its processes go with the next look at what is due.
    region.computes.remove(&key);
    Ok(json!({}))
}

fn token(world: &mut World, call: &Call) -> Answer {
    let key = key(world.region(call), call)?;
    let fresh = world.token(call.now);
    let compute = world.region(call).computes.get_mut(&key);
    let Some(compute) = compute else {
        return Err(ApiError::not_found(format!("there is no compute `{key}`")));
    };
    // One that is still good is given out again, so that processes that hold it aren't locked out.
    if compute.token.expires - call.now < HALF_LIFE {
        compute.token = fresh;
    }
    Ok(json!({
        "FleetId": compute.fleet_id,
        "FleetArn": compute.fleet_arn,
        "ComputeName": compute.name,
        "ComputeArn": compute.arn,
        "AuthToken": compute.token.text,
        "ExpirationTimestamp": compute.token.expires,
    }))
}

/// With how many seconds left a token is replaced.
const HALF_LIFE: f64 = crate::world::TOKEN_LIFE / 2.0;

fn access(world: &mut World, call: &Call) -> Answer {
    key(world.region(call), call)?;
    Err(ApiError::invalid(
        "the computes of the local cloud are this machine: there is nothing to connect to",
    ))
}

fn instances(world: &mut World, call: &Call) -> Answer {
    let input = &call.input;
    let (location, wanted) = (
        input.text_or_none("Location"),
        input.text_or_none("InstanceId"),
    );
    let region = world.region(call);
    let fleet = region.fleets.find(input.text("FleetId")?)?.id().to_owned();
    let managed = of_fleet(region, &fleet).filter(|compute| {
        compute.origin == Origin::Managed
            && location.is_none_or(|location| compute.location == location)
            && wanted.is_none_or(|wanted| compute.name == wanted)
    });
    let shown: Vec<Value> = managed
        .map(|compute| {
            let mut shown = compute.shown("");
            shown["Status"] = "ACTIVE".into();
            shown
        })
        .collect();
    page(input, "Instances", 100, shown)
}
