"""Metrics are well formed, and agree with what is committed; the log is for what changes."""

import re
import subprocess
import time

import pytest

from process import wait_until
from rig import config
from rig.background import Traffic
from rig.oracle import wait_progress


def test_promtool_finds_nothing_to_say(producer, topic, counting, oracle):
    producer.send(topic, *[{"key": "a", "amount": 1}] * 100)
    producer.raw(topic, b"bad")
    producer.flush()
    oracle.wait_settled()
    done = subprocess.run(["promtool", "check", "metrics"], input=counting.metrics().text,
                          capture_output=True, text=True)
    assert done.returncode == 0 and not done.stderr.strip(), done.stderr


def test_counters_agree_with_what_is_committed(producer, topic, counting, oracle):
    producer.send(topic, *[{"key": "a", "amount": 1}] * 1_000)
    producer.raw(topic, b"bad")
    producer.raw(topic, None)
    producer.flush()
    oracle.check(least=1_002)
    wait_until(lambda: counting.metrics().sum("tallymill_lag_records") == 0, 10, "lag to be 0")
    metrics = counting.metrics()
    records = {outcome: metrics.sum("tallymill_records_total", outcome=outcome)
               for outcome in ("used", "skipped", "rejected")}
    assert records == {"used": 1_000, "skipped": 1, "rejected": 1}
    assert metrics.sum("tallymill_aggregation_records_total", outcome="folded") == 1_000
    assert metrics.sum("tallymill_commits_total", outcome="acked") >= len(oracle.batches())
    assert metrics.sum("tallymill_record_latency_seconds_count") == 1_000
    assert metrics.sum("tallymill_pipeline_state", state="running") == 1
    assert metrics.sum("tallymill_build_info") == 1


def test_a_record_is_visible_within_one_interval_and_a_flush(kafka, topic, counting, oracle):
    """Promise P3, as the daemon's own histogram has it and as a reader of the table sees it."""
    with Traffic(kafka.brokers, topic, per_second=2_000):
        wait_progress(oracle)
        time.sleep(5)
    oracle.check(least=5_000)
    metrics = counting.metrics()
    count = metrics.sum("tallymill_record_latency_seconds_count")
    within = sum(value for name, labels, value in metrics.samples
                 if name == "tallymill_record_latency_seconds_bucket" and labels["le"] in ("1", "1.0"))
    assert within >= 0.99 * count, f"{within} of {count} records were visible within 1 s"


def test_a_daemon_that_counts_without_trouble_says_nothing(kafka, topic, counting, oracle):
    with Traffic(kafka.brokers, topic, per_second=2_000):
        wait_progress(oracle)
        said = counting.log()
        batches = len(oracle.batches())
        wait_until(lambda: len(oracle.batches()) >= batches + 20, 60, "twenty batches", every=0.1)
    oracle.check(least=1_000)
    assert counting.log() == said


def test_each_batch_is_in_the_log_under_its_sequence_and_id_where_somebody_wants_to_know(
        producer, topic, make_daemon, oracle, database):
    daemon = make_daemon(config.counts(topic, head="log: {level: debug}")).start().wait_ready()
    for _ in range(3):
        producer.send(topic, *[{"key": "a", "amount": 1}] * 100)
        producer.flush()
        oracle.wait_settled()
    stored = database.query("SELECT sequence, id, records_read FROM tallymill.batch ORDER BY sequence")
    assert len(stored) >= 3
    daemon.wait_log("batch committed", count=len(stored))
    said = re.findall(r"debug batch committed pipeline=counts sequence=(\d+) id=(\w+) records=(\d+)", daemon.log())
    assert [(int(sequence), id, int(records)) for sequence, id, records in said] == stored


@pytest.mark.parametrize("path", ["/metrics", "/healthz", "/readyz", "/api/status"])
def test_each_page_answers(path, counting):
    assert counting.get(path)[0] == 200
    assert counting.get(path + "x")[0] == 404
