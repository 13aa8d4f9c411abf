"""`run --drain` counts what is there now, and ends."""

from rig import config
from rig.producing import TransactionalProducer


def test_draining_counts_what_is_there_and_exits_with_zero(producer, topic, make_daemon, oracle):
    producer.send(topic, *[{"key": "a", "amount": 1}] * 5_000)
    producer.flush()
    daemon = make_daemon(config.counts(topic, interval="1h"))
    for least in (5_000, 5_100):
        daemon.start("--drain")
        assert daemon.process.wait(30) == 0
        oracle.check(least=least)
        producer.send(topic, *[{"key": "b", "amount": 1}] * 100)
        producer.flush()


def test_draining_an_empty_topic_exits_with_zero(topic, make_daemon, oracle):
    daemon = make_daemon(config.counts(topic)).start("--drain")
    assert daemon.process.wait(30) == 0
    assert oracle.checkpoint() == {0: 0, 1: 0}


def test_draining_a_topic_that_ends_in_control_records_exits_with_zero(
        kafka, topic, make_daemon, oracle):
    producer = TransactionalProducer(kafka.brokers)
    for _ in range(3):
        producer.begin()
        producer.send(topic, *[{"key": "a", "amount": 1}] * 10, partition=1)
        producer.client.flush(30)
        producer.abort()
    daemon = make_daemon(config.counts(topic)).start("--drain")
    assert daemon.process.wait(30) == 0
    oracle.check(least=0)


def test_draining_a_pipeline_that_must_stop_exits_with_one(producer, topic, make_daemon, oracle):
    producer.raw(topic, b"bad")
    producer.flush()
    daemon = make_daemon(config.counts(topic, pipeline="on_error: stop")).start("--drain")
    assert daemon.process.wait(30) == 1
