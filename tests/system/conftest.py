"""The daemon as it is run, on real Kafka and Postgres."""

import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
for folder in (HERE, HERE.parent, HERE.parents[1] / "deploy/demo.d"):
    sys.path.insert(0, str(folder))

from rig.fixtures import (  # noqa: E402, F401
    counting, database, kafka, make_daemon, oracle, postgres, producer, scratch, topic, topics)


def pytest_terminal_summary(terminalreporter):
    """Tests that this machine withholds a privilege from are counted apart, in the last line."""
    withheld = [report for report in terminalreporter.getreports("skipped")
                if "cannot run here" in str(report.longrepr)]
    if withheld:
        terminalreporter.write_line(f"cannot run here: {len(withheld)}")
