//! What can be set on a running fleet: open ports and the processes on each instance.

use serde_json::{Value, json};

use super::{Table, fleet_rules};
use crate::error::{Answer, ApiError};
use crate::world::{Call, Hosting, World, answer};

pub(super) const OPERATIONS: Table = &[
    ("DescribeFleetPortSettings", describe_ports),
    ("UpdateFleetPortSettings", update_ports),
    ("DescribeRuntimeConfiguration", describe_runtime),
    ("UpdateRuntimeConfiguration", update_runtime),
];

/// The most port permissions that a fleet can have.
const MOST_PERMISSIONS: usize = 50;

fn describe_ports(world: &mut World, call: &Call) -> Answer {
    let fleet = world
        .region(call)
        .fleets
        .find(call.input.text("FleetId")?)?;
    let mut ports = fleet.header();
    if let Some(name) = call.input.text_or_none("Location") {
        fleet.location(Some(name))?;
        ports.insert("Location".to_owned(), name.into());
    }
    ports.insert(
        "InboundPermissions".to_owned(),
        fleet.permissions.clone().into(),
    );
    Ok(Value::Object(ports))
}

fn update_ports(world: &mut World, call: &Call) -> Answer {
    let fleet = world
        .region(call)
        .fleets
        .find_mut(call.input.text("FleetId")?)?;
    if fleet.hosting == Hosting::Anywhere {
        return Err(ApiError::invalid("Anywhere fleets have no port settings"));
    }
    let revoked = call.input.list("InboundPermissionRevocations");
    let authorized = call.input.list("InboundPermissionAuthorizations");
    fleet.permissions = changed_permissions(&fleet.permissions, revoked, authorized)?;
    Ok(Value::Object(fleet.header()))
}

/// The permissions after a change; those that are authorized again are kept once.
pub(super) fn changed_permissions(
    current: &[Value],
    revoked: &[Value],
    authorized: &[Value],
) -> Answer<Vec<Value>> {
    if let Some(missing) = revoked
        .iter()
        .find(|permission| !current.contains(permission))
    {
        return Err(ApiError::invalid(format!(
            "permission {missing} can't be revoked: the fleet doesn't have it"
        )));
    }
    let mut changed: Vec<_> = current
        .iter()
        .filter(|permission| !revoked.contains(permission))
        .cloned()
        .collect();
    let new = authorized
        .iter()
        .filter(|permission| !changed.contains(permission))
        .cloned()
        .collect::<Vec<_>>();
    changed.extend(new);
    if changed.len() > MOST_PERMISSIONS {
        return Err(ApiError::invalid(format!(
            "a fleet can have at most {MOST_PERMISSIONS} inbound permissions"
        )));
    }
    Ok(changed)
}

fn describe_runtime(world: &mut World, call: &Call) -> Answer {
    let fleet = world
        .region(call)
        .fleets
        .find(call.input.text("FleetId")?)?;
    Ok(answer("RuntimeConfiguration", fleet.runtime.clone()))
}

fn update_runtime(world: &mut World, call: &Call) -> Answer {
    let runtime = call.input.get("RuntimeConfiguration");
    fleet_rules::check_processes(runtime)?;
    let fleet = world
        .region(call)
        .fleets
        .find_mut(call.input.text("FleetId")?)?;
    fleet.runtime = runtime.cloned().unwrap_or_else(|| json!({}));
    Ok(answer("RuntimeConfiguration", fleet.runtime.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn permission(port: u16) -> Value {
        json!({ "FromPort": port, "ToPort": port, "IpRange": "0.0.0.0/0", "Protocol": "UDP" })
    }

    #[test]
    fn permissions_are_revoked_and_authorized_in_one_step() {
        let changed = changed_permissions(
            &[permission(1), permission(2)],
            &[permission(1)],
            &[permission(3)],
        );
        assert_eq!(changed, Ok(vec![permission(2), permission(3)]));
    }

    #[test]
    fn permission_is_never_held_twice() {
        assert_eq!(
            changed_permissions(&[permission(1)], &[], &[permission(1)]),
            Ok(vec![permission(1)])
        );
    }

    #[test]
    fn unknown_permission_cannot_be_revoked() {
        assert!(changed_permissions(&[], &[permission(1)], &[]).is_err());
    }
}
