"""The parts of a fleet that have operations of their own: ports, locations, capacity and scaling policies.

Each function gets a fleet's old and new properties and makes the calls that lead from one to the other.
"""

import time

import gamelift_api as api

POLL_SECONDS = 0.05
SIZES = {"MinSize": "MinSize", "MaxSize": "MaxSize", "DesiredEC2Instances": "DesiredInstances"}
ON_CREATE = ("ON_CREATE_AND_UPDATE", "ON_CREATE_AND_UPDATE_WITH_AUTOSCALING")
# Parts of the codes of events that tell of trouble.
TROUBLES = ("CRASHED", "FAILED", "GENERIC", "INVALID", "NOT_FOUND", "TIMED_OUT", "TIMEOUT")
# What drift detection reads besides a fleet's attributes.
READABLE = {"EC2InboundPermissions", "EC2InstanceType", "RuntimeConfiguration"}


# --- Ports -------------------------------------------------------------------------------------------------


def permission_changes(old, new, property_name, parameter):
    """The authorizations and revocations that lead from the old permissions to the new ones."""
    before, after = (_normal(properties.get(property_name)) for properties in (old, new))
    added = [permission for permission in after if permission not in before]
    removed = [permission for permission in before if permission not in after]
    changes = {f"{parameter}Authorizations": added, f"{parameter}Revocations": removed}
    return {name: value for name, value in changes.items() if value}


def _normal(permissions):
    """Ports as numbers, so that "7000" and 7000 are one permission."""
    return [
        {**permission, "FromPort": int(permission["FromPort"]), "ToPort": int(permission["ToPort"])}
        for permission in permissions or ()
    ]


def change_ports(fleet, old, new):
    changes = permission_changes(old, new, "EC2InboundPermissions", "InboundPermission")
    if changes:
        api.call("UpdateFleetPortSettings", {"FleetId": fleet, **changes})


# --- Locations ---------------------------------------------------------------------------------------------


def _locations(properties):
    return {location["Location"]: location for location in properties.get("Locations") or ()}


def change_locations(fleet, old, new):
    before, after = _locations(old), _locations(new)
    existing = _location_states(fleet)
    added = [name for name in after if name not in before and name not in existing]
    removed = [name for name in before if name not in after and name in existing]
    if added:
        api.call("CreateFleetLocations", {"FleetId": fleet, "Locations": [{"Location": name} for name in added]})
        while any(_location_states(fleet).get(name) != "ACTIVE" for name in added):
            time.sleep(POLL_SECONDS)
    if removed:
        api.call("DeleteFleetLocations", {"FleetId": fleet, "Locations": removed})
        while any(name in _location_states(fleet) for name in removed):
            time.sleep(POLL_SECONDS)


def _location_states(fleet):
    states, token = {}, None
    while True:
        page = {"NextToken": token} if token else {}
        answer = api.call("DescribeFleetLocationAttributes", {"FleetId": fleet, **page})
        for entry in answer["LocationAttributes"]:
            states[entry["LocationState"]["Location"]] = entry["LocationState"]["Status"]
        token = answer.get("NextToken")
        if not token:
            return states


def change_stopped_actions(fleet, old, new):
    before, after = _locations(old), _locations(new)
    for name, location in after.items():
        was = set(before.get(name, {}).get("StoppedActions") or ())
        wanted = set(location.get("StoppedActions") or ())
        where = {"FleetId": fleet, "Location": name}
        if wanted - was:
            api.call("StopFleetActions", {**where, "Actions": sorted(wanted - was)})
        if was - wanted:
            api.call("StartFleetActions", {**where, "Actions": sorted(was - wanted)})


# --- Capacity ----------------------------------------------------------------------------------------------


def set_initial_capacity(fleet, properties, always=False):
    """The deprecated sizes of the home region count from the start, those of locations only when asked for."""
    _set_capacity(fleet, None, properties)
    if always or properties.get("ApplyCapacity") in ON_CREATE:
        for name, location in _locations(properties).items():
            _set_capacity(fleet, name, location.get("LocationCapacity") or {})


def change_capacity(fleet, old, new):
    names = (*SIZES, "ManagedCapacityConfiguration")
    if any(old.get(name) != new.get(name) for name in names):
        _set_capacity(fleet, None, new)
    before = _locations(old)
    # With automatic scaling the policies decide on the number of instances after creation.
    scaled = new.get("ApplyCapacity") == "ON_CREATE_AND_UPDATE_WITH_AUTOSCALING" or new.get("ScalingPolicies")
    for name, location in _locations(new).items():
        capacity = dict(location.get("LocationCapacity") or {})
        if capacity == (before.get(name, {}).get("LocationCapacity") or {}):
            continue
        if scaled and name in before:
            capacity.pop("DesiredEC2Instances", None)
        _set_capacity(fleet, name, capacity)


def _set_capacity(fleet, location, capacity):
    sizes = {SIZES[name]: capacity[name] for name in SIZES if name in capacity}
    if "ManagedCapacityConfiguration" in capacity:
        sizes["ManagedCapacityConfiguration"] = capacity["ManagedCapacityConfiguration"]
    if not sizes:
        return
    where = {"FleetId": fleet} if location is None else {"FleetId": fleet, "Location": location}
    api.call("UpdateFleetCapacity", {**where, **sizes})


# --- Scaling policies --------------------------------------------------------------------------------------


def change_scaling_policies(fleet, old, new):
    before, after = (
        {policy["Name"]: policy for policy in properties.get("ScalingPolicies") or ()} for properties in (old, new)
    )
    for name, policy in after.items():
        if before.get(name) != policy:
            api.call("PutScalingPolicy", {**policy, "FleetId": fleet})
    for name in before.keys() - after.keys():
        api.call_unless_gone("DeleteScalingPolicy", {"FleetId": fleet, "Name": name})


# --- Deletion and drift ------------------------------------------------------------------------------------


def delete(operation, fleet):
    """Deletes a fleet as soon as it can be: a rollback may come while it is still being created."""
    from botocore.exceptions import ClientError

    while True:
        try:
            api.call_unless_gone(operation, {"FleetId": fleet})
            return
        except ClientError as error:
            if "is in status DELETING" in str(error):
                return
            if "is in status" not in str(error):
                raise
        time.sleep(POLL_SECONDS)


def troubles(fleet):
    """The events of a fleet that tell why it is in no good state, each as code and message."""
    answer = api.call_unless_gone("DescribeFleetEvents", {"FleetId": fleet}) or {"Events": ()}
    events = ((event["EventCode"], event["Message"]) for event in answer["Events"])
    return [f"{code}: {message}." for code, message in events if any(part in code for part in TROUBLES)]


def current_settings(fleet, record):
    """The settings of a fleet that its attributes don't show."""
    settings = {"EC2InstanceType": record.get("InstanceType")}
    if record.get("ComputeType") == "EC2":
        ports = api.call("DescribeFleetPortSettings", {"FleetId": fleet})
        runtime = api.call("DescribeRuntimeConfiguration", {"FleetId": fleet})
        settings["EC2InboundPermissions"] = ports["InboundPermissions"]
        settings["RuntimeConfiguration"] = runtime["RuntimeConfiguration"]
    return settings
