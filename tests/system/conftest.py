"""The daemon as it is run, on real Kafka and Postgres."""

import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
for folder in (HERE, HERE.parent, HERE.parents[1] / "deploy/demo.d"):
    sys.path.insert(0, str(folder))

from rig.fixtures import (  # noqa: E402, F401
    counting, database, kafka, make_daemon, oracle, postgres, producer, pytest_terminal_summary, scratch,
    topic, topics)
