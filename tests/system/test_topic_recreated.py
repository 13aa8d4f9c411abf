"""A topic that was deleted and made anew is another topic: nothing of it is added to what the old one
came to, unless the configuration says so."""

import pytest

from process import wait_until
from rig import config
from rig.producing import Producer

OLD = 100


def send(kafka, topic, count, key="a"):
    producer = Producer(kafka.brokers)
    for i in range(count):
        producer.send(topic, {"key": key, "amount": i}, partition=i % 2)
    producer.flush()


def stored(database):
    return database.query("SELECT key, n FROM counts ORDER BY key")


@pytest.mark.parametrize("new", [pytest.param(10, id="shorter"), pytest.param(1_000, id="longer")])
def test_a_topic_recreated_while_the_daemon_is_stopped_stops_the_pipeline(
        new, kafka, topics, topic, make_daemon, database, oracle):
    daemon = make_daemon(config.counts(topic)).start().wait_ready()
    send(kafka, topic, OLD)
    oracle.check(least=OLD)
    assert daemon.stop() == 0
    topics.recreate(topic)
    send(kafka, topic, new, "b")
    daemon.start()
    detail = daemon.wait_state("stopped")["detail"]
    assert topic in detail
    assert stored(database) == [("a", OLD)]
    assert oracle.checkpoint() == {0: OLD // 2, 1: OLD // 2}
    assert not daemon.ready()


@pytest.mark.parametrize("new", [pytest.param(10, id="shorter"), pytest.param(1_000, id="longer")])
def test_a_topic_recreated_while_the_daemon_runs_stops_the_pipeline(
        new, kafka, topics, topic, make_daemon, database, oracle):
    daemon = make_daemon(config.counts(topic)).start().wait_ready()
    send(kafka, topic, OLD)
    oracle.check(least=OLD)
    topics.recreate(topic)
    send(kafka, topic, new, "b")
    detail = daemon.wait_state("stopped", 60)["detail"]
    assert topic in detail
    assert stored(database) == [("a", OLD)]
    assert oracle.checkpoint() == {0: OLD // 2, 1: OLD // 2}


def test_a_recreated_topic_is_a_gap_where_the_configuration_accepts_that(
        kafka, topics, topic, make_daemon, database, oracle):
    text = config.counts(topic, pipeline="on_data_loss: record_gap")
    daemon = make_daemon(text).start().wait_ready()
    send(kafka, topic, OLD)
    oracle.check(least=OLD)
    assert daemon.stop() == 0
    topics.recreate(topic)
    send(kafka, topic, 10, "b")
    daemon.start().wait_ready()
    oracle.wait_settled()
    assert stored(database) == [("a", OLD), ("b", 10)]
    gaps = database.query("SELECT topic, partition::int, from_offset::int, cause FROM tallymill.gap "
                          "ORDER BY partition")
    assert gaps == [(topic, 0, OLD // 2, "recreated"), (topic, 1, OLD // 2, "recreated")]
    oracle.check_topic_id()


def test_a_topic_that_is_deleted_and_does_not_come_back_is_waited_for_or_stops(
        kafka, topics, topic, make_daemon, database, oracle):
    daemon = make_daemon(config.counts(topic)).start().wait_ready()
    send(kafka, topic, OLD)
    oracle.check(least=OLD)
    topics.delete(topic)
    wait_until(lambda: daemon.state() in ("running", "starting", "stopped"), 10, "a state")
    assert daemon.process.running()
    assert stored(database) == [("a", OLD)]
