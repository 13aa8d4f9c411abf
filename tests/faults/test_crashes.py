"""The process dies, or is told to end, at any instant."""

import random
import signal
import time

import pytest

from rig import config, failpoints, folds

# What has to happen before the place is passed at all.
FIRST = {"resolve.after_lock": "tx.after_commit_send=close_pg,"}
# Passed once in a pipeline's life, or when it ends: row 2 and row 38.
NOT_ON_THE_WAY = ("ckpt.insert_before", "ckpt.insert_after", "close.begin")


def text_of(topic, **more):
    """Batches that are cut early, too."""
    return config.counts(topic, interval="100ms", pipeline="max_events: 100", **more)


def test_01_crash_at_any_instant(judge, topic, make_daemon):
    daemon = make_daemon(text_of(topic))
    moments = random.Random(1)
    with judge.load(per_second=3_000, garbage=0.01):
        for _ in range(10):
            daemon.start()
            time.sleep(moments.expovariate(1.5))
            daemon.kill9()
        daemon.start().wait_ready()
        judge.progress()
    judge.check()


def test_01_crash_at_each_failpoint(judge, topic, make_daemon):
    daemon = make_daemon(text_of(topic))
    names = [name for name in failpoints.known(daemon) if name not in NOT_ON_THE_WAY]
    daemon.start().wait_ready()
    with judge.load(per_second=3_000, garbage=0.01):
        judge.progress()
        daemon.kill9()
        for name in names:
            daemon.start(failpoints=f"{FIRST.get(name, '')}{name}=kill9")
            assert daemon.process.wait(20) == -9, f"{name}: {daemon.process.tail()}"
        daemon.start().wait_ready()
        judge.progress()
    judge.check()


@pytest.mark.parametrize("place", ["start.migrate_mid", "ckpt.insert_before", "ckpt.insert_after",
                                   "assign.after_seek", "msg.first", "tx.before_commit_send"])
def test_02_crash_on_first_ever_start(place, judge, topic, make_daemon, database):
    daemon = make_daemon(text_of(topic, source="start: latest"))
    with judge.load(per_second=2_000):
        time.sleep(0.5)
        daemon.start(failpoints=f"{place}=kill9")
        assert daemon.process.wait(20) == -9, daemon.process.tail()
        chosen = judge.oracle.checkpoint()
        time.sleep(0.3)
        daemon.start().wait_ready()
        for _ in range(3):
            judge.progress()
    judge.oracle.wait_settled()
    since = {entry["partition"]: entry["offset"] for entry in
             database.value("SELECT counts_since FROM tallymill.aggregation")}
    assert since.keys() == {0, 1} and sum(since.values()) > 0
    assert chosen in ({}, since), "the start that was chosen first is the one for ever"
    judge.oracle.fold = lambda records: folds.counts(
        record for record in records if record.offset >= since[record.partition])
    records = judge.oracle.check(whole_ledger=False, least=500)
    counted = [record for record in records if record.offset >= since[record.partition]]
    judge.watcher.check(counted, 2)
    judge.audit.check()
    assert chosen == {} or place != "ckpt.insert_before"


def test_38_sigterm_at_each_failpoint(judge, topic, make_daemon):
    daemon = make_daemon(text_of(topic))
    passed_late = ("start.config_read",)  # No signal is handled before that.
    names = [name for name in failpoints.known(daemon)
             if name not in (*NOT_ON_THE_WAY, *passed_late)] + ["close.begin"]
    daemon.start().wait_ready()
    slowest = 0.0
    with judge.load(per_second=2_000, garbage=0.01):
        judge.progress()
        assert daemon.stop() == 0
        for name in names:
            seen = daemon.log().count("failpoint reached")
            daemon.start(failpoints=f"{FIRST.get(name, '')}{name}=sleep(300)")
            if name == "close.begin":
                daemon.wait_ready()
            else:
                daemon.wait_log("failpoint reached", seen + 1 + (name in FIRST))
            began = time.monotonic()
            assert daemon.stop() == 0, f"{name}: {daemon.process.tail()}"
            slowest = max(slowest, time.monotonic() - began)
        daemon.start().wait_ready()
        judge.progress()
    assert slowest < 10, f"a stop took {slowest:.1f} s"
    judge.check()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_38_a_second_signal_ends_at_once(number, judge, topic, make_daemon):
    daemon = make_daemon(text_of(topic)).start(failpoints="tx.after_cas=sleep(5000)@5")
    with judge.load():
        daemon.wait_log("failpoint reached")
        daemon.process.send(number)
        time.sleep(0.3)
        assert daemon.process.running()
        began = time.monotonic()
        daemon.process.send(number)
        daemon.process.wait(5)
        assert time.monotonic() - began < 1
        daemon.start().wait_ready()
        judge.progress()
    judge.check()
