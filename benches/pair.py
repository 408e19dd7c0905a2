"""Makes two large templates that differ here and there, out of one that liftform synthesised."""

import copy
import json
import pathlib
import re

CASE = pathlib.Path(__file__).resolve().parent.parent / "tests/cases/skirmish-prod/us-east-1/skirmish-prod-backend.template.json"
SIZE = 500


def renamed(value, names):
    """The value with every reference led to the copies of the resources."""
    if isinstance(value, dict):
        if list(value) == ["Ref"]:
            return {"Ref": names.get(value["Ref"], value["Ref"])}
        if list(value) == ["Fn::GetAtt"]:
            target = value["Fn::GetAtt"]
            id, *rest = target.split(".") if isinstance(target, str) else target
            return {"Fn::GetAtt": [names.get(id, id), *rest]}
        if list(value) == ["Fn::Sub"] and isinstance(value["Fn::Sub"], str):
            swap = lambda match: "${" + names.get(match[1], match[1])
            return {"Fn::Sub": re.sub(r"\$\{([A-Za-z0-9]+)", swap, value["Fn::Sub"])}
        return {key: renamed(item, names) for key, item in value.items()}
    if isinstance(value, list):
        return [renamed(item, names) for item in value]
    return value


def large():
    """The case's resources over and over, each copy with names of its own."""
    template = json.loads(CASE.read_text())
    original = template["Resources"]
    template["Resources"] = {}
    copy_number = 0
    while len(template["Resources"]) < SIZE:
        names = {id: f"{id}{copy_number}" for id in original}
        for id, resource in original.items():
            if len(template["Resources"]) == SIZE:
                break
            resource = renamed({key: value for key, value in resource.items() if key != "DependsOn"}, names)
            template["Resources"][names[id]] = resource
        copy_number += 1
    template["Outputs"] = {}
    return template


def changed(template):
    """Every 5th function with more memory, every 7th role with one more action, every 50th resource under another name."""
    template = copy.deepcopy(template)
    resources = template["Resources"]
    of = lambda kind: [it for it in resources.values() if it["Type"] == kind]
    for function in of("AWS::Lambda::Function")[::5]:
        function["Properties"]["MemorySize"] = 1769
    for role in of("AWS::IAM::Role")[::7]:
        for policy in role["Properties"].get("Policies", []):
            policy["PolicyDocument"]["Statement"].append({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"})
    for table in of("AWS::DynamoDB::Table")[::3]:
        table["Properties"]["KeySchema"][0]["AttributeName"] += "2"
    for id in list(resources)[::50]:
        resources[f"New{id}"] = resources.pop(id)
    return template


def write(folder):
    """Writes the pair; gives both paths."""
    old = large()
    paths = pathlib.Path(folder) / "old.json", pathlib.Path(folder) / "new.json"
    for path, template in zip(paths, (old, changed(old))):
        path.write_text(json.dumps(template, indent=1))
    return paths
