"""The recipes of docs/cookbook.md, as they are shipped."""

import datetime
import decimal
import json
import pathlib

import yaml

from .program import ROOT

FOLDER = ROOT / "config/cookbook"
RECIPES = [path for path in sorted(FOLDER.glob("*.yaml")) if not path.name.endswith(".test.yaml")]
UNITS = {"s": 1_000, "ms": 1}


class Recipe:
    """A configuration with one pipeline, and the first of its cases."""

    def __init__(self, path: pathlib.Path):
        self.path = path
        (self.pipeline, spec), = yaml.safe_load(path.read_text())["pipelines"].items()
        self.topic, = spec["source"]["topics"]
        self.event_time = spec["event_time"]
        cases = yaml.safe_load(path.with_suffix(".test.yaml").read_text())["cases"]
        self.case = next(iter(cases.values()))

    def records(self) -> list[tuple[bytes, int]]:
        """Returns value and Kafka timestamp of each event, as `tallymill test` has them."""
        return [(json.dumps(event["value"]).encode(), self._milliseconds(event)) for event in self.case["events"]]

    def _milliseconds(self, event: dict) -> int:
        if "timestamp" in event:
            return _since_1970(event["timestamp"])
        time = event["value"][self.event_time["field"]]
        unit = self.event_time.get("unit")
        return int(time) * UNITS[unit] if unit else _since_1970(time)

    def differences(self, database) -> list[str]:
        """Returns what the tables hold otherwise than the case expects."""
        found = []
        for table, expected in self.case["rows"].items():
            stored = database.value(f"SELECT count(*) FROM {table}")
            if stored != len(expected):
                found.append(f"{table}: {stored} rows instead of {len(expected)}")
            for row in expected:
                matching = [one for (one,) in database.query(f"SELECT row_to_json(t)::text FROM {table} t")
                            if _matches(json.loads(one, parse_float=decimal.Decimal), row)]
                if len(matching) != 1:
                    found.append(f"{table}: no row, or more than one, is {row}")
        return found


def _since_1970(text: str) -> int:
    return round(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1_000)


def _matches(stored: dict, row: dict) -> bool:
    return all(_equal(stored[name], wanted) for name, wanted in row.items())


def _equal(stored, wanted) -> bool:
    if isinstance(wanted, str) and wanted.endswith("..."):
        return str(stored).startswith(wanted[:-3])
    if isinstance(wanted, str) and wanted.endswith("Z"):
        return stored is not None and _since_1970(stored) == _since_1970(wanted)
    if isinstance(wanted, (int, float)):
        return stored is not None and decimal.Decimal(stored) == decimal.Decimal(str(wanted))
    return stored == wanted
