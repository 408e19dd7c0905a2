//! What a fleet must have before GameLift creates it.

use serde_json::Value;

use crate::error::{Answer, ApiError, ErrorKind};
use crate::input::Input;
use crate::lifecycle::Course;
use crate::world::{Region, text};

const CUSTOM_PREFIX: &str = "custom-";

/// Servers per instance, over all launch paths.
const MOST_PROCESSES: i64 = 50;

/// Refuses an EC2 fleet that lacks something or contradicts itself.
pub(super) fn check_ec2(input: &Input, region: &Region) -> Answer<()> {
    match (
        input.text_or_none("BuildId"),
        input.text_or_none("ScriptId"),
    ) {
        (Some(build), None) => {
            let build = region.builds.find(build)?;
            if text(build, "Status") != "READY" {
                let message = format!("build `{}` is not READY", text(build, "BuildId"));
                return Err(ApiError::new(ErrorKind::NotReady, message));
            }
        }
        (None, Some(script)) => {
            region.scripts.find(script)?;
        }
        _ => {
            return Err(ApiError::invalid(
                "exactly one of `BuildId` and `ScriptId` is required",
            ));
        }
    }
    input.text("EC2InstanceType")?;
    if !input.has("RuntimeConfiguration") && !input.has("ServerLaunchPath") {
        return Err(ApiError::invalid("`RuntimeConfiguration` is required"));
    }
    check_processes(input.get("RuntimeConfiguration"))?;
    match location_names(input).find(|name| name.starts_with(CUSTOM_PREFIX)) {
        Some(name) => Err(ApiError::invalid(format!(
            "location `{name}` is a custom one, for Anywhere fleets only"
        ))),
        None => Ok(()),
    }
}

/// Refuses an Anywhere fleet that names what only managed fleets have, or no location.
pub(super) fn check_anywhere(input: &Input, region: &Region) -> Answer<()> {
    let managed = [
        "BuildId",
        "ScriptId",
        "EC2InstanceType",
        "EC2InboundPermissions",
        "FleetType",
        "RuntimeConfiguration",
    ];
    if let Some(member) = managed.into_iter().find(|member| input.has(member)) {
        return Err(ApiError::invalid(format!(
            "`{member}` is not for fleets with ComputeType ANYWHERE"
        )));
    }
    if input.list("Locations").is_empty() {
        return Err(ApiError::invalid(
            "a fleet with ComputeType ANYWHERE needs a custom location",
        ));
    }
    location_names(input).try_for_each(|name| region.locations.find(name).map(|_| ()))
}

/// Refuses a runtime configuration with more processes than an instance takes.
pub(super) fn check_processes(runtime: Option<&Value>) -> Answer<()> {
    let Some(runtime) = runtime else {
        return Ok(());
    };
    match processes(runtime) {
        0 => Err(ApiError::invalid(
            "`RuntimeConfiguration` needs at least one of `ServerProcesses`",
        )),
        count if count > MOST_PROCESSES => Err(ApiError::invalid(format!(
            "an instance runs at most {MOST_PROCESSES} server processes, not {count}"
        ))),
        _ => Ok(()),
    }
}

/// How many servers a runtime configuration starts on an instance.
pub(super) fn processes(runtime: &Value) -> i64 {
    servers(runtime)
        .filter_map(|server| server.get("ConcurrentExecutions")?.as_i64())
        .sum()
}

/// How a fleet with these launch paths will fare.
pub(super) fn course(input: &Input) -> Course {
    let installed = |path: &str| {
        path.starts_with("/local/game/") || path.to_ascii_lowercase().starts_with("c:\\game")
    };
    let runtime = input.get("RuntimeConfiguration").unwrap_or(&Value::Null);
    let paths = servers(runtime).filter_map(|server| server.get("LaunchPath")?.as_str());
    // Scripts are launched by file name, without a directory.
    let mut paths = paths.chain(input.text_or_none("ServerLaunchPath"));
    if input.has("ScriptId") || paths.all(installed) {
        Course::Ec2
    } else {
        Course::Ec2WithoutExecutable
    }
}

/// The names in `Locations`.
pub(super) fn location_names(input: &Input) -> impl Iterator<Item = &str> {
    input
        .list("Locations")
        .iter()
        .filter_map(|location| location.get("Location")?.as_str())
}

fn servers(runtime: &Value) -> impl Iterator<Item = &Value> {
    runtime
        .get("ServerProcesses")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}
