"""The database restarts, hangs, refuses, or is changed under the daemon's hands."""

import signal
import time

import psycopg
import pytest

from process import wait_until
from rig import config
from rig.background import Background
from rig.databases import Database
from rig.pg_proxy import PgProxy
from rig.pgbouncer import PgBouncer
from rig.processes import children, signal_all
from rig.small_disk import SmallDisk, postgres_on

PHASES = ["tx.after_begin", "tx.after_cas", "tx.upsert_mid", "tx.after_upsert", "tx.before_commit_send",
          "tx.after_commit_send", "tx.after_commit_ack"]


def dead_letters(database) -> int:
    return database.value("SELECT count(*) FROM tallymill.dead_letter")


def test_08_postgres_immediate_restart(judge, postgres, topic, make_daemon):
    daemon = make_daemon(config.counts(topic)).start().wait_ready()
    times = []
    with judge.load(per_second=3_000):
        for _ in range(3):
            judge.progress()
            before = len(daemon.log().splitlines())
            postgres.crash()
            time.sleep(1)
            postgres.start()
            times.append(judge.progress())
            assert len(daemon.log().splitlines()) - before <= 4, "the log is flooded"
    assert max(times) < 3, f"seconds until the first commit: {times}"
    judge.check()


def test_09_backend_killed_in_each_phase(judge, database, topic, make_daemon):
    armed = ",".join(f"{place}=sleep(400)@{5 * n}" for n, place in enumerate(PHASES, 1))
    daemon = make_daemon(config.counts(topic, interval="100ms")).start(failpoints=armed)
    with judge.load():
        for seen in range(1, len(PHASES) + 1):
            daemon.wait_log("failpoint reached", seen)
            for pid in database.backends():
                database.query("SELECT pg_terminate_backend(%s)", pid)
        judge.progress()
    judge.check()


def test_09_backend_killed_without_a_word(judge, postgres, database, topic, make_daemon):
    """kill -9 of one backend: the server resets all sessions, and no answer has an SQLSTATE."""
    daemon = make_daemon(config.counts(topic, interval="100ms"))
    daemon.start(failpoints="tx.after_cas=sleep(400)@5,tx.before_commit_send=sleep(400)@10")
    with judge.load():
        for seen in (1, 2):
            daemon.wait_log("failpoint reached", seen)
            signal_all(database.backends(), signal.SIGKILL)
            postgres.wait_ready()
            judge.progress()
    assert daemon.process.running()
    judge.check()


RAISE = """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF random() < 0.3 THEN RAISE EXCEPTION 'refused on purpose' USING ERRCODE = '{}'; END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER refuse AFTER INSERT OR UPDATE ON {} FOR EACH STATEMENT EXECUTE FUNCTION refuse();
"""


@pytest.mark.parametrize("code", ["40001", "40P01", "55P03"])
@pytest.mark.parametrize("table", ["counts", "tallymill.checkpoint", "tallymill.batch"])
def test_13_conflicts_that_pass(code, table, judge, database, topic, make_daemon):
    daemon = make_daemon(config.counts(topic, interval="50ms")).start().wait_ready()
    with judge.load():
        judge.progress()
        database.query(RAISE.format(code, table))
        wait_until(lambda: daemon.metrics().sum("tallymill_commits_total", outcome="failed") >= 3, 20,
                   "three refusals")
        judge.progress()
        database.query(f"DROP TRIGGER refuse ON {table}")
        judge.progress()
    assert dead_letters(database) == 0
    assert daemon.metrics().sum("tallymill_batches_dropped_total") == 0
    judge.check()


def test_13_a_second_writer_in_reverse_order(judge, database, topic, make_daemon):
    """Deadlocks: another client updates keys in the opposite order, and locks the whole table."""
    daemon = make_daemon(config.counts(topic, interval="50ms", postgres="lock_timeout: 500ms")).start()
    daemon.wait_ready()

    def meddle():
        with database.connect() as other, other.transaction():
            other.execute("SET LOCAL lock_timeout = '1s'")
            for key in sorted((f"k{i}" for i in range(0, 50, 7)), reverse=True):
                other.execute("UPDATE counts SET n = n WHERE key = %s", [key])
                time.sleep(0.01)

    def try_to_meddle():
        try:
            meddle()
        except (psycopg.errors.DeadlockDetected, psycopg.errors.LockNotAvailable):
            pass

    with judge.load():
        judge.progress()
        with Background(try_to_meddle, 0.05):
            time.sleep(4)
        with database.connect() as other, other.transaction():
            other.execute("LOCK TABLE counts IN ACCESS EXCLUSIVE MODE")
            wait_until(lambda: daemon.metrics().sum("tallymill_commits_total", outcome="failed") >= 1, 10,
                       "a lock that is not granted in time")
        judge.progress()
    assert dead_letters(database) == 0
    judge.check()


def test_14_time_outs_on_the_role(judge, database, topic, make_daemon):
    """The daemon's transactions bring their own time-outs."""
    names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
    database.query("CREATE ROLE hasty LOGIN SUPERUSER")
    for name in names:
        database.query(f"ALTER ROLE hasty SET {name} = '50ms'")
    database.query("ALTER ROLE hasty SET idle_session_timeout = '50ms'")
    try:
        make_daemon(config.counts(topic), dsn=database.dsn("hasty")).start().wait_ready()
        with judge.load():
            for _ in range(5):
                judge.progress()
        judge.check()
        assert dead_letters(database) == 0
    finally:
        database.drop_role("hasty")


def test_14_a_batch_too_slow_for_its_time_out_is_read_in_halves(judge, database, topic, make_daemon):
    text = config.counts(topic, interval="1s", postgres="statement_timeout: 300ms")
    daemon = make_daemon(text).start().wait_ready()
    with judge.load(per_second=1_000, keys=100_000):
        judge.progress()
        database.query("CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS "
                       "$$ BEGIN PERFORM pg_sleep(0.001); RETURN NULL; END $$")
        database.query("CREATE TRIGGER slow AFTER INSERT OR UPDATE ON counts FOR EACH ROW "
                       "EXECUTE FUNCTION slow()")
        judge.progress()
        judge.progress()
        database.query("DROP TRIGGER slow ON counts")
        judge.progress()
    assert daemon.metrics().sum("tallymill_batches_dropped_total", cause="database_refused") >= 1
    assert dead_letters(database) == 0
    judge.check()


class TestFullDisk:
    @pytest.fixture
    def disk(self, scratch):
        disk = SmallDisk(scratch / "small", 96)
        yield disk
        disk.close()

    @pytest.fixture
    def database(self, disk, scratch):
        server = postgres_on(disk, scratch / "small-wal")
        yield Database(server)
        server.stop()

    def test_15_disk_full(self, disk, judge, topic, make_daemon, database):
        daemon = make_daemon(config.counts(topic), dsn=database.dsn()).start().wait_ready()
        with judge.load(per_second=3_000, keys=10**9):
            judge.progress()
            disk.fill()
            wait_until(lambda: "53100" in daemon.status().get("trouble", "") + daemon.log(), 20,
                       "the disk to be full")
            lines = len(daemon.log().splitlines())
            time.sleep(3)
            assert daemon.process.running() and len(daemon.log().splitlines()) - lines <= 1
            disk.free()
            assert judge.progress() < 10
        assert dead_letters(database) == 0
        assert daemon.peak_rss() < 512 << 20
        judge.check()


HASTY = "statement_timeout: 1s\ncommit_timeout: 1s\nlock_timeout: 1s\nconnect_timeout: 1s"


def test_16_postgres_hung_not_dead(judge, postgres, topic, make_daemon):
    daemon = make_daemon(config.counts(topic, postgres=HASTY)).start().wait_ready()
    with judge.load(per_second=1_000):
        judge.progress()
        everyone = [postgres.process.pid, *children(postgres.process.pid)]
        signal_all(everyone, signal.SIGSTOP)
        try:
            began = time.monotonic()
            wait_until(lambda: daemon.status().get("trouble"), 10, "the daemon to notice")
            assert time.monotonic() - began < 1 + 2 + 2, "the statement's time-out, two seconds, and a look"
            time.sleep(2)
            assert daemon.get("/healthz")[0] == 200
        finally:
            signal_all(everyone, signal.SIGCONT)
        assert judge.progress() < 10
    judge.check()


def test_16_packets_dropped(judge, postgres, database, topic, make_daemon):
    proxy = PgProxy(postgres.port)
    daemon = make_daemon(config.counts(topic, postgres=HASTY), dsn=proxy.dsn(database.name)).start()
    daemon.wait_ready()
    try:
        with judge.load(per_second=1_000):
            for _ in range(2):
                judge.progress()
                proxy.stall()
                wait_until(lambda: daemon.status().get("trouble"), 10, "the daemon to notice")
                proxy.flow()
                assert judge.progress() < 10
        judge.check()
    finally:
        proxy.close()


def test_17_pgbouncer_in_transaction_mode(judge, postgres, scratch, database, topic, make_daemon):
    bouncer = PgBouncer(scratch / f"pgbouncer-{database.name}", postgres).start()
    daemon = make_daemon(config.counts(topic), dsn=bouncer.dsn(database.name))
    daemon.start(failpoints="tx.after_commit_send=sleep(500)@8,tx.after_cas=sleep(500)@14")
    try:
        with judge.load(keys=5_000):
            for seen in (1, 2):
                daemon.wait_log("failpoint reached", seen)
                bouncer.stop()
                bouncer.start()
                judge.progress()
        judge.check()
    finally:
        bouncer.stop()


def test_18_a_column_is_added_while_we_write(judge, database, topic, make_daemon):
    make_daemon(config.counts(topic)).start().wait_ready()
    with judge.load():
        judge.progress()
        database.query("ALTER TABLE counts ADD COLUMN note text")
        judge.progress()
        judge.progress()
    judge.check()


@pytest.mark.parametrize("change, undo", [
    ("ALTER TABLE counts RENAME COLUMN biggest TO largest", "ALTER TABLE counts RENAME COLUMN largest TO biggest"),
    ("REVOKE UPDATE ON counts FROM {role}", "GRANT UPDATE ON counts TO {role}"),
    ("ALTER TABLE counts RENAME TO others", "ALTER TABLE others RENAME TO counts"),
], ids=["column", "privilege", "table"])
def test_18_schema_changed_under_us(change, undo, judge, database, topic, make_daemon):
    """The pipeline stops, nothing becomes a dead letter, and once it is mended counting goes on."""
    role = f"app_{database.name}"
    database.query(f"CREATE ROLE {role} LOGIN")
    try:
        maker = make_daemon(config.counts(topic))
        assert maker.command("migrate", "--role", role, "--config", maker.config).returncode == 0
        daemon = make_daemon(config.counts(topic, postgres="ddl: check"), dsn=database.dsn(role)).start()
        daemon.wait_ready()
        with judge.load():
            judge.progress()
            database.query(change.format(role=role))
            detail = daemon.wait_state("stopped")["detail"]
            assert "counts" in detail, detail
            time.sleep(0.5)
            stood = judge.oracle.checkpoint()
            time.sleep(1)
            assert judge.oracle.checkpoint() == stood
            database.query(undo.format(role=role))
            daemon.kill9()
            daemon.start().wait_ready()
            judge.progress()
        assert dead_letters(database) == 0
        judge.check()
    finally:
        database.drop_role(role)


def test_19_table_bloat(judge, database, topic, make_daemon):
    """Shortened: some hundred batches instead of a day."""
    make_daemon(config.counts(topic, interval="20ms")).start().wait_ready()
    with judge.load():
        wait_until(lambda: len(judge.oracle.batches()) >= 150, 60, "150 batches", every=0.5)
    judge.check()
    database.query("SELECT pg_stat_force_next_flush()")
    for table in ("counts", "checkpoint", "pipeline"):
        updates, hot = database.query("SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables "
                                      "WHERE relname = %s", table)[0]
        assert updates > 100 and hot / updates > 0.9, f"{table}: {hot} of {updates} updates were HOT"
