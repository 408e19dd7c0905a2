"""Corrections to MiniStack 1.5.33 that a game backend needs.

Each section says what would go wrong without it. Nothing here knows GameLift.
"""

import json

# Accepted, remembered and never acted upon: the local cloud has nothing that they would apply to.
WITHOUT_EFFECT = (
    "AWS::CloudWatch::CompositeAlarm",
    "AWS::IAM::ServiceLinkedRole",
    "AWS::Logs::QueryDefinition",
    "AWS::ResourceGroups::Group",
    "AWS::ServiceCatalogAppRegistry::Application",
    "AWS::WAFv2::IPSet",
    "AWS::WAFv2::LoggingConfiguration",
    "AWS::WAFv2::WebACLAssociation",
    "AWS::ApiGateway::Account",
)

# How long a warm function is given to write its first log line, a further one, and all of them.
LOG_WAITS = (0.001, 0.001, 0.05)


def install(create_only):
    add_types_without_effect()
    accept_metric_math_alarms()
    apply_after("AWS::DynamoDB::Table", set_table_lifetimes)
    apply_after("AWS::Lambda::Function", set_function_limits)
    apply_after("AWS::Lambda::EventSourceMapping", set_mapping_state)
    know_create_only_properties(create_only)
    retry_failed_notifications()
    answer_warm_functions_at_once()


def handlers():
    from ministack.services.cloudformation import provisioners

    return provisioners._RESOURCE_HANDLERS


def truth(value):
    """A CloudFormation boolean, which may be a string."""
    return str(value).lower() == "true"


# --- Types that MiniStack refuses as unrecognized ----------------------------------------------------------


def without_effect(kind):
    from ministack.core.responses import get_account_id, get_region
    from ministack.services.cloudformation import provisioners

    service = kind.split("::")[1].lower()

    def attributes(name):
        return {"Arn": f"arn:aws:{service}:{get_region()}:{get_account_id()}:local/{name}", "Id": name}

    def create(logical_id, properties, stack_name):
        name = properties.get("Name") or properties.get("AlarmName")
        name = name or provisioners._physical_name(stack_name, logical_id)
        return name, attributes(name)

    def update(physical_id, old, new, stack_name):
        return physical_id, attributes(physical_id)

    def delete(physical_id, properties):
        return None

    return {"create": create, "update": update, "delete": delete}


def add_types_without_effect():
    for kind in WITHOUT_EFFECT:
        handlers().setdefault(kind, without_effect(kind))


# --- Alarms on metric math end in CREATE_FAILED ------------------------------------------------------------


def accept_metric_math_alarms():
    kind = "AWS::CloudWatch::Alarm"
    stock, accepted = handlers()[kind], without_effect(kind)

    def chosen(action, properties):
        return (accepted if "Metrics" in properties else stock)[action]

    def create(logical_id, properties, stack_name):
        return chosen("create", properties)(logical_id, properties, stack_name)

    def update(physical_id, old, new, stack_name, logical_id=None):
        if "Metrics" in new:
            if "Metrics" not in old:
                stock["delete"](physical_id, old)
            return accepted["update"](physical_id, old, new, stack_name)
        if "Metrics" in old:
            return stock["create"](logical_id, {**new, "AlarmName": physical_id}, stack_name)
        return stock["update"](physical_id, old, new, stack_name, logical_id)

    def delete(physical_id, properties):
        return chosen("delete", properties)(physical_id, properties)

    handlers()[kind] = {**stock, "create": create, "update": update, "delete": delete}


# --- Properties that stock handlers drop without a word ----------------------------------------------------


def apply_after(kind, apply):
    """Runs apply(physical id, properties) after the stock create and update of a type."""
    stock = handlers()[kind]
    changed = dict(stock)

    def create(logical_id, properties, stack_name):
        created = stock["create"](logical_id, properties, stack_name)
        apply(created[0], properties)
        return created

    def update(physical_id, old, new, *rest):
        updated = stock["update"](physical_id, old, new, *rest)
        apply(updated[0], new)
        return updated

    changed["create"] = create
    if "update" in stock:
        changed["update"] = update
    handlers()[kind] = changed


def set_table_lifetimes(name, properties):
    from ministack.services import dynamodb

    lifetime = properties.get("TimeToLiveSpecification") or {}
    dynamodb._ttl_settings[name] = {
        "TimeToLiveStatus": "ENABLED" if truth(lifetime.get("Enabled", False)) else "DISABLED",
        "AttributeName": lifetime.get("AttributeName", ""),
    }
    recovery = properties.get("PointInTimeRecoverySpecification") or {}
    dynamodb._pitr_settings[name] = truth(recovery.get("PointInTimeRecoveryEnabled", False))


def set_function_limits(name, properties):
    from ministack.services import lambda_svc

    function = lambda_svc._functions[name]
    reserved = properties.get("ReservedConcurrentExecutions")
    function["concurrency"] = None if reserved is None else int(reserved)
    if properties.get("DeadLetterConfig"):
        function["config"]["DeadLetterConfig"] = dict(properties["DeadLetterConfig"])
    else:
        function["config"].pop("DeadLetterConfig", None)


def set_mapping_state(mapping_id, properties):
    from ministack.services import lambda_svc

    mapping = lambda_svc._esms.get(mapping_id)
    if mapping is not None:
        enabled = truth(properties.get("Enabled", True))
        mapping["Enabled"] = enabled
        mapping["State"] = "Enabled" if enabled else "Disabled"


# --- Every change of an unlisted type reads as a conditional replacement ------------------------------------


def know_create_only_properties(table):
    from ministack.services.cloudformation import provisioners

    for kind, properties in table.items():
        if kind in provisioners._RESOURCE_HANDLERS or kind.startswith("AWS::GameLift::"):
            provisioners._REPLACING_PROPERTIES.setdefault(kind, tuple(properties))


# --- A notification that its function refuses is lost: no retry, no dead letter -----------------------------


def retry_failed_notifications():
    from ministack.services import lambda_svc, sns

    def deliver(endpoint, envelope, topic_arn, subscription_arn, message_id, raw_message, attributes):
        function, config, _ = lambda_svc._get_func_record_for_ref(endpoint)
        if not function or not config:
            return
        record = {
            "EventVersion": "1.0",
            "EventSubscriptionArn": subscription_arn,
            "EventSource": "aws:sns",
            "Sns": json.loads(envelope),
        }
        called = lambda_svc._execution_record_for_config(function, config)
        lambda_svc.invoke_async_with_retry(called, {"Records": [record]})

    sns._deliver_to_lambda = deliver


# --- Two stalls of about 45 ms in every call of a warm function ---------------------------------------------


def answer_warm_functions_at_once():
    from ministack.core import lambda_runtime

    build = lambda_runtime.ProvidedWorker._build_handler_class

    def build_without_delay(self, *arguments):
        # The runtime API writes head and body apart; with Nagle's algorithm the second waits for an ACK.
        handler = build(self, *arguments)
        handler.disable_nagle_algorithm = True
        return handler

    lambda_runtime.ProvidedWorker._build_handler_class = build_without_delay
    # Most calls log nothing, and were made to wait for a line.
    lambda_runtime.Worker._drain_stderr_bounded.__defaults__ = LOG_WAITS
