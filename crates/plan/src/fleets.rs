//! The stack of one fleet region: builds, fleets, aliases, scaling, fleet alarms.

use cloudformation::gamelift::build::OperatingSystem;
use cloudformation::gamelift::fleet;
use cloudformation::intrinsic::{get_att, reference};
use cloudformation::{Value, gamelift, iam};
use topology::environment::{
    Build, BuildSource, Capacity, Environment, Fleet, FleetRegion, Host, Launch, PortRange,
    Protocol,
};

use crate::monitoring::{Comparison, Metric, Statistic, alarm};
use crate::naming::{logical_id, physical_name};
use crate::stack::StackBuilder;
use crate::{Artifact, PlanError, PlannedStack, StackRole, containers, policy};

/// Server processes of instances are told to start a session and given this long to do it, seconds.
const ACTIVATION_TIMEOUT: i64 = 300;

/// Name of an environment's fleet stack.
pub(crate) fn stack_name(environment: &Environment) -> String {
    physical_name(environment, "fleets")
}

/// Name of the output with the ARN of a fleet's alias, or of the fleet itself where it has no alias.
pub(crate) fn destination_output(fleet: &str) -> String {
    logical_id(&[fleet, "destination", "arn"])
}

pub(crate) fn plan(
    environment: &Environment,
    region: &str,
    contents: &FleetRegion,
) -> Result<PlannedStack, PlanError> {
    let description = format!(
        "Game server fleets of {} ({}) in {region}",
        environment.topology, environment.name
    );
    let mut stack = StackBuilder::new(environment, stack_name(environment), region, &description);
    add_builds(&mut stack, contents)?;
    for (name, fleet) in &contents.fleets {
        match &fleet.host {
            Host::Ec2 {
                build,
                instance,
                spot,
                launch,
            } => {
                let managed = managed_fleet(&stack, name, fleet, launch)
                    .build_id(reference(logical_id(&[build, "build"])))
                    .ec2_instance_type(instance.as_str())
                    .fleet_type(if *spot {
                        fleet::FleetType::Spot
                    } else {
                        fleet::FleetType::OnDemand
                    });
                stack.add(&logical_id(&[name, "fleet"]), managed);
                add_alias(&mut stack, name);
            }
            Host::Anywhere { cost } => {
                add_anywhere(&mut stack, name, fleet, cost.as_deref());
                add_alias(&mut stack, name);
            }
            Host::Container(container) => containers::add(&mut stack, name, fleet, container),
        }
        add_alarms(&mut stack, name, fleet);
    }
    stack.finish(StackRole::Fleets)
}

fn add_builds(stack: &mut StackBuilder<'_>, contents: &FleetRegion) -> Result<(), PlanError> {
    let mut readable = Vec::new();
    for (name, build) in &contents.builds {
        let (bucket, key): (Value<String>, Value<String>) = match &build.source {
            BuildSource::Files(files) => {
                let artifact = Artifact::Build {
                    name: name.clone(),
                    files: files.clone(),
                };
                let key = stack.takes_artifact(
                    &logical_id(&[name, "build", "key"]),
                    "Key of the build's archive",
                    artifact,
                );
                let bucket = stack.takes_artifact_bucket();
                readable.push(policy::sub(
                    "arn:${AWS::Partition}:s3:::${ArtifactBucket}/builds/*",
                ));
                (bucket.into(), key.into())
            }
            BuildSource::S3 { bucket, key } => {
                readable.push(policy::sub(&format!(
                    "arn:${{AWS::Partition}}:s3:::{bucket}/{key}"
                )));
                (bucket.as_str().into(), key.as_str().into())
            }
        };
        let build = build_resource(stack.environment, name, build, bucket, key)?;
        stack.add(&logical_id(&[name, "build"]), build);
    }
    if !readable.is_empty() {
        readable.sort_by_key(ToString::to_string);
        readable.dedup();
        let read = policy::document(&[policy::allow(
            &["s3:GetObject", "s3:GetObjectVersion"],
            &readable,
        )]);
        let role = iam::Role::new(policy::trusts("gamelift.amazonaws.com"))
            .policies(vec![iam::role::Policy::new(read, "ReadBuilds")]);
        stack.add("BuildRole", role);
    }
    Ok(())
}

fn build_resource(
    environment: &Environment,
    name: &str,
    build: &Build,
    bucket: Value<String>,
    key: Value<String>,
) -> Result<gamelift::Build, PlanError> {
    let os = OperatingSystem::from_name(&build.os).ok_or_else(|| PlanError::OperatingSystem {
        build: name.to_owned(),
        os: build.os.clone(),
    })?;
    // The service takes SDK 4.0.2 for a build that names none, so the version is never left out.
    Ok(gamelift::Build::new()
        .name(physical_name(environment, name))
        .operating_system(os)
        .server_sdk_version(build.sdk.as_str())
        .storage_location(gamelift::build::StorageLocation::new(
            bucket,
            key,
            get_att("BuildRole", "Arn"),
        )))
}

fn managed_fleet(
    stack: &StackBuilder<'_>,
    name: &str,
    fleet: &Fleet,
    launch: &[Launch],
) -> gamelift::Fleet {
    let locations =
        std::iter::once(stack.region.as_str()).chain(fleet.locations.iter().map(String::as_str));
    let resource = gamelift::Fleet::new(physical_name(stack.environment, name))
        .compute_type(fleet::ComputeType::Ec2)
        .runtime_configuration(runtime(launch))
        .ec2_inbound_permissions(fleet.ports.iter().map(inbound).collect::<Vec<_>>())
        .locations(
            locations
                .clone()
                .map(|location| location_capacity(location, &fleet.capacity))
                .collect::<Vec<_>>(),
        )
        .new_game_session_protection_policy(if fleet.protect_sessions {
            fleet::NewGameSessionProtectionPolicy::FullProtection
        } else {
            fleet::NewGameSessionProtectionPolicy::NoProtection
        })
        .certificate_configuration(fleet::CertificateConfiguration::new(if fleet.certificate {
            fleet::CertificateType::Generated
        } else {
            fleet::CertificateType::Disabled
        }))
        .apply_capacity(apply_capacity(&fleet.capacity));
    match fleet.capacity.keep_available {
        None => resource,
        Some(percent) => resource.scaling_policies(
            locations
                .map(|location| target_policy(location, percent))
                .collect::<Vec<_>>(),
        ),
    }
}

/// Without this CloudFormation ignores the capacity of locations when it creates a fleet; with automatic scaling the
/// desired count must only count at creation, or every update would undo what scaling did.
fn apply_capacity(capacity: &Capacity) -> fleet::ApplyCapacity {
    match capacity.keep_available {
        Some(_) => fleet::ApplyCapacity::OnCreateAndUpdateWithAutoscaling,
        None => fleet::ApplyCapacity::OnCreateAndUpdate,
    }
}

fn runtime(launch: &[Launch]) -> fleet::RuntimeConfiguration {
    let processes: Vec<_> = launch
        .iter()
        .map(|launch| {
            let process =
                fleet::ServerProcess::new(i64::from(launch.concurrent), launch.path.as_str());
            match &launch.parameters {
                Some(parameters) => process.parameters(parameters.as_str()),
                None => process,
            }
        })
        .collect();
    fleet::RuntimeConfiguration::new()
        .server_processes(processes)
        .game_session_activation_timeout_seconds(ACTIVATION_TIMEOUT)
}

fn inbound(ports: &PortRange) -> fleet::IpPermission {
    let protocol = match ports.protocol {
        Protocol::Tcp => fleet::Protocol::Tcp,
        Protocol::Udp => fleet::Protocol::Udp,
    };
    fleet::IpPermission::new(
        i64::from(ports.from),
        ports.cidr.as_str(),
        protocol,
        i64::from(ports.to),
    )
}

fn location_capacity(location: &str, capacity: &Capacity) -> fleet::LocationConfiguration {
    fleet::LocationConfiguration::new(location).location_capacity(
        fleet::LocationCapacity::new(i64::from(capacity.max))
            .min_size(i64::from(capacity.min))
            .desired_ec2_instances(i64::from(capacity.desired)),
    )
}

fn target_policy(location: &str, percent: u32) -> fleet::ScalingPolicy {
    fleet::ScalingPolicy::new(format!("keep-available-{location}"))
        .metric_name(fleet::MetricName::PercentAvailableGameSessions)
        .policy_type(fleet::PolicyType::TargetBased)
        .target_configuration(fleet::TargetConfiguration::new(f64::from(percent)))
        .location(location)
}

fn add_anywhere(stack: &mut StackBuilder<'_>, name: &str, fleet: &Fleet, cost: Option<&str>) {
    let mut locations = Vec::new();
    for location in &fleet.locations {
        let id = logical_id(&[location, "location"]);
        stack.add(&id, gamelift::Location::new(location.as_str()));
        locations.push(fleet::LocationConfiguration::new(reference(id)));
    }
    let mut resource = gamelift::Fleet::new(physical_name(stack.environment, name))
        .compute_type(fleet::ComputeType::Anywhere)
        .locations(locations);
    if let Some(cost) = cost {
        resource = resource.anywhere_configuration(fleet::AnywhereConfiguration::new(cost));
    }
    stack.add(&logical_id(&[name, "fleet"]), resource);
}

/// Queues address the alias, so that a fleet can be replaced without touching the queue.
fn add_alias(stack: &mut StackBuilder<'_>, name: &str) {
    let (fleet, alias) = (logical_id(&[name, "fleet"]), logical_id(&[name, "alias"]));
    let routing = gamelift::alias::RoutingStrategy::new(gamelift::alias::Type::Simple)
        .fleet_id(reference(&fleet));
    stack.add(
        &alias,
        gamelift::Alias::new(physical_name(stack.environment, name), routing),
    );
    stack.output(
        &logical_id(&[name, "fleet", "id"]),
        &format!("Id of fleet {name}"),
        reference(fleet),
    );
    stack.output(
        &destination_output(name),
        &format!("ARN of the alias of fleet {name}"),
        get_att(alias, "AliasArn"),
    );
}

fn add_alarms(stack: &mut StackBuilder<'_>, name: &str, fleet: &Fleet) {
    if stack.environment.monitoring.alarms.is_none() || fleet.capacity.max == 0 {
        return;
    }
    if matches!(fleet.host, Host::Anywhere { .. }) {
        return;
    }
    let metric = Metric {
        namespace: "AWS/GameLift",
        name: "AvailableGameSessions",
        dimensions: vec![("FleetId", reference(logical_id(&[name, "fleet"])).into())],
        statistic: Statistic::Maximum,
        minutes: 15,
    };
    let description =
        format!("Fleet {name} has had no room for another game session for 15 minutes");
    let resource = alarm(stack, &description, &metric, Comparison::Below(1.0));
    stack.add(&logical_id(&[name, "full", "alarm"]), resource);
}
