"""The machine that would refute the promises: faults of all kinds while events arrive, judged by an
oracle that shares no code with the daemon. Tests are named after the rows of the fault matrix in
docs/exactly-once.md."""

import pathlib
import re
import sys

import pytest

HERE = pathlib.Path(__file__).resolve().parent
for folder in (HERE, HERE.parent, HERE.parents[1] / "deploy/demo.d"):
    sys.path.insert(0, str(folder))

from rig.fixtures import (  # noqa: E402, F401
    database, kafka, make_daemon, postgres, producer, pytest_terminal_summary, scratch, topic, topics)
from rig.judge import Judge  # noqa: E402

# What would refute most comes first: whoever stops a run early has seen that.
BY_VALUE = [1, 6, 11, 3, 2, 4, 7, 9, 8, 10, 13, 38, 12, 24, 26, 25, 20, 22, 28, 41, 16, 17, 15, 18, 14,
            21, 27, 23, 37, 36, 33, 34, 32, 35, 43, 42, 39, 40, 44, 19]


def row_of(name: str) -> int:
    found = re.match(r"test_(\d\d)_", name)
    return int(found.group(1)) if found else 0


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: BY_VALUE.index(row_of(item.name)) if row_of(item.name) else -1)


@pytest.fixture
def judge(topics, database, topic):  # noqa: F811
    return Judge(topics, database, topic)
