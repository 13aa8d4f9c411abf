"""systemd's unit, and what the daemon tells whoever started it."""

import os
import re
import shutil
import signal
import socket
import subprocess
import time

import pytest

from process import wait_until
from rig import config, program
from rig.background import Traffic

UNIT = program.ROOT / "deploy/systemd/tallymill.service"
WATCHDOG = 1.0  # Seconds.


class Manager:
    """A service manager's socket, by path or by an abstract name."""

    def __init__(self, address: str):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind("\0" + address[1:] if address[0] == "@" else address)
        self.env = {"NOTIFY_SOCKET": address, "WATCHDOG_USEC": str(int(WATCHDOG * 1e6))}

    def hear(self, seconds: float) -> str | None:
        """Returns the next message, or nothing if none comes in time."""
        self.socket.settimeout(seconds)
        try:
            return self.socket.recv(4096).decode()
        except TimeoutError:
            return None

    def hear_all(self, seconds: float) -> list[str]:
        """Returns what comes within so many seconds."""
        deadline = time.monotonic() + seconds
        heard = []
        while (left := deadline - time.monotonic()) > 0:
            heard.append(self.hear(left))
        return [message for message in heard if message]


@pytest.fixture(params=["path", "abstract"])
def manager(request, tmp_path):
    path = tmp_path / "notify"
    manager = Manager(str(path) if request.param == "path" else f"@tallymill-test-{os.getpid()}")
    yield manager
    manager.socket.close()


def test_a_manager_is_told_of_start_progress_and_stop(manager, topic, make_daemon):
    daemon = make_daemon(config.counts(topic), **manager.env).start()
    assert manager.hear(20) == "READY=1"
    assert daemon.get("/healthz")[0] == 200, "it said that it is ready before it answers"
    daemon.wait_ready()
    heard = manager.hear_all(3 * WATCHDOG)
    assert set(heard) == {"WATCHDOG=1"} and 4 <= len(heard) <= 13, heard
    daemon.process.send(signal.SIGTERM)
    assert daemon.process.wait(15) == 0
    rest = manager.hear_all(0.2)
    assert rest[-1] == "STOPPING=1" or rest[-2:] == ["STOPPING=1", "WATCHDOG=1"], rest


def test_a_manager_is_told_when_a_reload_begins_and_when_it_is_over(manager, topic, make_daemon):
    daemon = make_daemon(config.counts(topic), **manager.env).start()
    assert manager.hear(20) == "READY=1"
    daemon.wait_ready()
    for text in (config.counts(topic, interval="100ms"), "kafka: {}\n"):
        manager.hear_all(0.1)
        began = time.monotonic_ns() // 1000
        daemon.config.write_text(text)
        daemon.process.send(signal.SIGHUP)
        heard = [message for message in manager.hear_all(4) if message != "WATCHDOG=1"]
        assert len(heard) == 2 and heard[1] == "READY=1", heard
        assert heard[0].startswith("RELOADING=1\nMONOTONIC_USEC="), heard
        assert began <= int(heard[0].rpartition("=")[2]) <= time.monotonic_ns() // 1000


def test_waiting_for_kafka_or_postgres_is_progress_and_hanging_is_not(tmp_path, kafka, topic, make_daemon):
    manager = Manager(str(tmp_path / "notify"))
    daemon = make_daemon(config.counts(topic), dsn="host=127.0.0.1 port=1 dbname=none user=none", **manager.env)
    daemon.start()
    assert manager.hear(20) == "READY=1"
    daemon.wait_log("waiting; the same will be tried again")
    assert len(manager.hear_all(2 * WATCHDOG)) >= 3
    daemon.freeze()
    manager.hear_all(0.3)
    assert manager.hear(2 * WATCHDOG) is None
    daemon.thaw()
    assert manager.hear(WATCHDOG) == "WATCHDOG=1"


def test_one_of_two_pipelines_that_hangs_starves_the_watchdog(tmp_path, topic, kafka, make_daemon):
    """The worker sleeps while it holds the lock that its pipeline needs; the other pipeline goes on."""
    manager = Manager(str(tmp_path / "notify"))
    other = config.counts(topic, name="other", table="other").partition("pipelines:\n")[2]
    daemon = make_daemon(config.counts(topic) + other, **manager.env)
    daemon.start(failpoints="flush.begin=sleep(5000)@1")
    assert manager.hear(20) == "READY=1"
    with Traffic(kafka.brokers, topic, per_second=500):
        wait_until(lambda: manager.hear(WATCHDOG) is None, 20, "the watchdog to be starved")
        states = {name: daemon.status(name)["last_batch"] for name in ("counts", "other")}
        wait_until(lambda: any(daemon.status(name)["last_batch"] > states[name] + 2 for name in states), 10,
                   "the other pipeline to go on")
        wait_until(lambda: manager.hear(WATCHDOG) == "WATCHDOG=1", 20, "the watchdog to be fed again")


def test_without_a_manager_nothing_is_said_and_one_that_is_gone_is_complained_of_once(tmp_path, topic, make_daemon):
    daemon = make_daemon(config.counts(topic), NOTIFY_SOCKET=str(tmp_path / "gone"), WATCHDOG_USEC="400000")
    daemon.start().wait_ready()
    time.sleep(1)
    assert daemon.log().count("the service manager cannot be told") == 1
    assert daemon.stop() == 0


# The unit.


def analyze(*words) -> subprocess.CompletedProcess:
    return subprocess.run(["systemd-analyze", *map(str, words)], capture_output=True, text=True)


def test_the_unit_is_hardened(tmp_path):
    done = analyze("security", "--offline=true", "--threshold=20", "--no-pager", UNIT)
    level = re.search(r"Overall exposure level for tallymill.service: ([\d.]+)", done.stdout)
    assert level and float(level[1]) <= 2.0, done.stdout[-2000:] + done.stderr
    assert done.returncode == 0


def test_systemd_understands_the_unit(tmp_path):
    """Its program is where the package puts it, so a copy names one that is here."""
    text = UNIT.read_text()
    assert "\nExecStart=/usr/bin/tallymill run /etc/tallymill\n" in text
    assert "\nExecReload=/usr/bin/tallymill reload --pid $MAINPID /etc/tallymill\n" in text
    copy = tmp_path / "tallymill.service"
    copy.write_text(text.replace("/usr/bin/tallymill", shutil.which("true")))
    done = analyze("verify", "--man=no", copy)
    assert done.returncode == 0 and not done.stderr.strip(), done.stderr


def test_the_unit_waits_as_long_as_the_daemon_may_take():
    value = dict(re.findall(r"^(\w+)=(.*)$", UNIT.read_text(), re.MULTILINE))
    assert value["Type"] == "notify"
    # What hangs for a minute feeds no watchdog; a stop is over within ten seconds.
    assert int(value["WatchdogSec"]) >= 10 and int(value["TimeoutStopSec"]) > 10
