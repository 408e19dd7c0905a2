"""Writes create_only.json: per resource type, the properties whose change replaces the resource.

Usage: python create_only.py ../../../schemas > create_only.json     (CloudFormation registry schemas)

Only whole properties are listed: MiniStack compares those. A type without any is listed too, because
MiniStack calls every change of an unlisted type a conditional replacement.
"""

import json
import pathlib
import sys

PREFIX = "/properties/"


def whole_properties(pointers):
    names = (pointer.removeprefix(PREFIX) for pointer in pointers)
    return sorted(name for name in names if "/" not in name)


def main(folder):
    schemas = [json.loads(path.read_text()) for path in pathlib.Path(folder).glob("aws-*.json")]
    table = {schema["typeName"]: whole_properties(schema.get("createOnlyProperties", ())) for schema in schemas}
    lines = (f"{json.dumps(name)}: {json.dumps(table[name])}" for name in sorted(table))
    sys.stdout.write("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main(sys.argv[1])
