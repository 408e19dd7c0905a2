//! Which region can do what: facts of AWS as data.
//!
//! Source: the location table of the GameLift Servers developer guide
//! (<https://docs.aws.amazon.com/gameliftservers/latest/developerguide/gamelift-regions.html>), from a mirror of it in
//! 2026-11; not compared with the live service.
//! CloudFormation's registry lists more regions than the service accepts, so these lists decide.

/// Regions that can be the home of fleets, queues, builds and aliases.
pub const FLEET_REGIONS: [&str; 14] = [
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
    "ca-central-1",
    "sa-east-1",
    "eu-central-1",
    "eu-west-1",
    "eu-west-2",
    "ap-south-1",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-southeast-1",
    "ap-southeast-2",
];

/// Regions that host FlexMatch, multi-location fleets and container fleets.
pub const FLEXMATCH_REGIONS: [&str; 7] = [
    "us-east-1",
    "us-west-2",
    "eu-central-1",
    "eu-west-1",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-southeast-2",
];

/// Remote locations beyond [`FLEET_REGIONS`]: further regions and local zones.
pub const REMOTE_ONLY: [&str; 19] = [
    "af-south-1",
    "ap-east-1",
    "ap-southeast-5",
    "ap-southeast-7",
    "ap-northeast-3",
    "eu-south-1",
    "eu-west-3",
    "eu-north-1",
    "me-south-1",
    "us-east-1-atl-1",
    "us-east-1-chi-1",
    "us-east-1-dfw-1",
    "us-east-1-dfw-2",
    "us-east-1-iah-1",
    "us-east-1-mci-1",
    "us-west-2-den-1",
    "us-west-2-lax-1",
    "us-west-2-phx-1",
    "af-south-1-los-1",
];

/// Whether fleets can be created there.
#[must_use]
pub fn hosts_fleets(region: &str) -> bool {
    FLEET_REGIONS.contains(&region)
}

/// Whether matchmakers, multi-location fleets and container fleets can be created there.
#[must_use]
pub fn hosts_flexmatch(region: &str) -> bool {
    FLEXMATCH_REGIONS.contains(&region)
}

/// Every remote location that a multi-location fleet may have.
pub fn remote_locations() -> impl Iterator<Item = &'static str> + Clone {
    FLEET_REGIONS.into_iter().chain(REMOTE_ONLY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flexmatch_regions_host_fleets_too() {
        assert!(FLEXMATCH_REGIONS.iter().all(|region| hosts_fleets(region)));
    }

    #[test]
    fn no_location_is_listed_twice() {
        let unique: std::collections::BTreeSet<_> = remote_locations().collect();
        assert_eq!(unique.len(), remote_locations().count());
    }
}
