//! Where game sessions may run, and where clients measure their latency to it.

use topology::environment::{Environment, Host};

/// A place of the environment's fleets, as a client measures it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beacon {
    /// The region or local zone, by the name that matchmaking takes latencies for.
    pub region: String,
    /// Host and UDP port that echo what they get.
    /// <https://docs.aws.amazon.com/gameliftservers/latest/developerguide/reference-udp-ping-beacons.html>
    pub endpoint: String,
}

/// The places of an environment's fleets that AWS runs; the studio's own hardware has no beacon of AWS.
pub fn beacons(environment: &Environment) -> Vec<Beacon> {
    locations(environment)
        .into_iter()
        .filter(|location| !location.starts_with("custom-"))
        .map(|location| Beacon {
            endpoint: endpoint(&location),
            region: location,
        })
        .collect()
}

/// Where game sessions may run: fleet regions and remote locations, each once, in order of name.
pub(crate) fn locations(environment: &Environment) -> Vec<String> {
    let mut locations: Vec<String> = environment
        .regions
        .iter()
        .flat_map(|(region, contents)| {
            contents.fleets.values().flat_map(move |fleet| {
                let own = matches!(fleet.host, Host::Anywhere { .. });
                (!own)
                    .then(|| region.clone())
                    .into_iter()
                    .chain(fleet.locations.iter().cloned())
            })
        })
        .collect();
    locations.sort();
    locations.dedup();
    locations
}

/// GameLift's UDP ping beacon of a region or local zone.
fn endpoint(location: &str) -> String {
    // A local zone is called after its region and a city: us-east-1-atl-1.
    let parts: Vec<_> = location.split('-').collect();
    match parts.len() {
        5 => format!(
            "gamelift-ping-{location}.{}.api.aws:7770",
            parts[..3].join("-")
        ),
        _ => format!("gamelift-ping.{location}.api.aws:7770"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_zones_have_beacons_below_their_region() {
        assert_eq!(
            endpoint("us-east-1-atl-1"),
            "gamelift-ping-us-east-1-atl-1.us-east-1.api.aws:7770"
        );
        assert_eq!(
            endpoint("eu-west-2"),
            "gamelift-ping.eu-west-2.api.aws:7770"
        );
    }
}
