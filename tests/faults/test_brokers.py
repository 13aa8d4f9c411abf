"""Brokers die, are away, change leaders or answer with errors."""

import random
import time

import pytest
from confluent_kafka import ElectionType, TopicPartition

from process import wait_until
from rig import config
from rig.background import Traffic
from rig.kafka_cluster import NODES, KafkaCluster
from rig.mock_kafka import (
    FENCED_LEADER_EPOCH, FETCH, LEADER_NOT_AVAILABLE, LIST_OFFSETS, METADATA, NOT_LEADER,
    OFFSET_FOR_LEADER_EPOCH, REQUEST_TIMED_OUT, UNKNOWN_LEADER_EPOCH, UNKNOWN_TOPIC_OR_PART, MockKafka)
from rig.oracle import Oracle
from rig.processes import cpu_seconds
from rig.producing import Producer
from rig.topics import Topics


@pytest.fixture(scope="module")
def cluster(scratch):
    cluster = KafkaCluster(scratch / "cluster")
    cluster.start()
    yield cluster
    cluster.end()


class TestThreeBrokers:
    @pytest.fixture
    def kafka(self, cluster):
        return cluster

    @pytest.fixture
    def topics(self, cluster):
        return Topics(cluster.brokers)

    @pytest.fixture
    def topic(self, topics):
        return topics.create(replicas=3, partitions=3, min_insync_replicas=2)

    def test_20_brokers_killed_and_restarted_one_after_the_other(self, cluster, judge, topic, make_daemon):
        daemon = make_daemon(config.counts(topic)).start().wait_ready()
        with judge.load():
            judge.progress()
            for node in NODES:
                (cluster.crash if node != 2 else cluster.stop)(node)
                judge.progress(40)
                cluster.start(node)
                judge.progress(40)
        assert "position" not in daemon.log()
        judge.check(seconds=90)

    def test_22_leader_change_during_fetch(self, cluster, topics, judge, topic, make_daemon):
        make_daemon(config.counts(topic)).start().wait_ready()
        partitions = [TopicPartition(topic, p) for p in range(3)]

        def leaders():
            return {p.id: p.leader for p in topics.admin.list_topics(topic).topics[topic].partitions.values()}
        with judge.load(per_second=5_000):
            judge.progress()
            cluster.stop(1)
            wait_until(lambda: 1 not in leaders().values(), 30, "leaders to move")
            judge.progress(40)
            cluster.start(1)

            def elected():
                topics.admin.elect_leaders(ElectionType.PREFERRED, partitions).result(30)
                return len(set(leaders().values())) == 3
            wait_until(elected, 60, "each broker to lead a partition again", every=1)
            judge.progress(40)
        judge.check(seconds=90)

    def test_25_truncation_by_an_unclean_election(self, cluster, topics, database, make_daemon):
        """The records that were counted are gone, and others have their offsets."""
        topic = topics.create(replicas=2, partitions=1, min_insync_replicas=1,
                              unclean_leader_election_enable="true")

        def partition():
            return topics.admin.list_topics(topic).topics[topic].partitions[0]
        leader = partition().leader
        (follower,) = set(partition().replicas) - {leader}
        oracle = Oracle(topics, database, topic)
        daemon = make_daemon(config.counts(topic, kafka="metadata_refresh: 1s")).start().wait_ready()
        send(cluster, topic, 100)
        oracle.check(least=100)
        cluster.freeze(follower)
        wait_until(lambda: partition().isrs == [leader], 30, "the follower to be out")
        send(cluster, topic, 50, "lost")
        oracle.wait_settled()
        assert oracle.checkpoint() == {0: 150}
        cluster.crash(leader)
        cluster.thaw(follower)
        wait_until(lambda: partition().leader == follower, 60, "an unclean election")
        send(cluster, topic, 200, "other")
        try:
            for _ in range(2):  # A restart must see it, too.
                detail = daemon.wait_state("stopped", 60)["detail"]
                assert topic in detail and "trunc" in detail, detail
                daemon.kill9()
                daemon.start()
            assert oracle.checkpoint() == {0: 150}
            assert database.query("SELECT key, n FROM counts ORDER BY key") == [("a", 100), ("lost", 50)]
        finally:
            cluster.start(leader)


def send(kafka, topic, count, key="a"):
    producer = Producer(kafka.brokers)
    producer.send(topic, *[{"key": key, "amount": 1}] * count)
    producer.flush()


def test_21_all_brokers_down(kafka, judge, topic, make_daemon):
    """Shortened: seconds instead of five minutes."""
    daemon = make_daemon(config.counts(topic)).start().wait_ready()
    with judge.load():
        for _ in range(3):
            judge.progress()
        kafka.crash()
        try:
            time.sleep(3)
            lines, spent = len(daemon.log().splitlines()), cpu_seconds(daemon.process.pid)
            time.sleep(6)
            assert daemon.process.running() and daemon.get("/healthz")[0] == 200
            status, body = daemon.get("/readyz")
            assert status == 503 and "away" in body
            assert cpu_seconds(daemon.process.pid) - spent < 0.05 * 6
            assert len(daemon.log().splitlines()) - lines <= 1
        finally:
            kafka.start()
        judge.progress(40)
    judge.check()


@pytest.fixture
def mock():
    mock = MockKafka()
    mock.create_topic("errors", 3)
    yield mock
    mock.close()


RETRIABLE = {
    FETCH: (NOT_LEADER, UNKNOWN_TOPIC_OR_PART, FENCED_LEADER_EPOCH, UNKNOWN_LEADER_EPOCH, REQUEST_TIMED_OUT),
    LIST_OFFSETS: (NOT_LEADER, LEADER_NOT_AVAILABLE, UNKNOWN_LEADER_EPOCH),
    OFFSET_FOR_LEADER_EPOCH: (NOT_LEADER, FENCED_LEADER_EPOCH, UNKNOWN_LEADER_EPOCH),
}


def test_23_retriable_errors_of_each_request(mock, topics, database, make_daemon):
    daemon = make_daemon(config.counts("errors", kafka="metadata_refresh: 1s"), brokers=mock.brokers)
    daemon.start().wait_ready()
    chance = random.Random(23)
    with Traffic(mock.brokers, "errors", per_second=500) as traffic:
        for _ in range(3):
            for request, errors in RETRIABLE.items():
                mock.fail_requests(request, *chance.sample(errors, len(errors)))
                mock.move_leader("errors", chance.randrange(3), chance.randrange(1, 4))
                time.sleep(0.3)
    wait_all_counted(database, traffic.sent)
    assert daemon.metrics().sum("tallymill_partition_stalls_total") == 0
    assert daemon.state() == "running"


def test_23_an_error_of_metadata_as_a_whole_ends_nothing(mock, topics, database, make_daemon):
    """Unmended, librdkafka 2.15.1 ends the process."""
    daemon = make_daemon(config.counts("errors", kafka="metadata_refresh: 1s"), brokers=mock.brokers)
    daemon.start().wait_ready()
    with Traffic(mock.brokers, "errors", per_second=500) as traffic:
        for _ in range(3):
            time.sleep(0.5)
            mock.fail_requests(METADATA, LEADER_NOT_AVAILABLE)
        time.sleep(1)
    wait_all_counted(database, traffic.sent)
    daemon.process.check()


def wait_all_counted(database, count: int):
    """The mock is no judge's witness: it forgets records. So many were sent."""
    try:
        wait_until(lambda: database.value("SELECT sum(n) FROM counts") == count, 30, "all records", every=0.2)
    except TimeoutError:
        raise AssertionError(f"sent {count}, counted {database.value('SELECT sum(n) FROM counts')}") from None
