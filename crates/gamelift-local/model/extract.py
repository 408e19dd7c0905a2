"""Writes gamelift.json: the parts of the GameLift API model that the local service checks requests against.

Usage: python extract.py > gamelift.json     (needs botocore, whose copy of the model is Apache-2.0)

Kept are operations, shapes, required members, enums, bounds and patterns. Documentation, error lists and
traits of clients are dropped. One shape stands on one line, so that an update of the model reads as a diff.
"""

import json
import re
import sys

import botocore.loaders

BOUNDS = ("required", "enum", "min", "max")


def pattern(text):
    """The pattern in Rust's syntax; none where it only says "any text"."""
    if r"\uD800" in text or text in (r"^[\s\S]*$",):
        return None
    return re.sub(r"\\u([0-9A-Fa-f]{4})", r"\\x{\1}", text)


def compact(shape):
    kept = {"type": shape["type"]}
    kept.update({key: shape[key] for key in BOUNDS if shape.get(key)})
    if "pattern" in shape and (text := pattern(shape["pattern"])):
        kept["pattern"] = text
    if "members" in shape:
        kept["members"] = {name: member["shape"] for name, member in shape["members"].items()}
    for part in ("member", "key", "value"):
        if part in shape:
            kept[part] = shape[part]["shape"]
    return kept


def lines(entries):
    return ",\n".join(f"{json.dumps(name)}: {json.dumps(entry)}" for name, entry in sorted(entries.items()))


def main():
    model = botocore.loaders.Loader().load_service_model("gamelift", "service-2")
    operations = {
        name: {side: operation[side]["shape"] for side in ("input", "output") if side in operation}
        for name, operation in model["operations"].items()
    }
    shapes = {name: compact(shape) for name, shape in model["shapes"].items() if not shape.get("exception")}
    sys.stdout.write('{"operations": {\n' + lines(operations) + '\n},\n"shapes": {\n' + lines(shapes) + "\n}}\n")


if __name__ == "__main__":
    main()
