"""Where a pipeline that was never run begins to read."""

import datetime
import time

import pytest

from rig import config

MINUTE = 60_000


@pytest.mark.parametrize("absolute", [True, False], ids=["time", "ago"])
def test_a_start_in_time_is_each_partitions_first_record_of_that_time_on(
        absolute, topic, producer, make_daemon, database, oracle):
    now = time.time_ns() // 1_000_000
    for minutes, key, partition in [(60, "old", 0), (11, "old", 0), (9, "new", 0), (1, "new", 0),
                                    (60, "old", 1)]:
        producer.send(topic, {"key": key, "amount": 1}, partition=partition,
                      timestamp=now - minutes * MINUTE)
        producer.flush()  # In this order, whatever their time.
    start = "-10m"
    if absolute:
        then = datetime.datetime.fromtimestamp(now / 1000 - 600, datetime.timezone.utc)
        start = f'"{then.isoformat(timespec="milliseconds")}"'
    daemon = make_daemon(config.counts(topic, source=f"start: {start}")).start().wait_ready()
    # A partition that holds nothing so young is read from its end on.
    producer.send(topic, {"key": "new", "amount": 1}, partition=1)
    producer.flush()
    oracle.wait_settled()
    assert database.query("SELECT key, n FROM counts") == [("new", 3)]
    # The start is a number since: another one in the configuration changes nothing.
    daemon.kill9()
    make_daemon(config.counts(topic, source="start: earliest")).start().wait_ready()
    producer.send(topic, {"key": "new", "amount": 1}, partition=0)
    producer.flush()
    oracle.wait_settled()
    assert database.query("SELECT key, n FROM counts") == [("new", 4)]
