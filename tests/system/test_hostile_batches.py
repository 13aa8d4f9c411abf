"""Batches that the broker hands out as they are: corrupt ones, and ones that become large."""

import pathlib

import pytest

from private_kafka import PrivateKafka
from process import wait_until
from rig import config
from rig.producing import Producer
from rig.topics import Topics

MIB = 1 << 20


@pytest.fixture
def own_kafka(scratch, tmp_path):
    broker = PrivateKafka(scratch / f"kafka-{tmp_path.name}")
    broker.start()
    yield broker
    broker.stop()


def test_a_corrupt_batch_stops_the_pipeline_and_names_the_place_and_nothing_is_skipped(
        own_kafka, make_daemon, database):
    topics = Topics(own_kafka.brokers)
    topic = topics.create(partitions=1)
    producer = Producer(own_kafka.brokers)
    for key in ("a", "marker", "b"):
        producer.send(topic, *[{"key": key, "amount": 1}] * 10, partition=0)
        producer.flush()
    own_kafka.stop()
    (segment,) = pathlib.Path(own_kafka.folder).glob(f"data/{topic}-0/*.log")
    data = segment.read_bytes()
    assert b"marker" in data
    segment.write_bytes(data.replace(b"marker", b"Marker", 1))
    own_kafka.start()
    daemon = make_daemon(config.counts(topic), brokers=own_kafka.brokers).start()
    detail = daemon.wait_state("stopped")["detail"]
    assert f"{topic}/0 offset 10" in detail and "CRC32C" in detail, detail
    # What stands before it may not have been committed yet: then it is read again.
    counted = database.value("SELECT coalesce(sum(n), 0)::int FROM counts")
    assert counted == database.value("SELECT next_offset::int FROM tallymill.checkpoint") and counted in (0, 10)


def test_a_batch_that_grows_beyond_memory_when_it_is_decompressed_stops_the_pipeline_within_memory(
        kafka, producer, topic, make_daemon, database):
    daemon = make_daemon(config.counts(topic, head="memory_limit: 128MiB")).start().wait_ready()
    producer.send(topic, *[{"key": "a", "amount": 1}] * 10, partition=0)
    producer.flush()
    wait_until(lambda: database.query("SELECT n FROM counts") == [(10,)], 20, "the first records")
    bomb = Producer(kafka.brokers, **{"compression.type": "zstd", "message.max.bytes": 1_000_000_000})
    bomb.raw(topic, b'{"key": "b", "amount": 1, "x": "' + b"x" * (300 * MIB) + b'"}', partition=0)
    bomb.flush()
    detail = daemon.wait_state("stopped", 60)["detail"]
    assert f"{topic}/0 offset 10" in detail and "Decompression" in detail, detail
    assert daemon.peak_rss() < 128 * MIB
