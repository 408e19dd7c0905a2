//! Computes of managed fleets: one per location, which stands for all its instances.

use std::collections::BTreeSet;

use crate::world::{Compute, Fleet, Hosting, Origin, Region, TOKEN_LIFE, Token, World, text};

/// Every server process of this machine is reached here.
const LOOPBACK: &str = "127.0.0.1";

/// What a managed fleet should have in one location.
struct Wanted {
    fleet_id: String,
    fleet_arn: String,
    location: String,
    instance_type: String,
}

impl World {
    /// Adds the computes that managed fleets have come to have, and drops those of locations that are gone.
    pub(super) fn advance_computes(&mut self, region: &str, now: f64) {
        let speed = self.speed();
        let Some(place) = self.region_named(region) else {
            return;
        };
        let wanted: Vec<_> = place
            .fleets
            .values()
            .flat_map(|fleet| locations_in_use(fleet, now, speed))
            .collect();
        let keys: BTreeSet<_> = wanted
            .iter()
            .map(|wanted| (wanted.fleet_id.clone(), wanted.location.clone()))
            .collect();
        let missing: Vec<_> = wanted
            .into_iter()
            .filter(|wanted| managed(place, &wanted.fleet_id, &wanted.location).is_none())
            .collect();
        place.computes.retain(|_, compute| {
            compute.origin == Origin::Registered
                || keys.contains(&(compute.fleet_id.clone(), compute.location.clone()))
        });
        for wanted in missing {
            self.add_compute(region, wanted, now);
        }
    }

    fn add_compute(&mut self, region: &str, wanted: Wanted, now: f64) {
        let digits: String = self.id("").chars().filter(|sign| *sign != '-').collect();
        let name = format!("i-{}", &digits[..17]);
        let compute = Compute {
            arn: self.compute_arn(region, &wanted.fleet_id, &name),
            fleet_id: wanted.fleet_id,
            fleet_arn: wanted.fleet_arn,
            location: wanted.location,
            ip: LOOPBACK.to_owned(),
            dns: Some("localhost".to_owned()),
            certificate: None,
            instance_type: Some(wanted.instance_type),
            origin: Origin::Managed,
            created: now,
            token: self.token(now),
            name,
        };
        self.insert_compute(region, compute);
    }

    /// A token for server processes.
    pub(crate) fn token(&mut self, now: f64) -> Token {
        Token {
            text: self.id(""),
            expires: now + TOKEN_LIFE,
        }
    }

    /// Adds a compute, or puts it in the place of the one of that name.
    pub(crate) fn insert_compute(&mut self, region: &str, compute: Compute) {
        let key = compute_key(&compute.fleet_id, &compute.name);
        self.region_or_new(region).computes.insert(key, compute);
    }

    /// The ARN of a compute.
    pub(crate) fn compute_arn(&self, region: &str, fleet_id: &str, name: &str) -> String {
        self.arn_in(region, "compute", &format!("{fleet_id}/{name}"))
    }
}

/// What computes are kept by: names are unique within a fleet.
pub(crate) fn compute_key(fleet_id: &str, name: &str) -> String {
    format!("{fleet_id}/{name}")
}

/// The compute that stands for a managed fleet's instances in a location.
pub(crate) fn managed<'a>(
    region: &'a Region,
    fleet_id: &str,
    location: &str,
) -> Option<&'a Compute> {
    region.computes.values().find(|compute| {
        compute.origin == Origin::Managed
            && compute.fleet_id == fleet_id
            && compute.location == location
    })
}

fn locations_in_use(fleet: &Fleet, now: f64, speed: f64) -> Vec<Wanted> {
    if fleet.hosting != Hosting::Ec2 {
        return Vec::new();
    }
    let running = fleet.locations.iter().filter(|(_, location)| {
        location.desired > 0 && fleet.location_status_at(location, now, speed) == "ACTIVE"
    });
    running
        .map(|(name, _)| Wanted {
            fleet_id: fleet.id().to_owned(),
            fleet_arn: fleet.arn().to_owned(),
            location: name.clone(),
            instance_type: text(&fleet.record, "InstanceType").to_owned(),
        })
        .collect()
}
