"""A Postgres that is slower than the interval: batches grow, nothing else changes."""

import time

from rig.background import Traffic
from rig.oracle import wait_for_records, wait_progress


def test_a_trigger_that_finds_the_writer_busy_waits_and_the_batch_grows(
        kafka, database, topic, counting, oracle):
    with Traffic(kafka.brokers, topic, per_second=3_000):
        wait_progress(oracle)
        database.query("CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS "
                       "$$ BEGIN PERFORM pg_sleep(1.5); RETURN NULL; END $$")
        database.query("CREATE TRIGGER slow AFTER INSERT OR UPDATE ON tallymill.batch "
                       "FOR EACH STATEMENT EXECUTE FUNCTION slow()")
        wait_progress(oracle)
        before, seen = len(oracle.batches()), sum(oracle.checkpoint().values())
        wait_for_records(oracle, seen + 18_000)
        during = len(oracle.batches()) - before
        assert during <= 8, f"{during} batches in about 6 s although each takes 1.5 s"
        database.query("DROP TRIGGER slow ON tallymill.batch")
    oracle.check(least=10_000)


def test_a_lock_that_somebody_else_holds_is_waited_for(kafka, database, topic, counting, oracle):
    with Traffic(kafka.brokers, topic, per_second=2_000):
        wait_progress(oracle)
        with database.connect() as other, other.transaction():
            other.execute("LOCK TABLE counts IN ACCESS EXCLUSIVE MODE")
            time.sleep(7)
        wait_progress(oracle)
    oracle.check(least=1_000)
    assert not database.query("SELECT * FROM tallymill.dead_letter")
