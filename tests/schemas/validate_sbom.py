"""Validates a CycloneDX bill of materials on the standard input against the published schema, strictly. Prints what
is wrong, and ends with 1 if anything is."""

import sys

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

if __name__ == "__main__":
    problem = JsonStrictValidator(SchemaVersion.V1_5).validate_str(sys.stdin.read())
    if problem:
        print(problem)
    sys.exit(1 if problem else 0)
