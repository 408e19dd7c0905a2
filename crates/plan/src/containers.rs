//! Container fleets: group definition, role, fleet.

use cloudformation::gamelift::container_fleet::NewGameSessionProtectionPolicy as Protection;
use cloudformation::gamelift::{container_fleet, container_group_definition};
use cloudformation::intrinsic::{get_att, reference, sub};
use cloudformation::{gamelift, iam};
use topology::environment::{Capacity, Container, Fleet, PortRange, Protocol};

use crate::naming::{logical_id, physical_name};
use crate::stack::StackBuilder;
use crate::{fleets, policy};

/// Adds a container fleet with its group definition and role.
pub(crate) fn add(stack: &mut StackBuilder<'_>, name: &str, fleet: &Fleet, container: &Container) {
    let (group, role, id) = (
        logical_id(&[name, "group"]),
        logical_id(&[name, "fleet", "role"]),
        logical_id(&[name, "fleet"]),
    );
    let called = physical_name(stack.environment, name);
    stack.add(&group, definition(&called, fleet, container));
    stack.add(
        &role,
        iam::Role::new(policy::trusts("gamelift.amazonaws.com")).managed_policy_arns(vec![sub(
            "arn:${AWS::Partition}:iam::aws:policy/GameLiftContainerFleetPolicy",
        )]),
    );
    let resource = gamelift::ContainerFleet::new(get_att(&role, "Arn"))
        .description(called)
        // The versioned ARN rather than the name: a plain name never changes, so CloudFormation would see no new version.
        .game_server_container_group_definition_name(get_att(
            &group,
            "ContainerGroupDefinitionArn",
        ));
    let resource = sized(resource, &stack.region, fleet, container);
    stack.add(&id, resource);
    let text = format!("Id of fleet {name}");
    stack.output(&logical_id(&[name, "fleet", "id"]), &text, reference(&id));
    let text = format!("ARN of fleet {name}");
    stack.output(
        &fleets::destination_output(name),
        &text,
        get_att(&id, "FleetArn"),
    );
}

fn definition(
    name: &str,
    fleet: &Fleet,
    container: &Container,
) -> gamelift::ContainerGroupDefinition {
    let ports: Vec<_> = fleet.ports.iter().map(container_ports).collect();
    let server = container_group_definition::GameServerContainerDefinition::new(
        "server",
        container.image.as_str(),
        container.sdk.as_str(),
    )
    .port_configuration(container_group_definition::PortConfiguration::new(ports));
    gamelift::ContainerGroupDefinition::new(
        name,
        container_group_definition::OperatingSystem::AmazonLinux2023,
        i64::try_from(container.memory_mib).unwrap_or(i64::MAX),
    )
    .total_vcpu_limit(container.vcpu)
    .game_server_container_definition(server)
}

fn sized(
    resource: gamelift::ContainerFleet,
    region: &str,
    fleet: &Fleet,
    container: &Container,
) -> gamelift::ContainerFleet {
    let locations = std::iter::once(region).chain(fleet.locations.iter().map(String::as_str));
    let resource = resource
        .instance_type(container.instance.as_str())
        .billing_type(if container.spot {
            container_fleet::BillingType::Spot
        } else {
            container_fleet::BillingType::OnDemand
        })
        .locations(
            locations
                .map(|location| location_capacity(location, &fleet.capacity))
                .collect::<Vec<_>>(),
        )
        .new_game_session_protection_policy(if fleet.protect_sessions {
            Protection::FullProtection
        } else {
            Protection::NoProtection
        });
    let Some(percent) = fleet.capacity.keep_available else {
        return resource;
    };
    let target = container_fleet::TargetConfiguration::new(f64::from(percent));
    resource.scaling_policies(vec![
        container_fleet::ScalingPolicy::new("keep-available")
            .metric_name(container_fleet::MetricName::PercentAvailableGameSessions)
            .policy_type(container_fleet::PolicyType::TargetBased)
            .target_configuration(target),
    ])
}

fn container_ports(ports: &PortRange) -> container_group_definition::ContainerPortRange {
    let protocol = match ports.protocol {
        Protocol::Tcp => container_group_definition::Protocol::Tcp,
        Protocol::Udp => container_group_definition::Protocol::Udp,
    };
    container_group_definition::ContainerPortRange::new(
        i64::from(ports.from),
        protocol,
        i64::from(ports.to),
    )
}

fn location_capacity(
    location: &str,
    capacity: &Capacity,
) -> container_fleet::LocationConfiguration {
    container_fleet::LocationConfiguration::new(location).location_capacity(
        container_fleet::LocationCapacity::new(i64::from(capacity.max))
            .min_size(i64::from(capacity.min))
            .desired_ec2_instances(i64::from(capacity.desired)),
    )
}
