"""Long steps show themselves; Ctrl-C during an installation or a recount leaves nothing running."""

import os
import signal
import subprocess
import sys

import pytest

from process import wait_until
from rig import program

STEPS = program.ROOT / "deploy/install.d/steps.sh"


def members(session: int) -> list[int]:
    """Returns the processes of a session that have not ended."""
    listed = subprocess.run(["ps", "-eo", "sid=,pid=,stat="], capture_output=True, text=True).stdout
    rows = [line.split() for line in listed.splitlines()]
    return [int(pid) for sid, pid, state in rows if int(sid) == session and state[0] != "Z"]


@pytest.fixture
def in_session():
    """Starts commands as a terminal would, in sessions of their own; none outlives the test."""
    started = []

    def start(*command, **options) -> subprocess.Popen:
        started.append(subprocess.Popen(
            command, start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL), **options))
        return started[-1]

    yield start
    for one in started:
        for pid in members(one.pid):
            os.kill(pid, signal.SIGKILL)


def start_step(in_session, folder, body: str) -> subprocess.Popen:
    return in_session("bash", "-c", f"set -euo pipefail; source {STEPS}; work() {{ {body}; }}; "
                      "step Working work; echo went on", env={**os.environ, "XDG_CACHE_HOME": folder})


def test_ctrl_c_ends_a_step_and_what_it_started(in_session, tmp_path):
    script = start_step(in_session, tmp_path, "sleep 1000")
    wait_until(lambda: len(members(script.pid)) >= 5, 10, "the step to be at work")
    os.killpg(script.pid, signal.SIGINT)
    assert "went on" not in script.communicate(timeout=10)[0]
    wait_until(lambda: not members(script.pid), 5, "everything to end")


def test_a_step_that_fails_in_its_middle_shows_its_log_and_ends_the_installation(in_session, tmp_path):
    script = start_step(in_session, tmp_path, "echo reached; false; echo not reached")
    said = script.communicate(timeout=10)[0]
    assert script.returncode == 1
    assert "reached" in said and "not reached" not in said and "went on" not in said


def test_a_step_shows_what_it_does_while_it_does_it(in_session, tmp_path):
    script = start_step(in_session, tmp_path, "echo reached; sleep 12")
    assert script.stdout.readline() == "Working ...\n"
    assert script.poll() is None
    said = script.communicate(timeout=30)[0]
    assert "  ... 10 s: reached\n" in said
    assert said.endswith(("Working: done in 12 s\nwent on\n", "Working: done in 13 s\nwent on\n"))


def test_ending_a_recount_ends_the_processes_that_count(in_session, kafka, topics, postgres):
    topic = topics.create(partitions=4)
    subprocess.run([program.generator(), "--brokers", kafka.brokers, "--topic", topic, "--stream", "logs",
                    "--count", "500000"], check=True, capture_output=True)
    recount = in_session(sys.executable, "-m", "recount", "logs", "--brokers", kafka.brokers, "--topic",
                         topic, "--dsn", postgres.dsn(), cwd=program.ROOT / "tests")
    wait_until(lambda: len(members(recount.pid)) >= 3, 20, "several processes to count")
    recount.terminate()
    assert recount.wait(10) == 143
    wait_until(lambda: not members(recount.pid), 5, "everything to end")
    topics.delete(topic)
