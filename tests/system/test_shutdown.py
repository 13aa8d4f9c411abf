"""SIGTERM cuts, commits and ends the process, soon and whatever hangs."""

import time

import pytest

from process import wait_until
from rig import config
from rig.background import Traffic
from rig.oracle import wait_progress


def test_sigterm_commits_what_is_folded_and_exits_with_zero(producer, topic, make_daemon, oracle):
    daemon = make_daemon(config.counts(topic, interval="1h")).start().wait_ready()
    producer.send(topic, *[{"key": "a", "amount": 1}] * 1_000)
    producer.flush()
    time.sleep(1)  # Folded, but not due for an hour.
    assert sum(oracle.checkpoint().values()) == 0
    began = time.monotonic()
    assert daemon.stop() == 0
    assert time.monotonic() - began < 10
    oracle.check(least=1_000)


def test_sigterm_under_load_leaves_each_batch_in_or_out_as_a_whole(kafka, topic, make_daemon, oracle):
    daemon = make_daemon(config.counts(topic))
    with Traffic(kafka.brokers, topic, per_second=5_000):
        for _ in range(5):
            daemon.start().wait_ready()
            wait_progress(oracle)
            assert daemon.stop() == 0
        daemon.start().wait_ready()
    oracle.check(least=1_000)


@pytest.mark.parametrize("hangs", ["database", "broker"])
def test_sigterm_ends_the_process_within_ten_seconds_whatever_hangs(
        hangs, kafka, postgres, topic, database, make_daemon, oracle, producer):
    daemon = make_daemon(config.counts(topic)).start().wait_ready()
    producer.send(topic, *[{"key": "a", "amount": 1}] * 10)
    producer.flush()
    oracle.wait_settled()
    if hangs == "database":
        with database.connect() as other, other.transaction():
            other.execute("LOCK TABLE counts IN ACCESS EXCLUSIVE MODE")
            producer.send(topic, *[{"key": "a", "amount": 1}] * 10)
            producer.flush()
            time.sleep(1)
            began = time.monotonic()
            daemon.stop()
            assert time.monotonic() - began < 10.5
    else:
        kafka.crash()
        try:
            began = time.monotonic()
            daemon.stop()
            assert time.monotonic() - began < 10.5
        finally:
            kafka.start()
    daemon.start()
    oracle.check(least=10)


def test_a_second_sigterm_ends_the_process_at_once(topic, database, counting, producer, oracle):
    producer.send(topic, *[{"key": "a", "amount": 1}] * 10)
    producer.flush()
    oracle.wait_settled()
    with database.connect() as other, other.transaction():
        other.execute("LOCK TABLE counts IN ACCESS EXCLUSIVE MODE")
        producer.send(topic, *[{"key": "a", "amount": 1}] * 10)
        producer.flush()
        time.sleep(1)
        counting.process.send(15)
        time.sleep(0.5)
        assert counting.process.running()
        began = time.monotonic()
        counting.stop()
        assert time.monotonic() - began < 1
    counting.start()
    oracle.check(least=20)


def looking_up(topic, view):
    return config.counts(topic, columns="region: last(region)", pipeline=f"""
        lookups: {{shops: {{table: {view}, key: key, refresh: 1s}}}}
        derive: {{region: 'lookup(shops, key).region'}}
        """)


@pytest.mark.parametrize("at", ["start", "refresh"])
def test_neither_sigterm_nor_a_reload_waits_for_a_lookup_that_is_read_slowly(at, topic, database, make_daemon):
    def make_view(name, slow):
        rows = "SELECT 'a'::text AS key, 'north'::text AS region"
        database.query(f"CREATE OR REPLACE VIEW {name} AS {rows}" + (" FROM pg_sleep(25)" if slow else ""))

    def wait_reading(count, within):
        sleeping = ("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                    "AND wait_event = 'PgSleep'")
        wait_until(lambda: database.value(sleeping) == count, within, f"{count} slow readings")

    make_view("shops", slow=at == "start")
    make_view("others", slow=False)
    daemon = make_daemon(looking_up(topic, "shops")).start()
    if at == "refresh":
        daemon.wait_ready()
        make_view("shops", slow=True)
    wait_reading(1, within=20)
    began = time.monotonic()
    reloaded = daemon.reload(looking_up(topic, "others"))
    assert reloaded.returncode == 0 and time.monotonic() - began < 15, reloaded
    wait_reading(0, within=10)
    make_view("others", slow=True)
    wait_reading(1, within=20)
    began = time.monotonic()
    assert daemon.stop() == 0
    assert time.monotonic() - began < 10
    wait_reading(0, within=10)
