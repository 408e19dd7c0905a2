"""What liftform replaces inside MiniStack, and the check that it is all still there.

MiniStack has no plug-in interface: its tables and functions are patched before it starts. They are private
names of one pinned version, so the first thing that happens is to look for every one of them.
"""

import importlib

# Module -> names that gaps.py and gamelift_types.py read, call or replace. A dot leads into a class.
PATCHED = {
    "ministack.app": ("SERVICE_HANDLERS", "main"),
    "ministack.core.lambda_runtime": (
        "ProvidedWorker._build_handler_class",
        "Worker._drain_stderr_bounded",
    ),
    "ministack.core.responses": ("get_account_id", "get_region"),
    "ministack.core.router": ("SERVICE_PATTERNS",),
    "ministack.services.cloudformation.changesets": ("_IMPORT_LOOKUPS", "_IMPORT_NOT_FOUND"),
    "ministack.services.cloudformation.drift": ("_DRIFT_READERS",),
    "ministack.services.cloudformation.provisioners": (
        "_CUSTOM_NAME_REPLACEMENT",
        "_REPLACING_PROPERTIES",
        "_RESOURCE_HANDLERS",
        "_STACK_TAG_PROPERTY",
        "_physical_name",
    ),
    "ministack.services.cloudformation.stacks": ("_runs_on_worker_thread",),
    "ministack.services.dynamodb": ("_pitr_settings", "_ttl_settings"),
    "ministack.services.eventbridge": ("_put_events",),
    "ministack.services.lambda_svc": (
        "_esms",
        "_execution_record_for_config",
        "_functions",
        "_get_func_record_for_ref",
        "invoke_async_with_retry",
    ),
    "ministack.services.sns": ("_deliver_to_lambda",),
}

# Resource types whose stock handlers gaps.py wraps.
WRAPPED_TYPES = (
    "AWS::CloudWatch::Alarm",
    "AWS::DynamoDB::Table",
    "AWS::Lambda::EventSourceMapping",
    "AWS::Lambda::Function",
)


class MissingNames(Exception):
    """This MiniStack is not the one that the patches were written for."""


def missing_names():
    """The patched names that the installed MiniStack lacks."""
    missing = []
    for module_name, names in PATCHED.items():
        try:
            module = importlib.import_module(module_name)
        except ImportError as error:
            missing.append(f"{module_name} ({error})")
            continue
        missing.extend(f"{module_name}.{name}" for name in names if not _has(module, name))
    if not missing:
        from ministack.services.cloudformation import provisioners

        handlers = provisioners._RESOURCE_HANDLERS
        missing.extend(f"handler of {name}" for name in WRAPPED_TYPES if name not in handlers)
    return missing


def check():
    """Raises MissingNames, naming all of them, unless every patched name exists."""
    missing = missing_names()
    if missing:
        from importlib.metadata import version

        raise MissingNames(
            f"MiniStack {version('ministack')} lacks what liftform patches: {', '.join(missing)}"
        )


def _has(module, dotted):
    value = module
    for part in dotted.split("."):
        if not hasattr(value, part):
            return False
        value = getattr(value, part)
    return True
