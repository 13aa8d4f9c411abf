"""Validates Kubernetes objects, as YAML on the standard input, against the published schemas: the API's own of
each version given, and that of Prometheus's operator. Prints what is wrong, and ends with 1 if anything is. Strict: a
key that a schema does not know is wrong, too."""

import sys

import jsonschema
import kubernetes_validate
import pydantic
import yaml
from cloudcoil.models.prometheus_operator.v1 import PodMonitor


def problem(one: dict, version: str) -> str:
    try:
        if one["apiVersion"].startswith("monitoring.coreos.com/"):
            known = PodMonitor.model_validate(one).model_dump(by_alias=True, exclude_unset=True)
            return "" if known == one else "has keys that the schema does not know"
        kubernetes_validate.validate(one, version, strict=True)
    except (jsonschema.ValidationError, kubernetes_validate.ValidationError, pydantic.ValidationError) as error:
        return str(error)
    return ""


def main() -> int:
    wrong = 0
    objects = list(yaml.safe_load_all(sys.stdin))
    for version in sys.argv[1:]:
        for one in objects:
            if found := problem(one, version):
                wrong += 1
                print(f"{version} {one['kind']} {one['metadata']['name']}: {found}")
    return min(wrong, 1)


if __name__ == "__main__":
    sys.exit(main())
