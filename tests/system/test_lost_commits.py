"""A COMMIT whose answer is lost is looked up, never guessed."""

import time

import pytest

from process import wait_until
from rig import config
from rig.background import Traffic
from rig.ghost import ghost_standby, terminate, wait_for_commit
from rig.oracle import wait_progress
from rig.pg_proxy import Cut, PgProxy


@pytest.fixture
def proxy(postgres):
    proxy = PgProxy(postgres.port)
    yield proxy
    proxy.close()


def test_a_commit_that_took_effect_but_was_not_answered_is_not_applied_again(
        kafka, postgres, database, topic, counting, oracle):
    with Traffic(kafka.brokers, topic, per_second=2_000):
        for _ in range(3):
            wait_progress(oracle)
            with ghost_standby(postgres):
                terminate(database, wait_for_commit(database))
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
            wait_for_commit(database)
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


# Outside of the transaction that moved the checkpoint, rows are refused: as a full disk would, say.
REFUSE_ALONE = """
CREATE FUNCTION refuse_alone() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF (SELECT bool_or(xmin::text::bigint <> pg_current_xact_id()::text::bigint) FROM tallymill.pipeline) THEN
    RAISE EXCEPTION 'alone' USING ERRCODE = '53100';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER refuse_alone AFTER INSERT OR UPDATE ON counts FOR EACH STATEMENT EXECUTE FUNCTION refuse_alone();
"""


def test_behind_a_begin_that_fails_nothing_is_written(kafka, topic, make_daemon, oracle, database, proxy):
    daemon = make_daemon(config.counts(topic, interval="100ms"), dsn=proxy.dsn(database.name))
    daemon.start().wait_ready()
    with Traffic(kafka.brokers, topic, per_second=2_000):
        wait_progress(oracle)
        database.query(REFUSE_ALONE)
        for wanted in range(1, 21):
            proxy.spoil_begin()
            wait_until(lambda: proxy.spoiled >= wanted, 20, "a BEGIN to spoil")
            wait_progress(oracle)
    oracle.check(least=1_000)
