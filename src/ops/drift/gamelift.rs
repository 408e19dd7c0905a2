//! Compares fleets, aliases, queues and matchmakers with what GameLift says of them.

use serde_json::Value;

use super::Difference;
use super::expected::Expected;
use crate::ops::observe::{DeployedResource, FleetState, GameLift, InstanceCounts, PortPermission};
use crate::ops::survey::name_of;
use crate::remote::RemoteError;

/// What a property is that isn't there.
const ABSENT: &str = "not there";

/// The differences of one resource; none also for types that aren't of GameLift.
pub(super) async fn differences(
    gamelift: &impl GameLift,
    region: &str,
    expected: &Expected,
    resource: &DeployedResource,
) -> Result<Vec<Difference>, RemoteError> {
    let Some(id) = &resource.physical_id else {
        return Ok(Vec::new());
    };
    let here = Here {
        gamelift,
        region,
        expected,
        logical_id: &resource.logical_id,
    };
    match resource.kind.as_str() {
        "AWS::GameLift::Fleet" => here.fleet(id).await,
        "AWS::GameLift::Alias" => here.alias(id).await,
        "AWS::GameLift::GameSessionQueue" => here.queue(&name_of(id)).await,
        "AWS::GameLift::MatchmakingConfiguration" => here.matchmaker(&name_of(id)).await,
        _ => Ok(Vec::new()),
    }
}

/// One resource, and where to ask about it.
struct Here<'run, Api> {
    gamelift: &'run Api,
    region: &'run str,
    expected: &'run Expected,
    logical_id: &'run str,
}

impl<Api: GameLift> Here<'_, Api> {
    async fn fleet(&self, id: &String) -> Result<Vec<Difference>, RemoteError> {
        let fleets = self
            .gamelift
            .fleets(self.region, std::slice::from_ref(id))
            .await?;
        let Some(fleet) = fleets.first() else {
            return Ok(vec![difference("FleetId", id, ABSENT)]);
        };
        let mut found = self.locations(fleet);
        // Fleets on own hardware have no ports that GameLift could open.
        if fleet.instance.is_some() {
            for place in &fleet.locations {
                let open = self
                    .gamelift
                    .ports(self.region, id, &place.location)
                    .await?;
                found.extend(self.ports(&place.location, &open));
            }
        }
        Ok(found)
    }

    /// Locations and their capacity. Where GameLift scales by itself, the number of instances may be any.
    fn locations(&self, fleet: &FleetState) -> Vec<Difference> {
        let scales = !self
            .expected
            .list(self.logical_id, "ScalingPolicies")
            .is_empty();
        let mut found = Vec::new();
        let mut wanted = Vec::new();
        for entry in self.expected.list(self.logical_id, "Locations") {
            let Some(name) = entry
                .get("Location")
                .and_then(|name| self.expected.text(name))
            else {
                continue;
            };
            let path = format!("Locations[{name}]");
            match fleet.locations.iter().find(|place| place.location == name) {
                None => found.push(difference(&path, "there", ABSENT)),
                Some(place) => {
                    let wanted = entry.get("LocationCapacity");
                    let pair = wanted.zip(place.capacity);
                    found.extend(pair.iter().flat_map(|(wanted, actual)| {
                        capacity(&format!("{path}.LocationCapacity"), wanted, *actual, scales)
                    }));
                }
            }
            wanted.push(name);
        }
        let stray = fleet
            .locations
            .iter()
            .filter(|place| !wanted.is_empty() && !wanted.contains(&place.location));
        found.extend(
            stray.map(|place| {
                difference(&format!("Locations[{}]", place.location), ABSENT, "there")
            }),
        );
        found
    }

    fn ports(&self, location: &str, open: &[PortPermission]) -> Vec<Difference> {
        let mut wanted: Vec<PortPermission> = self
            .expected
            .list(self.logical_id, "EC2InboundPermissions")
            .iter()
            .filter_map(permission)
            .collect();
        wanted.sort();
        let path = format!("EC2InboundPermissions ({location})");
        let missing = wanted
            .iter()
            .filter(|port| !open.contains(port))
            .map(|port| difference(&path, &show(port), ABSENT));
        let stray = open
            .iter()
            .filter(|port| !wanted.contains(port))
            .map(|port| difference(&path, ABSENT, &show(port)));
        missing.chain(stray).collect()
    }

    async fn alias(&self, id: &str) -> Result<Vec<Difference>, RemoteError> {
        let path = "RoutingStrategy.FleetId";
        let wanted = self.reference(path);
        let Some(state) = self.gamelift.alias(self.region, id).await? else {
            return Ok(vec![difference("AliasId", id, ABSENT)]);
        };
        let actual = state.fleet.as_deref().unwrap_or("a message");
        let same = wanted.as_deref().is_none_or(|wanted| wanted == actual);
        if !same {
            let wanted = wanted.unwrap_or_default();
            return Ok(vec![difference(path, &wanted, actual)]);
        }
        Ok(Vec::new())
    }

    /// The destinations in their order, and whether each leads somewhere.
    async fn queue(&self, name: &str) -> Result<Vec<Difference>, RemoteError> {
        let Some(queue) = self.gamelift.queue(self.region, name).await? else {
            return Ok(vec![difference("Name", name, ABSENT)]);
        };
        let wanted: Option<Vec<String>> = self
            .expected
            .list(self.logical_id, "Destinations")
            .iter()
            .map(|entry| self.expected.text(entry.get("DestinationArn")?))
            .collect();
        let mut found = Vec::new();
        if let Some(wanted) = wanted.filter(|wanted| *wanted != queue.destinations) {
            let (wanted, actual) = (wanted.join(", "), queue.destinations.join(", "));
            found.push(difference("Destinations", &wanted, &actual));
        }
        for (place, arn) in queue.destinations.iter().enumerate() {
            if !self.leads_somewhere(arn).await? {
                found.push(difference(&format!("Destinations[{place}]"), arn, ABSENT));
            }
        }
        Ok(found)
    }

    /// Whether a fleet or alias exists, in whichever region its ARN names.
    async fn leads_somewhere(&self, arn: &str) -> Result<bool, RemoteError> {
        let mut parts = arn.splitn(6, ':');
        let (region, thing) = (parts.nth(3), parts.nth(1));
        let Some((region, (kind, id))) = region.zip(thing.and_then(|thing| thing.split_once('/')))
        else {
            return Ok(false);
        };
        match kind {
            "alias" => Ok(self.gamelift.alias(region, id).await?.is_some()),
            "fleet" | "containerfleet" => {
                let fleets = self.gamelift.fleets(region, &[id.to_owned()]).await?;
                Ok(!fleets.is_empty())
            }
            _ => Ok(false),
        }
    }

    async fn matchmaker(&self, name: &str) -> Result<Vec<Difference>, RemoteError> {
        let Some(state) = self.gamelift.matchmaker(self.region, name).await? else {
            return Ok(vec![difference("Name", name, ABSENT)]);
        };
        let mut found = Vec::new();
        let path = "RuleSetName";
        let wanted = self.reference(path).map(|id| name_of(&id));
        if let Some(wanted) = wanted.filter(|wanted| *wanted != state.rule_set) {
            found.push(difference(path, &wanted, &state.rule_set));
        }
        if !self
            .gamelift
            .rule_set_exists(self.region, &state.rule_set)
            .await?
        {
            found.push(difference(path, &state.rule_set, ABSENT));
        }
        for arn in &state.queues {
            let queue = name_of(arn);
            let region = arn.split(':').nth(3).unwrap_or(self.region);
            if self.gamelift.queue(region, &queue).await?.is_none() {
                found.push(difference("GameSessionQueueArns", arn, ABSENT));
            }
        }
        Ok(found)
    }

    fn reference(&self, path: &str) -> Option<String> {
        let value = self.expected.property(self.logical_id, path)?;
        self.expected.text(value)
    }
}

fn capacity(path: &str, wanted: &Value, actual: InstanceCounts, scales: bool) -> Vec<Difference> {
    let compared = [
        ("MinSize", actual.min, false),
        ("MaxSize", actual.max, false),
        ("DesiredEC2Instances", actual.desired, scales),
    ];
    compared
        .into_iter()
        .filter(|(_, _, floats)| !floats)
        .filter_map(|(key, actual, _)| {
            let wanted = wanted.get(key)?.as_u64()?;
            let same = wanted == u64::from(actual);
            (!same).then(|| {
                difference(
                    &format!("{path}.{key}"),
                    &wanted.to_string(),
                    &actual.to_string(),
                )
            })
        })
        .collect()
}

fn permission(entry: &Value) -> Option<PortPermission> {
    let port = |key: &str| u16::try_from(entry.get(key)?.as_u64()?).ok();
    let text = |key: &str| Some(entry.get(key)?.as_str()?.to_owned());
    Some(PortPermission {
        protocol: text("Protocol")?,
        from: port("FromPort")?,
        to: port("ToPort")?,
        range: text("IpRange")?,
    })
}

fn show(port: &PortPermission) -> String {
    let PortPermission {
        protocol,
        from,
        to,
        range,
    } = port;
    format!("{protocol} {from}-{to} from {range}")
}

fn difference(path: &str, expected: &str, actual: &str) -> Difference {
    Difference {
        path: path.to_owned(),
        expected: expected.to_owned(),
        actual: actual.to_owned(),
    }
}
