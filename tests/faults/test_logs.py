"""What the topic holds changes: retention, recreation, partitions, transactions, repeated delivery."""

import random
import time

import pytest

from process import wait_until
from rig import config
from rig.producing import Producer, TransactionalProducer


def send(topics, topic, count, key="a", **options):
    producer = Producer(topics.brokers)
    producer.send(topic, *[{"key": key, "amount": 1}] * count, **options)
    producer.flush()


@pytest.mark.parametrize("while_running", [False, True], ids=["stopped", "running"])
@pytest.mark.parametrize("accepted", [False, True], ids=["stop", "record_gap"])
def test_24_offset_out_of_range(while_running, accepted, judge, topics, topic, make_daemon, database):
    pipeline = "on_data_loss: record_gap" if accepted else ""
    daemon = make_daemon(config.counts(topic, pipeline=pipeline)).start().wait_ready()
    send(topics, topic, 10, partition=0)
    judge.oracle.check(least=10)
    if while_running:
        # An instance that is frozen notices when it fetches; the fetch that is on its way is answered first,
        # with nothing.
        daemon.freeze()
        time.sleep(1)
    else:
        assert daemon.stop() == 0
    send(topics, topic, 40, "b", partition=0)
    topics.delete_records(topic, 0, 30)
    if while_running:
        daemon.thaw()
    else:
        daemon.start()
    wait_until(lambda: daemon.state() == "stopped" or judge.oracle.checkpoint()[0] == 50, 30, "either")
    counted = dict(database.query("SELECT key, n FROM counts"))
    gaps = database.query("SELECT partition::int, from_offset::int, to_offset::int, cause FROM tallymill.gap")
    if accepted:
        assert counted == {"a": 10, "b": 20} and gaps == [(0, 10, 30, "retention")]
        judge.audit.check()
    else:
        detail = daemon.wait_state("stopped")["detail"]
        for word in (topic, "partition 0", "[10, 30)"):
            assert word in detail, detail
        assert counted == {"a": 10} and gaps == []


@pytest.mark.parametrize("while_running", [False, True], ids=["stopped", "running"])
@pytest.mark.parametrize("count, partitions", [(10, 2), (1_000, 2), (1_000, 1)],
                         ids=["shorter", "longer", "fewer_partitions"])
def test_26_topic_recreated(count, partitions, while_running, judge, topics, topic, make_daemon, database):
    daemon = make_daemon(config.counts(topic, kafka="metadata_refresh: 1s")).start().wait_ready()
    for partition in (0, 1):
        send(topics, topic, 50, partition=partition)
    judge.oracle.check(least=100)
    if not while_running:
        assert daemon.stop() == 0
    topics.recreate(topic, partitions)
    for partition in range(partitions):
        send(topics, topic, count // partitions, "b", partition=partition)
    if not while_running:
        daemon.start()
    assert topic in daemon.wait_state("stopped", 40)["detail"]
    assert database.query("SELECT key, n FROM counts") == [("a", 100)]
    assert judge.oracle.checkpoint() == {0: 50, 1: 50}


def test_27_partition_growth_under_load(judge, topics, topic, make_daemon):
    make_daemon(config.counts(topic, kafka="metadata_refresh: 1s")).start().wait_ready()
    with judge.load():
        judge.progress()
        topics.add_partitions(topic, 5)
        for partition in (2, 3, 4):
            send(topics, topic, 100, "added", partition=partition)
        began = time.monotonic()
        wait_until(lambda: judge.oracle.checkpoint().keys() == {0, 1, 2, 3, 4}, 20, "the new partitions")
        assert time.monotonic() - began < 10
        judge.progress()
    judge.check()


def test_28_transactional_producers_that_abort_or_hang(judge, topics, topic, make_daemon, database):
    daemon = make_daemon(config.counts(topic)).start().wait_ready()
    producer = TransactionalProducer(topics.brokers)
    chance = random.Random(28)
    with judge.load(per_second=500):
        for round_ in range(30):
            producer.begin()
            for i in range(chance.randrange(1, 40)):
                producer.send(topic, {"key": f"t{i % 7}", "amount": round_}, partition=i % 2)
            if chance.random() < 0.3:
                producer.client.flush(30)  # So that what is aborted is in the log.
                producer.abort()
            else:
                producer.commit()
        judge.progress()
    hung = TransactionalProducer(topics.brokers)
    hung.begin()
    hung.send(topic, {"key": "open", "amount": 1}, partition=0)
    hung.client.flush(30)
    send(topics, topic, 10, "behind", partition=0)
    send(topics, topic, 10, "beside", partition=1)
    wait_until(lambda: database.query("SELECT n FROM counts WHERE key = 'beside'") == [(10,)], 20,
               "the partition beside")
    time.sleep(1)
    assert not database.query("SELECT FROM counts WHERE key IN ('open', 'behind')")
    assert daemon.lag() == 0 and daemon.ready()
    hung.abort()
    judge.check()
    assert not database.query("SELECT FROM counts WHERE key = 'open'")
