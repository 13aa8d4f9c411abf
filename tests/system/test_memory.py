"""Memory stays below memory_limit whatever arrives, and nothing is lost."""

import uuid

from process import wait_until
from rig import config
from rig.oracle import Oracle
from rig.producing import Producer

EVENTS = 200_000
LIMIT = 128 << 20


def test_keys_of_a_kilobyte_that_never_repeat_stay_below_the_limit(
        kafka, topics, make_daemon, database):
    topic = topics.create(partitions=4)
    producer = Producer(kafka.brokers, **{"compression.type": "none"})
    padding = "x" * 980
    for i in range(EVENTS):
        producer.send(topic, {"key": f"{uuid.UUID(int=i)}-{padding}", "amount": 1}, partition=i % 4)
    producer.flush()
    daemon = make_daemon(config.counts(topic, interval="5s", head="memory_limit: 128MiB"))
    daemon.start().wait_ready()
    oracle = Oracle(topics, database, topic)
    wait_until(lambda: daemon.peak_rss() > LIMIT or
               sum(oracle.checkpoint().values()) == EVENTS, 300, "all events", every=0.5)
    assert daemon.peak_rss() < LIMIT, f"{daemon.peak_rss() >> 20} MiB"
    assert database.query("SELECT count(*), sum(n), sum(total) FROM counts") == [(EVENTS, EVENTS, EVENTS)]
    assert len(oracle.batches()) > 1
    memory = daemon.metrics()
    assert memory.sum("tallymill_memory_limit_bytes") == LIMIT
    topics.delete(topic)


def test_a_hundred_partitions_with_a_backlog_stay_below_the_limit(kafka, topics, make_daemon, database):
    topic = topics.create(partitions=100)
    producer = Producer(kafka.brokers)
    padding = "x" * 3_000
    for i in range(100_000):
        producer.send(topic, {"key": f"k{i % 100}", "amount": 1, "note": padding}, partition=i % 100)
    producer.flush()
    daemon = make_daemon(config.counts(topic, head="memory_limit: 128MiB")).start().wait_ready()
    oracle = Oracle(topics, database, topic)
    oracle.check(seconds=120, least=100_000)
    assert daemon.peak_rss() < LIMIT, f"{daemon.peak_rss() >> 20} MiB"
    topics.delete(topic)


def test_a_limit_below_what_is_needed_is_refused_at_start(topic, make_daemon):
    daemon = make_daemon(config.counts(topic, head="memory_limit: 1MiB")).start()
    assert daemon.process.wait(20) == 78
    assert "memory_limit" in daemon.log()
