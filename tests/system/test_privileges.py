"""A role that may neither create nor use temporary tables is enough, once a DBA has run what `migrate
--sql` prints."""

import subprocess

import psycopg
import pytest

from rig import config


@pytest.fixture
def role(database):
    name = f"app_{database.name}"
    database.query(f"CREATE ROLE {name} LOGIN")
    database.query("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    database.query(f"REVOKE TEMP, CREATE ON DATABASE {database.name} FROM PUBLIC")
    yield name
    database.query(f"DROP OWNED BY {name}")
    database.query(f"DROP ROLE {name}")


def test_a_role_without_create_or_temp_runs_on_what_migrate_printed(
        role, kafka, topic, producer, make_daemon, database, oracle):
    daemon = make_daemon(config.counts(topic, postgres="ddl: check"), dsn=database.dsn(role))
    printed = daemon.command("migrate", "--sql", "--role", role, "--config", daemon.config)
    assert printed.returncode == 0, printed.stderr
    assert not database.table_exists("counts")
    applied = subprocess.run(["psql", "-v", "ON_ERROR_STOP=1", "-q", database.dsn()],
                             input=printed.stdout, capture_output=True, text=True)
    assert applied.returncode == 0, applied.stderr
    daemon.start().wait_ready()
    for i in range(20_000):  # Enough for the path of large batches too.
        producer.send(topic, {"key": f"k{i}", "amount": i})
    producer.flush()
    oracle.check(least=20_000)
    assert daemon.stop() == 0


def test_without_the_tables_such_a_role_is_told_what_to_do(role, topic, make_daemon, database):
    daemon = make_daemon(config.counts(topic, postgres="ddl: check"), dsn=database.dsn(role)).start()
    assert "migrate" in daemon.wait_state("stopped")["detail"]


def test_migrate_applies_everything_and_twice_changes_nothing(topic, make_daemon, database):
    daemon = make_daemon(config.counts(topic))
    for _ in range(2):
        done = daemon.command("migrate", "--config", daemon.config)
        assert done.returncode == 0, done.stderr
        assert database.table_exists("counts") and database.table_exists("tallymill.checkpoint")


def test_readers_may_read_and_no_more(producer, topic, make_daemon, database, oracle):
    reader = f"reader_{database.name}"
    database.query(f"CREATE ROLE {reader} LOGIN")
    try:
        make_daemon(config.counts(topic, postgres=f"readers: [{reader}]")).start().wait_ready()
        producer.send(topic, {"key": "a", "amount": 1})
        producer.flush()
        oracle.wait_settled()
        with psycopg.connect(database.dsn(reader), autocommit=True) as connection:
            assert connection.execute("SELECT key, n FROM counts").fetchall() == [("a", 1)]
            assert connection.execute("SELECT pipeline FROM tallymill.status").fetchall() == [("counts",)]
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("DELETE FROM counts")
    finally:
        database.query(f"DROP OWNED BY {reader}")
        database.query(f"DROP ROLE {reader}")
