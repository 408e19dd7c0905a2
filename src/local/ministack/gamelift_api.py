"""Calls of the GameLift API, from CloudFormation properties.

CloudFormation is looser than the API: numbers come as strings, and properties may be meant for another
operation. What an operation doesn't know is left out here, and what it knows gets the type it wants.
"""

import threading

# A region's client is made once: loading the API model takes longer than a whole deployment.
_clients = {}
_lock = threading.Lock()
_endpoint = None


def use_endpoint(endpoint):
    global _endpoint
    _endpoint = endpoint


def endpoint():
    return _endpoint


def session():
    import botocore.session

    with _lock:
        if "session" not in _clients:
            _clients["session"] = botocore.session.get_session()
        return _clients["session"]


def client():
    """The client for the region of the stack that is being worked on."""
    from botocore.config import Config
    from ministack.core.responses import get_region

    region = get_region()
    if region not in _clients:
        settings = Config(retries={"max_attempts": 1}, read_timeout=60, max_pool_connections=32)
        made = session().create_client(
            "gamelift",
            region_name=region,
            endpoint_url=_endpoint,
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=settings,
        )
        with _lock:
            _clients.setdefault(region, made)
    return _clients[region]


def call(operation, parameters):
    """Calls an operation with those of the parameters that it knows."""
    from botocore import xform_name

    caller = client()
    shape = caller.meta.service_model.operation_model(operation).input_shape
    return getattr(caller, xform_name(operation))(**fitted(shape, parameters))


def call_unless_gone(operation, parameters):
    """Calls an operation; answers None when the resource does not exist."""
    try:
        return call(operation, parameters)
    except client().exceptions.NotFoundException:
        return None


def knows(operation, member):
    """Whether an operation has a member of that name."""
    model = client().meta.service_model.operation_model(operation)
    return member in model.input_shape.members


def fitted(shape, value):
    """A property as the API wants it."""
    kind = shape.type_name
    if kind == "structure":
        return {name: fitted(shape.members[name], part) for name, part in value.items() if name in shape.members}
    if kind == "map":
        return {name: fitted(shape.value, part) for name, part in value.items()}
    if kind == "list":
        return [fitted(shape.member, part) for part in (value if isinstance(value, list) else [value])]
    if kind in ("integer", "long"):
        return int(value)
    if kind in ("double", "float"):
        return float(value)
    if kind == "boolean":
        return str(value).lower() == "true"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, (int, float)) else value
