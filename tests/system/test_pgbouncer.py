"""Through PgBouncer in transaction mode, where a session is somebody else's after each commit."""

import pytest

from rig import config
from rig.background import Traffic
from rig.oracle import Oracle, wait_progress
from rig.pgbouncer import PgBouncer


@pytest.fixture
def bouncer(postgres, scratch, database):
    bouncer = PgBouncer(scratch / f"pgbouncer-{database.name}", postgres).start()
    yield bouncer
    bouncer.stop()


def test_pgbouncer_in_transaction_mode_and_its_restarts_change_nothing(
        bouncer, kafka, topic, make_daemon, database, oracle):
    daemon = make_daemon(config.counts(topic), dsn=bouncer.dsn(database.name)).start().wait_ready()
    with Traffic(kafka.brokers, topic, per_second=3_000, keys=20_000):
        wait_progress(oracle)
        bouncer.stop()
        bouncer.start()
        wait_progress(oracle)
    oracle.check(least=1_000)
    assert daemon.stop() == 0


def test_two_daemons_share_the_sessions_of_one_pgbouncer(
        bouncer, kafka, topics, topic, make_daemon, database, oracle):
    other_topic = topics.create()
    dsn = bouncer.dsn(database.name)
    make_daemon(config.counts(topic), dsn=dsn).start().wait_ready()
    make_daemon(config.counts(other_topic, name="others", table="others"), dsn=dsn).start().wait_ready()
    with Traffic(kafka.brokers, topic, keys=5_000), Traffic(kafka.brokers, other_topic, keys=5_000):
        wait_progress(oracle)
        wait_progress(oracle)
    oracle.check(least=1_000)
    Oracle(topics, database, other_topic, pipeline="others", table="others").check(least=1_000)
    topics.delete(other_topic)
