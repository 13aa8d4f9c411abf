"""Records that the topic no longer holds are never skipped without a word."""

import time

import pytest

from rig import config
from rig.producing import Producer


@pytest.fixture
def behind(kafka, topics, topic, make_daemon, oracle):
    """Returns a function that starts a daemon whose checkpoint (10) lies below the log's start (30)
    in partition 0, with 50 records there in all, and none lost in partition 1."""
    def start(pipeline=""):
        daemon = make_daemon(config.counts(topic, pipeline=pipeline)).start().wait_ready()
        producer = Producer(kafka.brokers)
        producer.send(topic, *[{"key": "a", "amount": 1}] * 10, partition=0)
        producer.flush()
        oracle.check(least=10)
        assert daemon.stop() == 0
        producer.send(topic, *[{"key": "b", "amount": 1}] * 40, partition=0)
        producer.send(topic, *[{"key": "c", "amount": 1}] * 5, partition=1)
        producer.flush()
        topics.delete_records(topic, 0, 30)
        return daemon.start()
    return start


def test_retention_past_the_checkpoint_stops_the_pipeline_and_names_the_range(
        behind, topic, database, oracle):
    daemon = behind()
    detail = daemon.wait_state("stopped")["detail"]
    for word in (topic, "partition 0", "10", "30"):
        assert word in detail, detail
    assert database.query("SELECT key, n FROM counts") == [("a", 10)]
    assert oracle.checkpoint()[0] == 10
    assert daemon.metrics().sum("tallymill_pipeline_state", state="stopped") == 1


def test_a_range_that_is_gone_is_recorded_where_the_configuration_says_so(
        behind, topic, database, oracle):
    behind("on_data_loss: record_gap").wait_ready()
    oracle.wait_settled()
    assert database.query("SELECT key, n FROM counts ORDER BY key") == [("a", 10), ("b", 20), ("c", 5)]
    assert database.query(
        "SELECT topic, partition::int, from_offset::int, to_offset::int, cause FROM tallymill.gap") \
        == [(topic, 0, 10, 30, "retention")]


def test_records_deleted_while_the_daemon_is_behind_stop_it_too(
        kafka, topics, topic, make_daemon, database, oracle):
    """The daemon is frozen, so that it notices only when it fetches; the fetch that is on its way then is
    answered with nothing."""
    daemon = make_daemon(config.counts(topic)).start().wait_ready()
    producer = Producer(kafka.brokers)
    producer.send(topic, *[{"key": "a", "amount": 1}] * 10, partition=0)
    producer.flush()
    oracle.check(least=10)
    daemon.freeze()
    time.sleep(1)
    producer.send(topic, *[{"key": "b", "amount": 1}] * 40, partition=0)
    producer.flush()
    topics.delete_records(topic, 0, 30)
    daemon.thaw()
    assert "[10, 30)" in daemon.wait_state("stopped", 60)["detail"]
    assert database.value("SELECT sum(n) FROM counts") == 10
