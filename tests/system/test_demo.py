"""The demo, behind its installing and building: what it shows, and what it leaves."""

import pathlib
import re
import signal
import subprocess
import sys

import pytest

from process import wait_until
from rig import program

DEMO = program.ROOT / "deploy/demo.d/demo.py"


@pytest.fixture
def demo(tmp_path):
    """Starts demos; none outlives the test. Their output goes to one file."""
    started = []

    def start(stream: str, duration: str, rate: int) -> subprocess.Popen:
        with open(tmp_path / "output", "wb") as output:
            started.append(subprocess.Popen(
                [sys.executable, "-u", DEMO, "--build", program.daemon().parents[1], "--stream", stream,
                 "--for", duration, "--rate", str(rate)], stdout=output, stderr=subprocess.STDOUT))
        return started[-1]

    start.said = lambda: (tmp_path / "output").read_text()
    yield start
    for one in started:
        if one.poll() is None:
            one.terminate()  # It ends what it started.
            one.wait(60)
    print(start.said())


def descendants(pid: int) -> set[int]:
    listed = subprocess.run(["ps", "-eo", "ppid=,pid="], capture_output=True, text=True).stdout
    children = {}
    for parent, child in (map(int, line.split()) for line in listed.splitlines()):
        children.setdefault(parent, []).append(child)
    found, left = set(), [pid]
    while left:
        ours = children.get(left.pop(), [])
        found.update(ours)
        left += ours
    return found


def scratch_of(demo) -> pathlib.Path:
    return pathlib.Path(re.search(r"private Postgres in (\S+)\.\n", demo.said())[1])


@pytest.mark.parametrize("stream, rate", [("ads", 20_000), ("logs", 5_000)])
def test_it_shows_the_first_event_within_20_seconds_and_an_exact_table_at_the_end(stream, rate, demo):
    assert demo(stream, "8s", rate).wait(180) == 0
    said = demo.said()
    seconds = float(re.search(r"First event committed after ([\d.]+) s", said)[1])
    assert seconds < 20
    assert re.search(r"[1-9][\d,]* events in the table", said)
    assert "http://127.0.0.1:" in said
    assert ("are in the table: the table counts views and clicks" in said) == (stream == "ads")
    assert "\nexact\n" in said.split("comparing, row by row.")[1]
    assert not scratch_of(demo).exists()


def test_ctrl_c_leaves_nothing_running(demo):
    running = demo("ads", "60s", 5_000)
    wait_until(lambda: "events in the table" in demo.said(), 60, "the table to move")
    started = descendants(running.pid)
    assert len(started) >= 4  # Kafka, Postgres, the generator, the daemon.
    running.send_signal(signal.SIGINT)
    assert running.wait(60) == 130
    assert [pid for pid in started if pathlib.Path(f"/proc/{pid}").exists()] == []
    assert not scratch_of(demo).exists()
