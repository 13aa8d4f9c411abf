"""Three instances: one counts, two are ready, and the pipeline goes from one to the next."""

import contextlib
import time

import pytest

from process import wait_until
from rig import config
from rig.background import Background, Traffic
from rig.oracle import SnapshotWatcher, wait_for_records, wait_progress

TAKEOVER = 3.0
INTERVAL = 0.1  # As in the configuration.


def text_of(topic, instance, **more):
    return config.counts(topic, interval="100ms", head=f"instance: {instance}", **more)


class Fleet:
    """Three instances of one pipeline, under a load, with the oracle watching."""

    def __init__(self, kafka, topic, make_daemon, oracle):
        self.kafka = kafka
        self.topic = topic
        self.oracle = oracle
        self.all = {name: make_daemon(text_of(topic, name)) for name in ("one", "two", "three")}
        for daemon in self.all.values():
            daemon.start().wait_ready()

    def __getitem__(self, name):
        return self.all[name]

    def states(self) -> list[str]:
        return sorted(daemon.state() for daemon in self.all.values())

    def active(self) -> str:
        """Returns who counts, once that is one and the others are ready."""
        wait_until(lambda: self.states() == ["running", "standby", "standby"], 30, "one to count, two ready")
        return next(name for name, daemon in self.all.items() if daemon.state() == "running")

    @contextlib.contextmanager
    def load(self):
        watcher = SnapshotWatcher(self.oracle)
        with Traffic(self.kafka.brokers, self.topic, per_second=2_000), Background(watcher.look, 0.05):
            wait_progress(self.oracle)
            yield
            for _ in range(3):
                wait_progress(self.oracle)
            wait_for_records(self.oracle, 1_000)
        watcher.check(self.oracle.check(least=1_000))

    def longest_gap(self) -> float:
        """Returns the longest time between two commits, in seconds, by the database's clock."""
        return float(self.oracle.database.value(
            "SELECT extract(epoch FROM max(gap)) FROM (SELECT committed_at - lag(committed_at) OVER "
            "(ORDER BY sequence) AS gap FROM tallymill.batch) gaps"))

    def counted_by(self) -> list[str]:
        """Returns who committed, in order, each time that it changed."""
        names = [batch["instance"] for batch in self.oracle.batches()]
        return [name for before, name in zip([None, *names], names) if name != before]


@pytest.fixture
def fleet(kafka, topic, make_daemon, oracle):
    return Fleet(kafka, topic, make_daemon, oracle)


def test_a_standby_counts_within_takeover_of_a_kill_9(fleet):
    with fleet.load():
        for _ in range(2):
            killed = fleet.active()
            fleet[killed].kill9()
            waited = wait_progress(fleet.oracle)
            assert waited < TAKEOVER + INTERVAL + 0.2, f"the next commit took {waited:.2f} s"
            fleet[killed].start().wait_ready()
    # The last commit may have been up to an interval before the kill.
    assert fleet.longest_gap() < TAKEOVER + 2 * INTERVAL + 0.2


def test_a_rolling_restart_loses_no_time_longer_than_the_lease(fleet):
    with fleet.load():
        for name, daemon in fleet.all.items():
            assert daemon.stop() == 0, name
            wait_progress(fleet.oracle)
            daemon.start().wait_ready()
        fleet.active()
    # Nobody died, so nobody's patience was needed.
    assert fleet.longest_gap() < TAKEOVER / 2, f"{fleet.longest_gap():.2f} s without a commit"


def test_a_rolling_change_of_configuration_goes_through_by_itself(fleet):
    """The first instance with the new interval is given the pipeline, and those with the former one,
    which go on until their turn, never get it back."""
    with fleet.load():
        former = fleet.active()
        changed = sorted(fleet.all, key=lambda name: name == former)  # Who counts comes last.
        for name in changed:
            daemon = fleet[name]
            assert daemon.stop() == 0
            daemon.config.write_text(text_of(fleet.topic, name, pipeline="max_events: 100000"))
            daemon.start().wait_ready()
            if name == changed[0]:
                daemon.wait_state("running", 10)
            wait_progress(fleet.oracle)
            assert fleet.active() == changed[0] or name == changed[0]
        for daemon in fleet.all.values():
            wait_until(lambda: [peer["same_revision"] for peer in daemon.status()["instances"]] == [True] * 3,
                       10, "three of one revision")
    assert fleet.longest_gap() < TAKEOVER / 2, f"{fleet.longest_gap():.2f} s without a commit"
    assert fleet.counted_by()[-2:] == [former, changed[0]]


def test_a_change_of_what_is_counted_is_refused_and_the_others_go_on(fleet):
    with fleet.load():
        active = fleet.active()
        standby = next(name for name in fleet.all if name != active)
        daemon = fleet[standby]
        assert daemon.stop() == 0
        right = daemon.config.read_text()
        daemon.config.write_text(right.replace("max(amount)", "min(amount)"))
        assert daemon.start().process.wait(30) == 78
        said = daemon.log()
        assert '\n  - counts: column biggest max bigint int "amount"\n' in said, said
        assert '\n  + counts: column biggest min bigint int "amount"\n' in said, said
        assert "tallymill reset" in said
        wait_progress(fleet.oracle)
        daemon.config.write_text(right)
        daemon.start().wait_ready()
        assert fleet.active() == active
    assert fleet.longest_gap() < 1
    assert fleet.counted_by() == [active]


def test_status_shows_who_counts_and_who_is_ready(fleet):
    active = fleet.active()
    for daemon in fleet.all.values():
        if daemon.state() == "standby":
            wait_until(lambda: "standby, ready" in daemon.get("/readyz")[1], 10, "a standby to be ready")
    done = fleet[active].command("status", fleet[active].config)
    assert done.returncode == 0, done.stderr
    lines = [line.split() for line in done.stdout.splitlines() if line.startswith("counts ")]
    shown = {words[1]: words[2:4] for words in lines if words[1] in fleet.all}
    assert shown == {name: ["running", "yes"] if name == active else ["standby", "no"] for name in fleet.all}
    def told():
        return {(one["instance"], one["state"], one["holds_lease"])
                for one in fleet[active].status()["instances"] if one["seen_ms_ago"] < 2_000}
    wait_until(lambda: told() == {(name, "running" if name == active else "standby", name == active)
                                  for name in fleet.all}, 10, "the instances to know each other")
    # One that was killed is shown as silent, one that was stopped not at all.
    fleet[active].kill9()
    began = time.monotonic()
    rest = [daemon for name, daemon in fleet.all.items() if name != active]
    wait_until(lambda: "running" in [daemon.state() for daemon in rest], 10, "another one to count")
    assert time.monotonic() - began < TAKEOVER + 0.2
    standby = next(daemon for daemon in rest if daemon.state() == "standby")
    assert standby.stop() == 0
    last = next(daemon for daemon in rest if daemon is not standby)
    last.wait_log("taking over; this instance counts from here on", 1, 10)
    wait_until(lambda: len(last.status()["instances"]) == 2, 10, "the stopped one to be gone")
    silent = next(one for one in last.status()["instances"] if one["instance"] == active)
    assert silent["seen_ms_ago"] > 1_000 and not silent["holds_lease"]
