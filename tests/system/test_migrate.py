"""`migrate` does the start's part on schema and tables, by whoever may, beside a daemon that goes on."""

import os
import subprocess
import time

import psycopg

from process import wait_until
from rig import config, program
from rig.background import Traffic
from rig.growth import MORE
from rig.oracle import wait_progress
from rig.plans import catalog, columns_of, count_and_stop, items, notes, plan, send


def test_where_a_dba_makes_the_tables_the_plan_says_what_to_run(topic, producer, make_daemon, database, oracle):
    daemon = count_and_stop(make_daemon, topic, producer, oracle)
    daemon.config.write_text(config.counts(topic, columns=MORE, postgres="ddl: check"))
    found = plan(daemon, database, 4)
    assert [(do, code) for do, _, code in items(found)] == [("add", ""), ("refuse", "column_missing")]
    assert f"then the start goes on: tallymill migrate {daemon.config}" in notes(found)
    before = catalog(database)
    assert "lacks new columns" in daemon.start().wait_state("stopped")["detail"]
    daemon.kill9()
    assert catalog(database) == before
    done = daemon.command("migrate", daemon.config)
    assert done.returncode == 0 and "added to table public.counts: more bigint NOT NULL DEFAULT 0" in done.stdout
    assert columns_of(catalog(database) - before) == {("public", "counts", "more")}
    before = catalog(database)
    assert items(plan(daemon, database, 3)) == [("add", "table public.counts counts more", "")]
    daemon.start().wait_ready()
    send(producer, topic, 30)
    oracle.wait_settled()
    assert database.query("SELECT n, more FROM counts") == [(50, 19)]
    assert catalog(database) == before


def test_a_large_table_is_rewritten_by_migrate_where_a_person_says_so(topic, producer, make_daemon, database, oracle):
    daemon = count_and_stop(make_daemon, topic, producer, oracle)
    database.query("INSERT INTO counts (key, n, total) SELECT 'k' || i, 2, 5 FROM generate_series(1, 600000) i")
    daemon.config.write_text(config.counts(topic, columns="per: total / n"))
    found = plan(daemon, database, 4)
    assert [(do, code) for do, _, code in items(found)] == [("add", ""), ("change", ""), ("refuse", "table_rewrite")]
    assert f"then the start goes on: tallymill migrate {daemon.config} --rewrite" in notes(found)
    node = "SELECT relfilenode FROM pg_class WHERE relname = 'counts'"
    before = database.value(node)
    assert "written anew" in daemon.start().wait_state("stopped")["detail"]
    daemon.kill9()
    assert daemon.command("migrate", daemon.config).returncode == 1
    assert database.value(node) == before
    done = daemon.command("migrate", daemon.config, "--rewrite", timeout=120)
    assert done.returncode == 0, done
    assert database.value(node) != before
    daemon.start().wait_ready()
    assert database.value("SELECT per FROM counts WHERE key = 'k1'") * 2 == 5


def test_a_daemon_goes_on_committing_while_migrate_waits_for_a_lock(
        kafka, topic, make_daemon, database, oracle):
    daemon = make_daemon(config.counts(topic)).start().wait_ready()
    changed = make_daemon(config.counts(topic, columns=MORE))
    with Traffic(kafka.brokers, topic, per_second=500):
        wait_progress(oracle)
        with psycopg.connect(database.dsn()) as reader:
            reader.execute("SELECT count(*) FROM counts")
            migrating = subprocess.Popen([program.daemon(), "migrate", changed.config], text=True,
                                         env={**os.environ, **changed.env}, stdout=subprocess.PIPE)
            wait_until(lambda: database.value(
                "SELECT count(*) FROM pg_locks WHERE NOT granted AND mode = 'AccessExclusiveLock'") > 0, 10,
                "migrate to wait", every=0.02)
            tries, until = 0, time.monotonic() + 8
            while time.monotonic() < until:
                began = time.monotonic()
                wait_progress(oracle)
                assert time.monotonic() - began < 3
                tries += 1
            assert tries >= 4 and migrating.poll() is None
            gap = database.value("SELECT extract(epoch FROM max(d)) FROM (SELECT committed_at - lag(committed_at) "
                                 "OVER (ORDER BY sequence) AS d FROM tallymill.batch WHERE committed_at > now() - "
                                 "interval '8 s') x")
            assert gap < 2, f"{gap} s without a commit"
        said, _ = migrating.communicate(timeout=30)
        assert migrating.returncode == 0 and "waiting for table public.counts" in said
        wait_progress(oracle)
        assert daemon.state() == "running" and daemon.metrics().sum("tallymill_pipeline_stopped") == 0
    oracle.check(least=100)
    assert database.value("SELECT count(*) FROM counts WHERE more > 0") == 0


def test_the_owner_migrates_with_a_dsn_of_its_own_and_the_daemon_owns_nothing(
        topic, producer, make_daemon, database, oracle, tmp_path):
    owner, app = f"owner_{database.name}", f"app_{database.name}"
    for role in (owner, app):
        database.query(f"CREATE ROLE {role} LOGIN")
    try:
        database.query(f"REVOKE CREATE ON SCHEMA public FROM PUBLIC; GRANT CREATE ON SCHEMA public TO {owner}; "
                       f"GRANT CREATE ON DATABASE {database.name} TO {owner}")
        dsn = tmp_path / "owner"
        dsn.write_text(database.dsn(owner))
        dsn.chmod(0o600)
        daemon = make_daemon(config.counts(topic, postgres="ddl: check"), dsn=database.dsn(app))
        migrate = ("migrate", "--dsn-file", dsn, "--role", app, daemon.config)
        assert daemon.command(*migrate).returncode == 0
        daemon.start().wait_ready()
        send(producer, topic, 20)
        oracle.check(least=20)
        assert daemon.stop() == 0
        daemon.config.write_text(config.counts(topic, columns=MORE, postgres="ddl: check"))
        plan(daemon, database, 4)
        assert daemon.command("migrate", daemon.config).returncode == 1
        assert daemon.command(*migrate).returncode == 0
        plan(daemon, database, 3)
        daemon.start().wait_ready()
        assert daemon.stop() == 0
    finally:
        database.query(f"DROP OWNED BY {owner}, {app} CASCADE")
        database.query(f"DROP ROLE {owner}")
        database.query(f"DROP ROLE {app}")


def test_without_a_database_nothing_is_named_and_nothing_was_changed(topic, make_daemon):
    daemon = make_daemon(config.counts(topic), dsn="host=127.0.0.1 port=1 dbname=none")
    done = daemon.command("migrate", daemon.config)
    assert done.returncode == 1 and done.stdout == "", done
    assert "tallymill: nothing was changed: " in done.stderr and "named above" not in done.stderr, done
