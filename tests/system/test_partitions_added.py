"""Partitions that are added to a topic are found, and read from their first record."""

from rig import config
from rig.background import Traffic
from rig.oracle import wait_progress
from rig.producing import Producer


def test_partitions_added_under_load_are_read_from_their_first_record(
        kafka, topics, topic, make_daemon, oracle):
    make_daemon(config.counts(topic, kafka="metadata_refresh: 1s")).start().wait_ready()
    with Traffic(kafka.brokers, topic, per_second=2_000):
        wait_progress(oracle)
        topics.add_partitions(topic, 5)
        late = Producer(kafka.brokers)
        for partition in (2, 3, 4):
            late.send(topic, *[{"key": "added", "amount": 1}] * 100, partition=partition)
        late.flush()
        wait_progress(oracle)
    oracle.check(least=500)
    assert oracle.checkpoint().keys() == {0, 1, 2, 3, 4}


def test_with_start_latest_an_added_partition_is_still_read_from_its_first_record(
        kafka, topics, topic, make_daemon, database, oracle):
    daemon = make_daemon(config.counts(topic, source="start: latest")).start().wait_ready()
    daemon.stop()
    topics.add_partitions(topic, 3)
    producer = Producer(kafka.brokers)
    producer.send(topic, *[{"key": "a", "amount": 1}] * 7, partition=2)
    producer.flush()
    daemon.start().wait_ready()
    oracle.wait_settled()
    assert database.query("SELECT key, n FROM counts") == [("a", 7)]
