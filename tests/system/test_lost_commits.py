"""A COMMIT whose answer is lost is looked up, never guessed."""

import contextlib
import time

import psycopg
import pytest

from process import wait_until
from rig import config
from rig.background import Traffic
from rig.oracle import wait_progress
from rig.pg_proxy import Cut, PgProxy


@pytest.fixture
def proxy(postgres):
    proxy = PgProxy(postgres.port)
    yield proxy
    proxy.close()


@contextlib.contextmanager
def ghost_standby(postgres):
    """While this holds, a COMMIT is durable but not answered: it waits for a standby that does not
    exist."""
    def reload(setting):
        with psycopg.connect(postgres.dsn(), autocommit=True) as connection:
            connection.execute(f"ALTER SYSTEM SET synchronous_standby_names = '{setting}'")
            connection.execute("SELECT pg_reload_conf()")
    reload("ghost")
    try:
        yield
    finally:
        reload("")


def waiting_commits(database) -> list[int]:
    return [pid for (pid,) in database.query(
        "SELECT pid FROM pg_stat_activity WHERE datname = %s AND wait_event = 'SyncRep'",
        database.name)]


def test_a_commit_that_took_effect_but_was_not_answered_is_not_applied_again(
        kafka, postgres, database, topic, counting, oracle):
    with Traffic(kafka.brokers, topic, per_second=2_000):
        for _ in range(3):
            wait_progress(oracle)
            with ghost_standby(postgres):
                pids = wait_until(lambda: waiting_commits(database), 15, "a COMMIT that waits")
                for pid in pids:
                    database.query("SELECT pg_terminate_backend(%s)", pid)
                wait_until(lambda: pids[0] not in waiting_commits(database), 10, "the session to end")
            wait_progress(oracle)
    oracle.check(least=1_000)
    assert counting.metrics().sum("tallymill_commits_total", outcome="unknown") >= 3


def test_a_commit_that_is_still_in_flight_is_not_decided_before_it_is(
        kafka, postgres, database, topic, make_daemon, oracle):
    daemon = make_daemon(config.counts(topic, postgres="commit_timeout: 500ms\nlock_timeout: 500ms"))
    daemon.start().wait_ready()
    with Traffic(kafka.brokers, topic, per_second=2_000):
        wait_progress(oracle)
        with ghost_standby(postgres):
            wait_until(lambda: waiting_commits(database), 15, "a COMMIT that waits")
            time.sleep(4)
        wait_progress(oracle)
    oracle.check(least=1_000)
    assert daemon.metrics().sum("tallymill_commits_total", outcome="unknown") >= 1


@pytest.mark.parametrize("cut", [Cut.BEFORE, Cut.AFTER], ids=["before", "after"])
def test_a_connection_cut_around_commit_changes_nothing(
        cut, kafka, topic, make_daemon, oracle, database, proxy):
    daemon = make_daemon(config.counts(topic, interval="100ms"), dsn=proxy.dsn(database.name))
    daemon.start().wait_ready()
    with Traffic(kafka.brokers, topic, per_second=2_000):
        wait_progress(oracle)
        for wanted in range(1, 21):
            proxy.arm(cut)
            wait_until(lambda: proxy.cuts >= wanted, 20, "a COMMIT to cut")
            wait_progress(oracle)
    oracle.check(least=1_000)
    assert daemon.metrics().sum("tallymill_commits_total", outcome="unknown") >= 20
