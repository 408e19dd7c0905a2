//! Drift of a small backend over recorded answers of CloudFormation and GameLift.

use serde_json::json;

use super::*;
use crate::ops::observe::{
    AliasState, DeployedResource, FleetEvent, FleetState, InstanceCounts, LocationState,
    MatchmakerState, PortPermission, QueueState,
};

const ALIAS: &str = "arn:aws:gamelift:eu-central-1::alias/alias-1";

/// What is there; everything else is absent.
#[derive(Clone)]
struct Reality {
    drifts: Vec<ResourceDrift>,
    fleet: FleetState,
    ports: Vec<PortPermission>,
    alias: Option<AliasState>,
    queue: Option<QueueState>,
    matchmaker: Option<MatchmakerState>,
    rule_sets: Vec<&'static str>,
}

impl DriftApi for Reality {
    async fn start_detection(&self, _: &StackRef) -> Result<String, RemoteError> {
        Ok("d1".to_owned())
    }

    async fn detection(&self, _: &str, _: &str) -> Result<Detection, RemoteError> {
        Ok(Detection::Done)
    }

    async fn drifts(&self, _: &StackRef) -> Result<Vec<ResourceDrift>, RemoteError> {
        Ok(self.drifts.clone())
    }
}

impl GameLift for Reality {
    async fn fleet_events(&self, _: &str, _: &str) -> Result<Vec<FleetEvent>, RemoteError> {
        Ok(Vec::new())
    }

    async fn fleets(&self, _: &str, ids: &[String]) -> Result<Vec<FleetState>, RemoteError> {
        let known = ids.contains(&self.fleet.id);
        Ok(known.then(|| self.fleet.clone()).into_iter().collect())
    }

    async fn ports(&self, _: &str, _: &str, _: &str) -> Result<Vec<PortPermission>, RemoteError> {
        Ok(self.ports.clone())
    }

    async fn alias(&self, region: &str, id: &str) -> Result<Option<AliasState>, RemoteError> {
        let here = region == "eu-central-1" && id == "alias-1";
        Ok(self.alias.clone().filter(|_| here))
    }

    async fn queue(&self, _: &str, name: &str) -> Result<Option<QueueState>, RemoteError> {
        Ok(self.queue.clone().filter(|queue| queue.name == name))
    }

    async fn matchmaker(&self, _: &str, _: &str) -> Result<Option<MatchmakerState>, RemoteError> {
        Ok(self.matchmaker.clone())
    }

    async fn rule_set_exists(&self, _: &str, name: &str) -> Result<bool, RemoteError> {
        Ok(self.rule_sets.contains(&name))
    }
}

const KINDS: [(&str, &str, &str); 5] = [
    ("Fleet", "AWS::GameLift::Fleet", "fleet-1"),
    ("Alias", "AWS::GameLift::Alias", "alias-1"),
    (
        "Queue",
        "AWS::GameLift::GameSessionQueue",
        "arn:aws:gamelift:eu-central-1:1:gamesessionqueue/worldwide",
    ),
    ("Rules", "AWS::GameLift::MatchmakingRuleSet", "duel-1a2b"),
    ("Duel", "AWS::GameLift::MatchmakingConfiguration", "duel"),
];

fn expected() -> Expected {
    let template = json!({ "Resources": {
        "Fleet": { "Type": "AWS::GameLift::Fleet", "Properties": {
            "ApplyCapacity": "ON_UPDATE",
            "Locations": [{
                "Location": "eu-central-1",
                "LocationCapacity": { "MinSize": 0, "MaxSize": 20, "DesiredEC2Instances": 1 },
            }],
            "EC2InboundPermissions": [
                { "FromPort": 7777, "ToPort": 7877, "IpRange": "0.0.0.0/0", "Protocol": "UDP" },
            ],
        } },
        "Alias": { "Properties": { "RoutingStrategy": { "FleetId": { "Ref": "Fleet" } } } },
        "Queue": { "Properties": { "Destinations": [{ "DestinationArn": { "Ref": "ArenaArn" } }] } },
        "Duel": { "Properties": { "RuleSetName": { "Ref": "Rules" } } },
    } });
    let resources = KINDS.map(|(logical_id, kind, id)| DeployedResource {
        logical_id: logical_id.to_owned(),
        physical_id: Some(id.to_owned()),
        kind: kind.to_owned(),
        status: "CREATE_COMPLETE".to_owned(),
    });
    let parameters = BTreeMap::from([("ArenaArn".to_owned(), ALIAS.to_owned())]);
    Expected::new(&template.to_string(), parameters, resources.to_vec())
}

/// A world that is as the template says.
fn reality() -> Reality {
    let drifts = KINDS.map(|(logical_id, kind, _)| ResourceDrift {
        logical_id: logical_id.to_owned(),
        kind: kind.to_owned(),
        state: DriftState::InSync,
    });
    let capacity = InstanceCounts {
        min: 0,
        desired: 1,
        max: 20,
        active: 1,
    };
    let place = LocationState {
        location: "eu-central-1".to_owned(),
        status: "ACTIVE".to_owned(),
        capacity: Some(capacity),
        ..LocationState::default()
    };
    let queue = "arn:aws:gamelift:eu-central-1:1:gamesessionqueue/worldwide".to_owned();
    Reality {
        drifts: drifts.to_vec(),
        fleet: FleetState {
            id: "fleet-1".to_owned(),
            instance: Some("c6i.large".to_owned()),
            locations: vec![place],
            ..FleetState::default()
        },
        ports: vec![PortPermission {
            protocol: "UDP".to_owned(),
            from: 7777,
            to: 7877,
            range: "0.0.0.0/0".to_owned(),
        }],
        alias: Some(AliasState {
            name: "arena".to_owned(),
            fleet: Some("fleet-1".to_owned()),
        }),
        queue: Some(QueueState {
            name: "worldwide".to_owned(),
            arn: queue.clone(),
            destinations: vec![ALIAS.to_owned()],
            timeout_seconds: 60,
        }),
        matchmaker: Some(MatchmakerState {
            name: "duel".to_owned(),
            rule_set: "duel-1a2b".to_owned(),
            queues: vec![queue],
        }),
        rule_sets: vec!["duel-1a2b"],
    }
}

fn compared(change: impl FnOnce(&mut Reality)) -> StackDrift {
    let mut reality = reality();
    change(&mut reality);
    let stack = StackRef::new("game", "eu-central-1");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime
        .block_on(compare(&reality, &stack, &expected()))
        .unwrap()
}

/// Resource, path, expectation and reality of each difference.
#[track_caller]
fn check(change: impl FnOnce(&mut Reality), expected: &[&str]) {
    let found = compared(change);
    let lines: Vec<_> = found
        .drifted
        .iter()
        .flat_map(|drifted| {
            drifted.differences.iter().map(|difference| {
                let Difference {
                    path,
                    expected,
                    actual,
                } = difference;
                format!("{} {path}: {expected} -> {actual}", drifted.logical_id)
            })
        })
        .collect();
    assert_eq!(lines, expected);
}

#[test]
fn world_as_the_template_says_has_no_drift() {
    check(|_| {}, &[]);
}

#[test]
fn property_that_cannot_be_read_is_named() {
    let found = compared(|_| {});
    let unchecked: Vec<_> = found
        .unchecked
        .iter()
        .map(|unchecked| {
            (
                unchecked.logical_id.as_str(),
                unchecked.properties.as_slice(),
            )
        })
        .collect();
    assert_eq!(unchecked, [("Fleet", &["ApplyCapacity".to_owned()][..])]);
}

#[test]
fn resource_that_cloudformation_does_not_compare_is_named() {
    let found = compared(|reality| reality.drifts.retain(|drift| drift.logical_id != "Alias"));
    assert_eq!(found.unchecked[1].logical_id, "Alias");
    assert!(found.unchecked[1].properties.is_empty());
}

#[test]
fn capacity_that_somebody_changed_is_seen_by_gamelift() {
    check(
        |reality| {
            let counts = reality.fleet.locations[0].capacity.as_mut().unwrap();
            (counts.max, counts.desired) = (5, 3);
        },
        &[
            "Fleet Locations[eu-central-1].LocationCapacity.MaxSize: 20 -> 5",
            "Fleet Locations[eu-central-1].LocationCapacity.DesiredEC2Instances: 1 -> 3",
        ],
    );
}

#[test]
fn ports_that_somebody_opened_or_closed_are_seen() {
    check(
        |reality| reality.ports[0].to = 7800,
        &[
            "Fleet EC2InboundPermissions (eu-central-1): UDP 7777-7877 from 0.0.0.0/0 -> not there",
            "Fleet EC2InboundPermissions (eu-central-1): not there -> UDP 7777-7800 from 0.0.0.0/0",
        ],
    );
}

#[test]
fn location_that_somebody_added_or_removed_is_seen() {
    check(
        |reality| reality.fleet.locations[0].location = "eu-west-2".to_owned(),
        &[
            "Fleet Locations[eu-central-1]: there -> not there",
            "Fleet Locations[eu-west-2]: not there -> there",
        ],
    );
}

#[test]
fn alias_that_leads_elsewhere_is_seen() {
    check(
        |reality| reality.alias.as_mut().unwrap().fleet = None,
        &["Alias RoutingStrategy.FleetId: fleet-1 -> a message"],
    );
}

#[test]
fn destination_that_leads_nowhere_is_seen_in_its_region() {
    let gone = "arn:aws:gamelift:us-east-1::alias/alias-9";
    check(
        |reality| {
            reality
                .queue
                .as_mut()
                .unwrap()
                .destinations
                .push(gone.to_owned());
        },
        &[
            &format!("Queue Destinations: {ALIAS} -> {ALIAS}, {gone}"),
            &format!("Queue Destinations[1]: {gone} -> not there"),
        ],
    );
}

#[test]
fn matchmaker_with_another_or_missing_rule_set_is_seen() {
    check(
        |reality| reality.matchmaker.as_mut().unwrap().rule_set = "old".to_owned(),
        &[
            "Duel RuleSetName: duel-1a2b -> old",
            "Duel RuleSetName: old -> not there",
        ],
    );
}

#[test]
fn what_cloudformation_saw_is_not_told_twice() {
    let found = compared(|reality| {
        reality.alias = None;
        let alias = reality
            .drifts
            .iter_mut()
            .find(|drift| drift.logical_id == "Alias");
        alias.unwrap().state = DriftState::Deleted;
    });
    let seen: Vec<_> = found
        .drifted
        .iter()
        .map(|drifted| (drifted.logical_id.as_str(), drifted.seen_by))
        .collect();
    // The queue's destination is gone with it.
    assert_eq!(
        seen,
        [
            ("Alias", SeenBy::CloudFormation),
            ("Queue", SeenBy::GameLift)
        ]
    );
}
