"""Offsets of the consumer group are for lag tools; whatever becomes of them changes no count."""

import random

from confluent_kafka import ConsumerGroupTopicPartitions, TopicPartition

from process import wait_until
from rig import config
from rig.background import Traffic
from rig.oracle import wait_for_records, wait_progress

GROUP = "tallymill.counts"


def published(topics, topic) -> dict[int, int]:
    asked = ConsumerGroupTopicPartitions(GROUP, [TopicPartition(topic, p) for p in range(2)])
    found = topics.admin.list_consumer_group_offsets([asked])[GROUP].result(30)
    return {one.partition: one.offset for one in found.topic_partitions}


def move(topics, topic, offsets: dict[int, int]):
    wanted = [TopicPartition(topic, partition, offset) for partition, offset in offsets.items()]
    topics.admin.alter_consumer_group_offsets(
        [ConsumerGroupTopicPartitions(GROUP, wanted)])[GROUP].result(30)


def test_group_offsets_that_somebody_moves_or_deletes_change_nothing(
        kafka, topics, topic, make_daemon, oracle):
    daemon = make_daemon(config.counts(topic))
    chance = random.Random(7)
    with Traffic(kafka.brokers, topic, per_second=2_000):
        for _ in range(4):
            daemon.start().wait_ready()
            wait_progress(oracle)
            wait_until(lambda: min(published(topics, topic).values()) > 0, 10, "offsets to be published")
            daemon.kill9()
            ends = topics.ends(topic)
            move(topics, topic, {p: chance.randrange(1, end) for p, end in ends.items()})
        topics.admin.delete_consumer_groups([GROUP])[GROUP].result(30)
        daemon.start().wait_ready()
        wait_for_records(oracle, sum(ends.values()) + 500)
    oracle.check()
    assert daemon.metrics().sum("tallymill_batches_dropped_total") == 0
