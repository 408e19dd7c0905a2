#!/usr/bin/env python3
"""Refresh the CloudFormation registry schemas in this folder.

    schemas/update.py [CFN_LINT_VERSION]

The schemas come from the data of the cfn-lint wheel on PyPI: it is small, versioned, needs no AWS account, and carries
corrections to what the registry publishes. Only the types that we emit are kept, without prose. Needs Python 3.10 and pip.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
DATA = "cfnlint/data/schemas"
HOME_REGION = "us-east-1"

TYPES = {
    "ApiGateway": "Account Deployment RestApi Stage",
    "CloudWatch": "Alarm CompositeAlarm Dashboard",
    "Cognito": "IdentityPool IdentityPoolRoleAttachment",
    "DynamoDB": "Table",
    "Events": "Rule",
    "GameLift": "Alias Build ContainerFleet ContainerGroupDefinition Fleet GameServerGroup GameSessionQueue Location"
    " MatchmakingConfiguration MatchmakingRuleSet Script",
    "IAM": "ManagedPolicy OIDCProvider Role",
    "KMS": "Alias Key",
    "Lambda": "Alias EventInvokeConfig EventSourceMapping Function Permission Version",
    "Logs": "LogGroup ResourcePolicy",
    "S3": "Bucket BucketPolicy",
    "SNS": "Subscription Topic TopicPolicy",
    "SQS": "Queue QueuePolicy",
    "SSM": "Parameter",
    "WAFv2": "WebACL WebACLAssociation",
}

# Rules of cfn-lint that a schema can say and the registry doesn't.
EXTENSIONS = {
    "AWS::DynamoDB::Table": ["billingmode_exclusive", "billingmode_provisioned_dependent"],
    "AWS::Lambda::Function": ["capacity_provider_timeout", "packagetype_image_exclusions"],
}

# Definitions whose pattern is stricter than the service: published templates with dates without a zone deploy.
LOOSENED = {("AWS::S3::Bucket", "iso8601UTC")}

# What is about the registry itself, or prose.
DROPPED_AT_TOP = {"$schema", "additionalIdentifiers", "handlers", "propertyTransform", "sourceUrl", "tagging", "resourceLink"}
DROPPED = {"$comment", "description", "examples", "default", "relationshipRef", "title", "documentationUrl"}
# Keywords whose value maps free names to schemas: a property may well be called `description`.
NAMED = {"definitions", "patternProperties", "properties"}
# Keywords whose value is data.
OPAQUE = {"const", "dependencies", "dependentExcluded", "dependentRequired", "enum", "required"}


def anchor(schema: Any) -> None:
    """Makes patterns that only list characters hold for the whole text, as GameLift means them.

    Without anchors they would accept any text that has one such character, or none.
    """
    if isinstance(schema, list):
        for item in schema:
            anchor(item)
    elif isinstance(schema, dict):
        pattern = schema.get("pattern")
        if isinstance(pattern, str) and re.fullmatch(r"\[[^\]]+\][*+]", pattern):
            schema["pattern"] = f"^{pattern}$"
        for inner in schema.values():
            anchor(inner)


def strip(schema: Any) -> Any:
    """Drops prose at every depth."""
    if isinstance(schema, list):
        return [strip(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {}
    for key, value in schema.items():
        if key in DROPPED:
            continue
        if key in NAMED:
            kept[key] = {name: strip(inner) for name, inner in value.items()}
        elif key in OPAQUE:
            kept[key] = value
        else:
            kept[key] = strip(value)
    # Corrections aimed at the items of a list sit beside `items` in some schemas, where they would say nothing.
    if kept.get("type") == "array" and "properties" in kept and "properties" in kept.get("items", {}):
        for name, extra in kept.pop("properties").items():
            kept["items"]["properties"].setdefault(name, {}).update(extra)
    return kept


def download(version: str | None, folder: Path) -> Path:
    """Fetches the wheel and returns its path."""
    wanted = f"cfn-lint=={version}" if version else "cfn-lint"
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--dest", str(folder), wanted]
    subprocess.run(command, check=True)
    return next(folder.glob("cfn_lint-*.whl"))


def write(path: Path, value: Any) -> None:
    """Writes compact JSON with sorted keys, so that the same wheel gives the same bytes."""
    path.write_text(json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n", encoding="utf-8")


def write_lines(path: Path, value: dict[str, Any]) -> None:
    """Writes a JSON object with one entry per line, for readable diffs."""
    lines = [f"  {json.dumps(key)}: {json.dumps(inner)}" for key, inner in sorted(value.items())]
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def permissions(schema: dict[str, Any], services: dict[str, Any]) -> dict[str, list[str]]:
    """The IAM actions that managing a type takes: those that can be narrowed to resources, and those that can't.

    Actions that IAM doesn't know, of which the registry names some, are left out.
    """
    handlers = schema.get("handlers", {}).values()
    sorted_out: dict[str, set[str]] = {"narrow": set(), "wide": set()}
    for action in {action for handler in handlers for action in handler.get("permissions", [])}:
        service, _, name = action.partition(":")
        known = services.get(service, {}).get("Actions", {}).get(name.lower())
        if known is not None:
            sorted_out["narrow" if known.get("Resources") else "wide"].add(action)
    return {key: sorted(actions) for key, actions in sorted_out.items()}


def update(wheel: zipfile.ZipFile) -> None:
    """Rewrites every schema file, the table of regions and the table of IAM actions."""

    def read(name: str) -> Any:
        return json.loads(wheel.read(f"{DATA}/{name}"))

    prefix = f"{DATA}/providers/"
    names = [name for name in wheel.namelist() if name.startswith(prefix) and name.endswith(".json")]
    providers = {name.removeprefix(prefix).removesuffix(".json"): json.loads(wheel.read(name)) for name in names}
    regions = {region: types for region, types in providers.items() if region.count("-") >= 2}
    kinds = sorted(f"AWS::{service}::{name}" for service, types in TYPES.items() for name in types.split())

    services = json.loads(wheel.read("cfnlint/data/AdditionalSpecs/Policies.json"))
    allowed: dict[str, Any] = {}
    for old in HERE.glob("aws-*.json"):
        old.unlink()
    for kind in kinds:
        schema = read(f"resources/{regions[HOME_REGION][kind]}.json")
        allowed[kind] = permissions(schema, services)
        schema = {key: value for key, value in schema.items() if key not in DROPPED_AT_TOP}
        if kind.startswith("AWS::GameLift::"):
            anchor(schema)
        for _, name in (entry for entry in LOOSENED if entry[0] == kind):
            schema["definitions"][name].pop("pattern", None)
        folder = f"extensions/{kind.replace('::', '_').lower()}"
        for name in EXTENSIONS.get(kind, []):
            schema.setdefault("allOf", []).append(read(f"{folder}/{name}.json"))
        write(HERE / f"{kind.replace('::', '-').lower()}.json", strip(schema))
    write_lines(HERE / "permissions.json", allowed)
    write_lines(HERE / "regions.json", {kind: sorted(name for name, types in regions.items() if kind in types) for kind in kinds})


def main() -> None:
    """Downloads, converts, and records where the data came from."""
    version = sys.argv[1] if len(sys.argv) > 1 else None
    with tempfile.TemporaryDirectory() as folder:
        path = download(version, Path(folder))
        with zipfile.ZipFile(path) as wheel:
            update(wheel)
            date = json.loads(wheel.read(f"{DATA}/version.json"))["schema_date"]
    source = {"package": "cfn-lint", "version": path.name.split("-")[1], "licence": "MIT-0", "schema_date": date, "region": HOME_REGION}
    write_lines(HERE / "SOURCE.json", source)


if __name__ == "__main__":
    main()
