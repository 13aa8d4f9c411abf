"""A compacted topic: offsets have holes, and a null value is a tombstone."""

from process import wait_until
from rig import config
from rig.log import read_log


def test_a_compacted_topic_is_counted_as_it_is_now_and_read_to_its_end(
        kafka, topics, producer, make_daemon, oracle, topic):
    topics.recreate(topic, 1, cleanup_policy="compact", segment_ms=100, segment_bytes=1_048_576,
                    min_cleanable_dirty_ratio=0.01, delete_retention_ms=100,
                    max_compaction_lag_ms=200)
    for i in range(3_000):
        producer.send(topic, {"key": f"k{i % 10}", "amount": i}, key=f"k{i % 10}")
        if i % 1_000 == 999:
            producer.flush()

    def compacted():
        # The newest segment is never compacted; a record now and then makes a new one.
        producer.send(topic, {"key": "k1", "amount": 1}, key="k1")
        producer.flush()
        records, ends = read_log(kafka.brokers, topic)
        return len(records) < ends[0] / 2
    wait_until(compacted, 60, "the topic to be compacted", every=1)
    producer.raw(topic, None, key="k2")
    producer.flush()
    stop_compaction(kafka, topics, topic)
    daemon = make_daemon(config.counts(topic)).start().wait_ready()
    records = oracle.check(least=10)
    assert len(records) < oracle.checkpoint()[0], "the topic has no holes"
    wait_until(lambda: daemon.lag() == 0, 10, "lag to be 0")


def stop_compaction(kafka, topics, topic):
    """From here on the daemon and the oracle read the same records."""
    topics.configure(topic, min_cleanable_dirty_ratio=1, max_compaction_lag_ms=2**62,
                     min_compaction_lag_ms=2**61)
    before = []

    def settled():
        before.append(len(read_log(kafka.brokers, topic)[0]))
        return len(before) > 2 and before[-1] == before[-2] == before[-3]
    wait_until(settled, 30, "compaction to stop", every=1)


def test_tombstones_are_skipped_and_counted(producer, topic, counting, oracle):
    producer.send(topic, {"key": "a", "amount": 1})
    producer.raw(topic, None, key="a")
    producer.raw(topic, None)
    producer.flush()
    oracle.check(least=3)
    assert sum(batch["records_skipped"] for batch in oracle.batches()) == 2
    assert counting.metrics().sum("tallymill_records_total", outcome="skipped") == 2
