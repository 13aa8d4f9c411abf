"""The database moves to its standby, with and without what was acknowledged."""

import pytest

from rig import config
from rig.databases import Database
from rig.oracle import Oracle
from rig.postgres_pair import PostgresPair
from rig.producing import Producer


@pytest.fixture
def pair(scratch, request):
    pair = PostgresPair(scratch / f"pair-{request.node.name[:7]}")
    yield pair
    pair.stop()


@pytest.fixture
def database(pair):
    return Database(pair)


def start(make_daemon, text, pair, database):
    return make_daemon(text, dsn=pair.both(database.name)).start().wait_ready()


def test_10_failover_nothing_lost(judge, pair, topic, make_daemon, database):
    pair.synchronous(True)
    daemon = start(make_daemon, config.counts(topic), pair, database)
    with judge.load():
        judge.progress()
        before = judge.oracle.checkpoint()
        pair.fail_over()
        stored = judge.oracle.checkpoint()
        assert all(stored[partition] >= offset for partition, offset in before.items())
        assert judge.progress() < 10
    assert daemon.metrics().sum("tallymill_batches_dropped_total", cause="rewound") == 0
    judge.check()


def lose_commits(judge, pair):
    """Returns how many acknowledged offsets the failover forgot."""
    judge.progress()
    pair.hold_back()
    kept = judge.oracle.checkpoint()
    for _ in range(3):
        judge.progress()
    known = judge.oracle.checkpoint()
    pair.fail_over()
    stored = judge.oracle.checkpoint()
    assert sum(stored.values()) < sum(known.values()), "nothing was forgotten"
    assert sum(stored.values()) <= sum(kept.values()) + 5_000
    return sum(known.values()) - sum(stored.values())


def test_11_failover_commits_lost(judge, pair, topic, make_daemon, database):
    daemon = start(make_daemon, config.counts(topic), pair, database)
    with judge.load():
        assert lose_commits(judge, pair) > 0
        judge.progress()
        judge.progress()
    assert daemon.metrics().sum("tallymill_batches_dropped_total", cause="rewound") == 1
    assert "rewound" in daemon.log()
    judge.oracle.wait_settled()
    judge.check()


def test_12_rewind_below_kafka_retention(judge, pair, topics, topic, make_daemon, database):
    """The pipeline stops and names what is gone; another pipeline goes on."""
    other = topics.create()
    text = config.counts(topic) + config.counts(other, name="others", table="others").split("pipelines:\n")[1]
    daemon = start(make_daemon, text, pair, database)
    with judge.load():
        judge.progress()
        pair.hold_back()
        for _ in range(3):
            judge.progress()
        known = judge.oracle.checkpoint()
        daemon.freeze()
        for partition, offset in known.items():
            topics.delete_records(topic, partition, offset)
        pair.fail_over()
        stored = judge.oracle.checkpoint()
        daemon.thaw()
        detail = daemon.wait_state("stopped")["detail"]
    for partition, offset in stored.items():
        if known[partition] > offset:
            assert f"partition {partition} [{offset}, {known[partition]})" in detail, detail
    assert judge.oracle.checkpoint() == stored
    producer = Producer(topics.brokers)
    producer.send(other, *[{"key": "a", "amount": 1}] * 100)
    producer.flush()
    Oracle(topics, database, other, pipeline="others", table="others").check(least=100)
    assert daemon.state("counts") == "stopped"
    topics.delete(other)
