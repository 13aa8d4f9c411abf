"""kill -9 at random moments changes nothing."""

import random
import time

from rig import config
from rig.background import Background, Traffic
from rig.oracle import SnapshotWatcher, wait_progress

KILLS = 20


def test_twenty_kills_at_random_moments_lose_nothing_and_count_nothing_twice(
        kafka, topic, make_daemon, oracle):
    daemon = make_daemon(config.counts(topic, interval="100ms"))
    moments = random.Random(20)
    watcher = SnapshotWatcher(oracle)
    with Traffic(kafka.brokers, topic, per_second=4_000), Background(watcher.look, 0.03):
        for _ in range(KILLS):
            daemon.start()
            time.sleep(moments.expovariate(1.0))
            daemon.kill9()
        daemon.start().wait_ready()
        wait_progress(oracle)
    records = oracle.check(least=1_000)
    watcher.check(records)


def test_a_process_killed_before_its_first_commit_starts_where_it_first_decided_to(
        producer, topic, make_daemon, oracle, database):
    producer.send(topic, *[{"key": "old", "amount": 1}] * 10)
    producer.flush()
    daemon = make_daemon(config.counts(topic, source="start: latest", interval="10s")).start()
    daemon.wait_ready()
    producer.send(topic, *[{"key": "new", "amount": 1}] * 10)
    producer.flush()
    time.sleep(0.5)
    daemon.kill9()
    assert not database.query("SELECT * FROM counts")
    producer.send(topic, *[{"key": "new", "amount": 1}] * 5)
    producer.flush()
    again = make_daemon(config.counts(topic, source="start: latest")).start().wait_ready()
    oracle.wait_settled()
    assert database.query("SELECT key, n FROM counts") == [("new", 15)]
    assert again.stop() == 0
