"""AWS::GameLift::* for MiniStack's CloudFormation, backed by a GameLift service at another port.

Handlers get the properties of a template with every reference resolved, and answer with the physical id and the
attributes that Ref and GetAtt show. GameLift requests that arrive at MiniStack's own port are passed on.
"""

import asyncio
import time
import urllib.error
import urllib.request

import gamelift_api as api
import gamelift_fleets as fleets

PREFIX = "AWS::GameLift::"
POLL_SECONDS = 0.05
# Far above what the local service takes; a service set to AWS's own pace takes 20 minutes for a fleet.
PATIENCE_SECONDS = 3600


class NotStabilized(Exception):
    """What CloudFormation says when a resource ends in a failed state or in none.

    AWS says no more than that. Here follows the trouble that the resource had: it is deleted, and its events with it.
    """

    def __init__(self, kind, physical_id, trouble=""):
        super().__init__(
            f"Resource of type '{PREFIX}{kind}' with identifier '{physical_id}' did not stabilize.{trouble}"
        )


class ResourceType:
    """One resource type: which operations make, read, change and delete it."""

    # Property names that differ from the API's.
    renamed = {}
    # States in which a resource is ready, failed, or still on its way; None for types without a state.
    ready, failed = None, ()

    def __init__(self, kind, *, id_member, record, read, attributes, key=None, named=None, update=True):
        self.kind = kind
        self.id_member = id_member
        self.record = record
        self.read_operation, self.read_argument, self.read_member = read
        self.attribute_members = attributes
        self.key = key or id_member
        self.named = named
        self.update_operation = f"Update{kind}" if update else None

    # -- what MiniStack calls

    def create(self, logical_id, properties, stack_name):
        physical_id = self.create_record(properties)
        try:
            self.wait_ready(physical_id)
            self.created(physical_id, properties)
            return physical_id, self.attributes(physical_id)
        except Exception:
            # CloudFormation never learns this id, so nothing else would delete it.
            self.delete(physical_id, properties)
            raise

    def update(self, physical_id, old, new, stack_name, logical_id=None):
        self.change(physical_id, old, new)
        self.wait_ready(physical_id)
        self.change_tags(physical_id, old.get("Tags"), new.get("Tags"))
        return physical_id, self.attributes(physical_id)

    def delete(self, physical_id, properties):
        api.call_unless_gone(f"Delete{self.kind}", {self.id_member: physical_id})

    def adopt(self, identifier):
        physical_id = next(iter(identifier.values()))
        return physical_id, self.attributes(physical_id)

    def drift(self, physical_id, properties):
        """The current values of the template's properties; None when the resource is gone."""
        record = self.read(physical_id)
        if record is None:
            return None
        found = self.current_properties(physical_id, record)
        return {name: found[name] for name in properties if name in found}

    # -- what types may do differently

    def trouble(self, physical_id):
        """What went wrong with a resource that did not get ready, in words."""
        return ""

    def create_record(self, properties):
        return api.call(f"Create{self.kind}", self.parameters(properties))[self.record][self.key]

    def created(self, physical_id, properties):
        """What a resource still needs once it is ready."""

    def change(self, physical_id, old, new):
        if self.update_operation and self.differs(self.update_operation, old, new):
            api.call(self.update_operation, self.parameters(new, **{self.id_member: physical_id}))

    def current_properties(self, physical_id, record):
        names = {member: name for name, member in self.renamed.items()}
        return {names.get(member, member): plain(value) for member, value in record.items()}

    # -- shared

    def parameters(self, properties, **more):
        return {self.renamed.get(name, name): value for name, value in properties.items()} | more

    def differs(self, operation, old, new):
        """Whether a property that this operation takes has changed."""
        before, after = (self.parameters(properties) for properties in (old, new))
        names = (name for name in before.keys() | after.keys() if name != "Tags")
        return any(before.get(name) != after.get(name) and api.knows(operation, name) for name in names)

    def read(self, physical_id):
        argument = self.read_argument
        value = [physical_id] if argument and argument.endswith("s") else physical_id
        answer = api.call_unless_gone(self.read_operation, {argument: value} if argument else {})
        found = (answer or {}).get(self.read_member)
        if isinstance(found, list):
            return next((record for record in found if record.get(self.key) == physical_id), None)
        return found

    def wait_ready(self, physical_id):
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self.ready is not None:
            record = self.read(physical_id)
            state = (record or {}).get("Status")
            if state == self.ready:
                return
            if record is None or state in self.failed or time.monotonic() > deadline:
                raise NotStabilized(self.kind, physical_id, self.trouble(physical_id))
            time.sleep(POLL_SECONDS)

    def wait_gone(self, physical_id):
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self.read(physical_id) is not None:
            if time.monotonic() > deadline:
                raise NotStabilized(self.kind, physical_id)
            time.sleep(POLL_SECONDS)

    def attributes(self, physical_id):
        """All attributes, always: one that is missing is one that GetAtt refuses."""
        record = self.read(physical_id)
        if record is None:
            raise ValueError(f"{PREFIX}{self.kind} {physical_id} does not exist")
        return {name: plain(record.get(member, "")) for name, member in self.attribute_members.items()}

    def change_tags(self, physical_id, old, new):
        if old == new:
            return
        arn_member = next(member for member in self.attribute_members.values() if member.endswith("Arn"))
        arn = self.read(physical_id)[arn_member]
        kept = {tag["Key"] for tag in new or ()}
        gone = [tag["Key"] for tag in old or () if tag["Key"] not in kept]
        if gone:
            api.call("UntagResource", {"ResourceARN": arn, "TagKeys": gone})
        if new:
            api.call("TagResource", {"ResourceARN": arn, "Tags": new})


class Build(ResourceType):
    ready, failed = "READY", ("FAILED",)


class ContainerGroupDefinition(ResourceType):
    ready, failed = "READY", ("FAILED",)


class Fleet(ResourceType):
    """EC2 and Anywhere fleets. Their parts each have an operation of their own."""

    renamed = {"InstanceRoleARN": "InstanceRoleArn"}
    ready, failed = "ACTIVE", ("ERROR", "DELETING", "TERMINATED")

    def created(self, physical_id, properties):
        fleets.set_initial_capacity(physical_id, properties)
        fleets.change_scaling_policies(physical_id, {}, properties)

    def change(self, physical_id, old, new):
        if self.differs("UpdateFleetAttributes", old, new):
            api.call("UpdateFleetAttributes", self.parameters(new, FleetId=physical_id))
        if old.get("RuntimeConfiguration") != new.get("RuntimeConfiguration") and new.get("RuntimeConfiguration"):
            api.call("UpdateRuntimeConfiguration", self.parameters(new, FleetId=physical_id))
        fleets.change_ports(physical_id, old, new)
        fleets.change_locations(physical_id, old, new)
        fleets.change_capacity(physical_id, old, new)
        fleets.change_scaling_policies(physical_id, old, new)

    def trouble(self, physical_id):
        return "".join(f" {event}" for event in fleets.troubles(physical_id))

    def delete(self, physical_id, properties):
        fleets.delete("DeleteFleet", physical_id)
        self.wait_gone(physical_id)

    def current_properties(self, physical_id, record):
        return super().current_properties(physical_id, record) | fleets.current_settings(physical_id, record)


class ContainerFleet(ResourceType):
    ready, failed = "ACTIVE", ("DELETING", "EXPIRED")

    def created(self, physical_id, properties):
        fleets.set_initial_capacity(physical_id, properties, always=True)
        fleets.change_stopped_actions(physical_id, {}, properties)
        fleets.change_scaling_policies(physical_id, {}, properties)

    def change(self, physical_id, old, new):
        changed = {name: value for name, value in new.items() if old.get(name) != value}
        changed |= fleets.permission_changes(old, new, "InstanceInboundPermissions", "InstanceInboundPermission")
        if "PerInstanceContainerGroupDefinitionName" in old.keys() - new.keys():
            changed["RemoveAttributes"] = ["PER_INSTANCE_CONTAINER_GROUP_DEFINITION"]
        if any(api.knows("UpdateContainerFleet", name) for name in changed):
            # Applies to the deployment that this update starts; alone it would start none.
            changed.setdefault("DeploymentConfiguration", new.get("DeploymentConfiguration", {}))
            api.call("UpdateContainerFleet", {**changed, "FleetId": physical_id})
            self.wait_ready(physical_id)
        fleets.change_locations(physical_id, old, new)
        fleets.change_capacity(physical_id, old, new)
        fleets.change_stopped_actions(physical_id, old, new)
        fleets.change_scaling_policies(physical_id, old, new)

    def delete(self, physical_id, properties):
        fleets.delete("DeleteContainerFleet", physical_id)
        self.wait_gone(physical_id)


def plain(value):
    """A value as a template would write it."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value


def same(*names):
    return {name: name for name in names}


TYPES = (
    Build(
        "Build",
        id_member="BuildId",
        record="Build",
        read=("DescribeBuild", "BuildId", "Build"),
        attributes=same("BuildId", "BuildArn"),
    ),
    ResourceType(
        "Script",
        id_member="ScriptId",
        record="Script",
        read=("DescribeScript", "ScriptId", "Script"),
        attributes={"Id": "ScriptId", "Arn": "ScriptArn", "CreationTime": "CreationTime", "SizeOnDisk": "SizeOnDisk"},
    ),
    Fleet(
        "Fleet",
        id_member="FleetId",
        record="FleetAttributes",
        read=("DescribeFleetAttributes", "FleetIds", "FleetAttributes"),
        attributes=same("FleetId", "FleetArn"),
    ),
    ContainerFleet(
        "ContainerFleet",
        id_member="FleetId",
        record="ContainerFleet",
        read=("DescribeContainerFleet", "FleetId", "ContainerFleet"),
        attributes=same(
            "FleetId",
            "FleetArn",
            "Status",
            "CreationTime",
            "DeploymentDetails",
            "GameServerContainerGroupDefinitionArn",
            "PerInstanceContainerGroupDefinitionArn",
            "MaximumGameServerContainerGroupsPerInstance",
        ),
    ),
    ContainerGroupDefinition(
        "ContainerGroupDefinition",
        id_member="Name",
        record="ContainerGroupDefinition",
        read=("DescribeContainerGroupDefinition", "Name", "ContainerGroupDefinition"),
        attributes=same("ContainerGroupDefinitionArn", "CreationTime", "VersionNumber", "Status", "StatusReason"),
        named="Name",
    ),
    ResourceType(
        "Alias",
        id_member="AliasId",
        record="Alias",
        read=("DescribeAlias", "AliasId", "Alias"),
        attributes=same("AliasId", "AliasArn"),
    ),
    ResourceType(
        "Location",
        id_member="LocationName",
        record="Location",
        read=("ListLocations", None, "Locations"),
        attributes=same("LocationArn"),
        named="LocationName",
        update=False,
    ),
    ResourceType(
        "GameSessionQueue",
        id_member="Name",
        record="GameSessionQueue",
        read=("DescribeGameSessionQueues", "Names", "GameSessionQueues"),
        attributes={"Arn": "GameSessionQueueArn", "Name": "Name"},
        named="Name",
    ),
    ResourceType(
        "MatchmakingRuleSet",
        id_member="Name",
        record="RuleSet",
        read=("DescribeMatchmakingRuleSets", "Names", "RuleSets"),
        attributes={"Arn": "RuleSetArn", "Name": "RuleSetName", "CreationTime": "CreationTime"},
        key="RuleSetName",
        named="Name",
        update=False,
    ),
    ResourceType(
        "MatchmakingConfiguration",
        id_member="Name",
        record="Configuration",
        read=("DescribeMatchmakingConfigurations", "Names", "Configurations"),
        attributes={"Arn": "ConfigurationArn", "Name": "Name", "CreationTime": "CreationTime"},
        named="Name",
    ),
)


def readable_properties(resource_type):
    """The properties that drift detection can compare: those that Describe shows as Create takes them."""
    model = api.session().get_service_model("gamelift")
    output = model.operation_model(resource_type.read_operation).output_shape
    shape = output.members[resource_type.read_member]
    shape = shape.member if shape.type_name == "list" else shape
    taken = set(model.operation_model(f"Create{resource_type.kind}").input_shape.members)
    names = {member: name for name, member in resource_type.renamed.items()}
    shown = {names.get(member, member) for member in taken & set(shape.members)} - {"Tags"}
    return frozenset(shown | (fleets.READABLE if isinstance(resource_type, Fleet) else set()))


def register(resource_type):
    from ministack.services.cloudformation import changesets, drift, provisioners

    kind = PREFIX + resource_type.kind
    provisioners._RESOURCE_HANDLERS[kind] = {
        "create": resource_type.create,
        "update": resource_type.update,
        "delete": resource_type.delete,
        "import": resource_type.adopt,
        "update_with_logical_id": True,
    }
    drift._DRIFT_READERS[kind] = (resource_type.drift, readable_properties(resource_type))

    def import_problem(physical_id):
        if resource_type.read(physical_id) is None:
            return changesets._IMPORT_NOT_FOUND.format(type=kind, value=physical_id)
        return None

    changesets._IMPORT_LOOKUPS[kind] = ((resource_type.id_member,), import_problem)
    # GameLift refuses CloudFormation's own tags on fleets.
    if not isinstance(resource_type, Fleet):
        provisioners._STACK_TAG_PROPERTY[kind] = ("Tags", "list")
    if resource_type.named:
        provisioners._CUSTOM_NAME_REPLACEMENT[kind] = {"name": resource_type.named}


async def pass_on(method, path, headers, body, query):
    """Sends a GameLift request that reached MiniStack's port to where GameLift is, byte for byte."""
    dropped = ("host", "content-length", "transfer-encoding", "connection")
    shown = ("content-type", "smithy-protocol", "x-amzn-errortype", "x-amzn-requestid")
    kept = {name: value for name, value in headers.items() if name.lower() not in dropped}

    def send():
        request = urllib.request.Request(api.endpoint() + path, data=body, method=method, headers=kept)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.headers, refusal.read()

    try:
        status, answered, content = await asyncio.to_thread(send)
    except OSError:
        message = b'{"__type": "InternalServiceException", "message": "the GameLift service does not answer"}'
        return 503, {"Content-Type": "application/x-amz-json-1.1"}, message
    return status, {name: value for name, value in answered.items() if name.lower() in shown}, content


def let_gamelift_publish():
    """EventBridge takes events of AWS services from its own emulators only. GameLift's is outside."""
    from ministack.services import eventbridge

    put = eventbridge._put_events

    def put_events(data, allow_aws_source=False):
        sources = {entry.get("Source") for entry in data.get("Entries", [])}
        return put(data, allow_aws_source or sources == {"aws.gamelift"})

    eventbridge._put_events = put_events


def install(endpoint):
    import ministack.app
    from ministack.core import router
    from ministack.services.cloudformation import stacks

    api.use_endpoint(endpoint)
    for resource_type in TYPES:
        register(resource_type)
    # Handlers otherwise run on the event loop, and would wait there for a service that may call back.
    blocks = stacks._runs_on_worker_thread
    stacks._runs_on_worker_thread = lambda kind: kind.startswith(PREFIX) or blocks(kind)
    router.SERVICE_PATTERNS["gamelift"] = {"target_prefixes": ["GameLift."], "host_patterns": [r"gamelift\."]}
    ministack.app.SERVICE_HANDLERS["gamelift"] = pass_on
    let_gamelift_publish()
