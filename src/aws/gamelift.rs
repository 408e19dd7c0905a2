//! GameLift through the SDK, read only.
//!
//! The SDK rather than calls by hand: pages, retries, endpoints of every partition and `AWS_ENDPOINT_URL_GAMELIFT` come with
//! it, and the handlers compile it anyway.

use aws_sdk_gamelift::error::ProvideErrorMetadata;
use aws_sdk_gamelift::types::{
    Ec2InstanceCounts, EventCode, FleetAttributes, FleetStatus, IpPermission, LocationAttributes,
};

use super::Connection;
use super::error::remote;
use super::history::moment;
use crate::ops::observe::{
    AliasState, FleetEvent, FleetState, GameLift, InstanceCounts, LocationState, MatchmakerState,
    PortPermission, QueueState,
};
use crate::remote::RemoteError;

impl GameLift for Connection {
    async fn fleet_events(
        &self,
        region: &str,
        fleet: &str,
    ) -> Result<Vec<FleetEvent>, RemoteError> {
        let client = self.gamelift(region);
        let mut pages = client
            .describe_fleet_events()
            .fleet_id(fleet)
            .into_paginator()
            .send();
        let mut events = Vec::new();
        while let Some(page) = pages.next().await {
            let page = match page {
                Err(error) if is_absent(&error) => break,
                page => page.map_err(remote("DescribeFleetEvents"))?,
            };
            events.extend(page.events().iter().map(|event| FleetEvent {
                time: event.event_time().map(moment).unwrap_or_default(),
                code: event.event_code().map_or("", EventCode::as_str).to_owned(),
                message: event.message().map(str::to_owned),
            }));
        }
        events.sort_by_key(|event| event.time);
        Ok(events)
    }

    async fn fleets(&self, region: &str, ids: &[String]) -> Result<Vec<FleetState>, RemoteError> {
        let mut fleets = Vec::new();
        for id in ids {
            if let Some(fleet) = self.fleet(region, id).await? {
                fleets.push(fleet);
            }
        }
        Ok(fleets)
    }

    async fn ports(
        &self,
        region: &str,
        fleet: &str,
        location: &str,
    ) -> Result<Vec<PortPermission>, RemoteError> {
        let request = self
            .gamelift(region)
            .describe_fleet_port_settings()
            .fleet_id(fleet)
            // The home location answers for itself; naming it there is refused by older endpoints.
            .set_location((location != region).then(|| location.to_owned()));
        match request.send().await {
            Err(error) if is_absent(&error) => Ok(Vec::new()),
            answer => {
                let answer = answer.map_err(remote("DescribeFleetPortSettings"))?;
                let mut ports: Vec<_> = answer.inbound_permissions().iter().map(port).collect();
                ports.sort();
                Ok(ports)
            }
        }
    }

    async fn alias(&self, region: &str, alias: &str) -> Result<Option<AliasState>, RemoteError> {
        let request = self.gamelift(region).describe_alias().alias_id(alias);
        match request.send().await {
            Err(error) if is_absent(&error) => Ok(None),
            answer => {
                let answer = answer.map_err(remote("DescribeAlias"))?;
                Ok(answer.alias().map(|alias| AliasState {
                    name: text(alias.name()),
                    fleet: alias
                        .routing_strategy()
                        .and_then(|strategy| strategy.fleet_id())
                        .map(str::to_owned),
                }))
            }
        }
    }

    async fn queue(&self, region: &str, name: &str) -> Result<Option<QueueState>, RemoteError> {
        let request = self.gamelift(region).describe_game_session_queues();
        match request.names(name).send().await {
            Err(error) if is_absent(&error) => Ok(None),
            answer => {
                let answer = answer.map_err(remote("DescribeGameSessionQueues"))?;
                Ok(answer
                    .game_session_queues()
                    .first()
                    .map(|queue| QueueState {
                        name: text(queue.name()),
                        arn: text(queue.game_session_queue_arn()),
                        destinations: queue
                            .destinations()
                            .iter()
                            .filter_map(|destination| destination.destination_arn())
                            .map(str::to_owned)
                            .collect(),
                        timeout_seconds: number(queue.timeout_in_seconds()),
                    }))
            }
        }
    }

    async fn matchmaker(
        &self,
        region: &str,
        name: &str,
    ) -> Result<Option<MatchmakerState>, RemoteError> {
        let request = self.gamelift(region).describe_matchmaking_configurations();
        match request.names(name).send().await {
            Err(error) if is_absent(&error) => Ok(None),
            answer => {
                let answer = answer.map_err(remote("DescribeMatchmakingConfigurations"))?;
                Ok(answer
                    .configurations()
                    .first()
                    .map(|configuration| MatchmakerState {
                        name: text(configuration.name()),
                        rule_set: text(configuration.rule_set_name()),
                        queues: configuration.game_session_queue_arns().to_vec(),
                    }))
            }
        }
    }

    async fn rule_set_exists(&self, region: &str, name: &str) -> Result<bool, RemoteError> {
        let request = self.gamelift(region).describe_matchmaking_rule_sets();
        match request.names(name).send().await {
            Err(error) if is_absent(&error) => Ok(false),
            answer => {
                let answer = answer.map_err(remote("DescribeMatchmakingRuleSets"))?;
                Ok(!answer.rule_sets().is_empty())
            }
        }
    }
}

impl Connection {
    async fn fleet(&self, region: &str, id: &str) -> Result<Option<FleetState>, RemoteError> {
        if id.starts_with("containerfleet-") {
            return self.container_fleet(region, id).await;
        }
        let request = self.gamelift(region).describe_fleet_attributes();
        let answer = match request.fleet_ids(id).send().await {
            Err(error) if is_absent(&error) => return Ok(None),
            answer => answer.map_err(remote("DescribeFleetAttributes"))?,
        };
        let Some(attributes) = answer.fleet_attributes().first() else {
            return Ok(None);
        };
        let mut locations = self.locations(region, id).await?;
        if attributes.instance_type().is_some() {
            self.add_figures(region, id, &mut locations).await?;
        }
        Ok(Some(fleet(attributes, locations)))
    }

    async fn container_fleet(
        &self,
        region: &str,
        id: &str,
    ) -> Result<Option<FleetState>, RemoteError> {
        let request = self.gamelift(region).describe_container_fleet();
        let answer = match request.fleet_id(id).send().await {
            Err(error) if is_absent(&error) => return Ok(None),
            answer => answer.map_err(remote("DescribeContainerFleet"))?,
        };
        let Some(found) = answer.container_fleet() else {
            return Ok(None);
        };
        let mut locations = found
            .location_attributes()
            .iter()
            .map(|location| LocationState {
                location: text(location.location()),
                status: text(location.status().map(|status| status.as_str())),
                ..LocationState::default()
            })
            .collect();
        self.add_figures(region, id, &mut locations).await?;
        Ok(Some(FleetState {
            id: id.to_owned(),
            name: None,
            status: text(found.status().map(|status| status.as_str())),
            instance: found.instance_type().map(str::to_owned),
            locations,
        }))
    }

    async fn locations(&self, region: &str, id: &str) -> Result<Vec<LocationState>, RemoteError> {
        let client = self.gamelift(region);
        let mut pages = client
            .describe_fleet_location_attributes()
            .fleet_id(id)
            .into_paginator()
            .send();
        let mut locations = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(remote("DescribeFleetLocationAttributes"))?;
            locations.extend(page.location_attributes().iter().map(location));
        }
        locations.sort_by(|one, other| one.location.cmp(&other.location));
        Ok(locations)
    }

    /// Adds what runs in each location.
    async fn add_figures(
        &self,
        region: &str,
        id: &str,
        locations: &mut Vec<LocationState>,
    ) -> Result<(), RemoteError> {
        let client = self.gamelift(region);
        for place in locations {
            let capacity = client
                .describe_fleet_location_capacity()
                .fleet_id(id)
                .location(&place.location);
            let capacity = match capacity.send().await {
                // A location that is being made or removed has no capacity yet, or any more.
                Err(error) if is_absent(&error) => continue,
                answer => answer.map_err(remote("DescribeFleetLocationCapacity"))?,
            };
            place.capacity = capacity
                .fleet_capacity()
                .and_then(|capacity| capacity.instance_counts())
                .map(counts);
            let utilization = client
                .describe_fleet_location_utilization()
                .fleet_id(id)
                .location(&place.location);
            let utilization = match utilization.send().await {
                Err(error) if is_absent(&error) => continue,
                answer => answer.map_err(remote("DescribeFleetLocationUtilization"))?,
            };
            if let Some(found) = utilization.fleet_utilization() {
                place.game_sessions = number(found.active_game_session_count());
                place.players = number(found.current_player_session_count());
            }
        }
        Ok(())
    }
}

fn is_absent(error: &impl ProvideErrorMetadata) -> bool {
    error.code() == Some("NotFoundException")
}

fn fleet(attributes: &FleetAttributes, locations: Vec<LocationState>) -> FleetState {
    FleetState {
        id: text(attributes.fleet_id()),
        name: attributes.name().map(str::to_owned),
        status: text(attributes.status().map(FleetStatus::as_str)),
        instance: attributes
            .instance_type()
            .map(|instance| instance.as_str().to_owned()),
        locations,
    }
}

fn location(attributes: &LocationAttributes) -> LocationState {
    let state = attributes.location_state();
    LocationState {
        location: text(state.and_then(|state| state.location())),
        status: text(
            state
                .and_then(|state| state.status())
                .map(FleetStatus::as_str),
        ),
        ..LocationState::default()
    }
}

fn counts(counts: &Ec2InstanceCounts) -> InstanceCounts {
    InstanceCounts {
        min: number(counts.minimum()),
        desired: number(counts.desired()),
        max: number(counts.maximum()),
        active: number(counts.active()),
    }
}

fn port(permission: &IpPermission) -> PortPermission {
    let port = |value: Option<i32>| u16::try_from(number(value)).unwrap_or_default();
    PortPermission {
        protocol: text(permission.protocol().map(|protocol| protocol.as_str())),
        from: port(permission.from_port()),
        to: port(permission.to_port()),
        range: text(permission.ip_range()),
    }
}

fn text(value: Option<&str>) -> String {
    value.unwrap_or_default().to_owned()
}

/// GameLift's counts are signed and never negative.
fn number(value: Option<i32>) -> u32 {
    value
        .and_then(|number| u32::try_from(number).ok())
        .unwrap_or_default()
}
