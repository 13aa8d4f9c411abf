"""Two instances on one pipeline, by mistake or on purpose, never count anything twice."""

import time

from process import wait_until
from rig import config
from rig.background import Background, Traffic
from rig.oracle import SnapshotWatcher, wait_progress


def counts(topic, instance):
    return config.counts(topic, interval="100ms", head=f"instance: {instance}")


def test_an_instance_that_finds_another_alive_stands_by(kafka, topic, make_daemon, oracle):
    first = make_daemon(counts(topic, "one")).start().wait_ready()
    second = make_daemon(counts(topic, "two")).start()
    with Traffic(kafka.brokers, topic, per_second=2_000):
        second.wait_state("standby")
        second.wait_ready()
        wait_progress(oracle)
        assert first.state() == "running"
    oracle.check(least=100)
    assert {batch["instance"] for batch in oracle.batches()} == {"one"}


def test_a_standby_takes_over_from_an_instance_that_dies(kafka, topic, make_daemon, oracle):
    first = make_daemon(counts(topic, "one")).start().wait_ready()
    second = make_daemon(counts(topic, "two")).start()
    second.wait_state("standby")
    with Traffic(kafka.brokers, topic, per_second=2_000):
        wait_progress(oracle)
        first.kill9()
        second.wait_state("running")
        wait_progress(oracle)
    oracle.check(least=1_000)


def test_a_standby_takes_over_at_once_from_an_instance_that_is_stopped(kafka, topic, make_daemon, oracle):
    first = make_daemon(counts(topic, "one")).start().wait_ready()
    second = make_daemon(counts(topic, "two")).start()
    second.wait_state("standby")
    with Traffic(kafka.brokers, topic, per_second=2_000):
        wait_progress(oracle)
        assert first.stop() == 0
        second.wait_state("running", 10)
        wait_progress(oracle)
    oracle.check(least=100)


def test_a_frozen_instance_that_thaws_drops_what_it_held(kafka, topic, make_daemon, oracle):
    first = make_daemon(counts(topic, "one")).start().wait_ready()
    second = make_daemon(counts(topic, "two")).start()
    second.wait_state("standby")
    watcher = SnapshotWatcher(oracle)
    with Traffic(kafka.brokers, topic, per_second=2_000), Background(watcher.look, 0.05):
        wait_progress(oracle)
        first.freeze()
        second.wait_state("running")
        wait_progress(oracle)
        first.thaw()
        first.wait_state("standby")
        for _ in range(5):
            wait_progress(oracle)
    watcher.check(oracle.check(least=1_000))


def test_two_processes_of_one_name_fight_without_counting_anything_twice(
        kafka, topic, make_daemon, oracle):
    """As when a deployment starts the same thing twice on one host."""
    make_daemon(counts(topic, "same")).start()
    make_daemon(counts(topic, "same")).start()
    watcher = SnapshotWatcher(oracle)
    with Traffic(kafka.brokers, topic, per_second=2_000), Background(watcher.look, 0.05):
        wait_until(lambda: oracle.checkpoint(), 30, "a first checkpoint")
        time.sleep(5)
        wait_progress(oracle)
    watcher.check(oracle.check(least=1_000))


def test_an_instance_that_restarts_under_its_name_goes_on_at_once(kafka, topic, make_daemon, oracle):
    daemon = make_daemon(counts(topic, "one")).start().wait_ready()
    with Traffic(kafka.brokers, topic, per_second=2_000):
        wait_progress(oracle)
        daemon.kill9()
        daemon.start()
        assert wait_progress(oracle) < 5
    oracle.check(least=100)
