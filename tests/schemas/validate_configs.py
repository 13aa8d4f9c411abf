"""Validates configurations against a JSON Schema of draft 2020-12. Reads from the standard input, as JSON, a `schema` and
`texts`, configurations in YAML by name; prints, as JSON, what is wrong with the schema itself and with each text: lists of
sentences, empty where nothing is. Reads YAML as editors do, by version 1.2: `yes`, times and 010 are what they look like."""

import json
import re
import sys

import jsonschema
import yaml


class Yaml12(yaml.SafeLoader):
    """The core schema of YAML 1.2."""


Yaml12.yaml_implicit_resolvers = {}
for tag, pattern, first in [
        ("null", r"^(?:~|null|Null|NULL|)$", "~nN"),
        ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
        ("int", r"^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$", "-+0123456789"),
        ("float", r"^(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$",
         "-+.0123456789")]:
    Yaml12.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), list(first) + ([""] if tag == "null" else []))
Yaml12.add_constructor("tag:yaml.org,2002:int", lambda loader, node: int(node.value, 0) if node.value[:2] in ("0x", "0o")
                       else int(node.value))
Yaml12.add_constructor("tag:yaml.org,2002:float", lambda loader, node: float(
    node.value.lower().replace(".inf", "inf").replace(".nan", "nan")))


def parts(schema):
    """Yields every schema in the schema that describes something. A mapping of keys to schemas is none."""
    if isinstance(schema, dict):
        if isinstance(schema.get("description"), str):
            yield schema
        for below in schema.values():
            yield from parts(below)
    elif isinstance(schema, list):
        for below in schema:
            yield from parts(below)


def wrong_with_schema(schema: dict) -> list[str]:
    try:
        jsonschema.Draft202012Validator.check_schema(schema)
    except jsonschema.SchemaError as error:
        return [str(error)]
    wrong = []
    for part in parts({key: schema[key] for key in ("properties", "$defs")}):
        validator = jsonschema.Draft202012Validator({**part, "$defs": schema["$defs"]})
        for shown in [*part.get("examples", []), *([part["default"]] if "default" in part else [])]:
            wrong += [f"{part.get('title')}: {error.message}" for error in validator.iter_errors(shown)]
    return wrong


def read(text: str):
    # PyYAML takes a ? inside of braces for a key, which no other reader does.
    return yaml.load(re.sub(r"\b(\w+\?)(?=[,}])", r'"\1"', text), Yaml12)


def main() -> int:
    asked = json.load(sys.stdin)
    validator = jsonschema.Draft202012Validator(asked["schema"])
    wrong = {}
    for name, text in asked["texts"].items():
        try:
            wrong[name] = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(read(text))]
        except yaml.YAMLError as error:
            wrong[name] = [f"no YAML: {error}"]
    json.dump({"schema": wrong_with_schema(asked["schema"]), "texts": wrong}, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
