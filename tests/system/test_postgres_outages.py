"""Whatever Postgres does, the daemon comes back by itself and the table is exact."""

import time

from rig.background import Background, Traffic
from rig.oracle import SnapshotWatcher, wait_progress


def test_immediate_restarts_of_postgres_under_load_change_nothing(
        kafka, postgres, topic, counting, oracle):
    watcher = SnapshotWatcher(oracle)
    with Traffic(kafka.brokers, topic, per_second=4_000), Background(watcher.look, 0.05):
        for _ in range(3):
            wait_progress(oracle)
            postgres.crash()
            postgres.start()
            assert wait_progress(oracle) < 15
    watcher.check(oracle.check(least=1_000))
    assert counting.metrics().sum("tallymill_postgres_reconnects") >= 3


def test_sessions_ended_by_an_administrator_change_nothing(kafka, database, topic, counting, oracle):
    with Traffic(kafka.brokers, topic, per_second=3_000):
        for _ in range(10):
            for pid in database.backends():
                database.query("SELECT pg_terminate_backend(%s)", pid)
            time.sleep(0.3)
        wait_progress(oracle)
    oracle.check(least=1_000)


def test_an_outage_is_waited_for_with_bounded_memory_and_two_lines_in_the_log(
        kafka, postgres, topic, counting, oracle):
    with Traffic(kafka.brokers, topic, per_second=4_000):
        wait_progress(oracle)
        lines_before = len(counting.log().splitlines())
        postgres.stop()
        time.sleep(8)
        assert counting.process.running()
        assert counting.get("/healthz")[0] == 200
        during = len(counting.log().splitlines())
        assert during - lines_before <= 2
        postgres.start()
        assert wait_progress(oracle) < 15
    oracle.check(least=10_000)
    assert len(counting.log().splitlines()) - during <= 2
    assert counting.peak_rss() < 512 << 20


def test_a_crash_recovery_of_the_server_changes_nothing(kafka, database, topic, counting, oracle):
    """kill -9 of one backend makes the postmaster reset all sessions."""
    with Traffic(kafka.brokers, topic, per_second=3_000):
        for _ in range(3):
            wait_progress(oracle)
            database.crash_backends()
        wait_progress(oracle)
    oracle.check(least=1_000)
