"""The database refuses statements for a while, or for good."""

import time

import psycopg
import pytest

from process import wait_until
from rig import config
from rig.background import Background

# Two calls of ten, and a commit makes four at most: a sequence goes on although its transaction is undone,
# so that no more than two commits in a row are refused. Chance would now and then refuse twenty.
RAISE = """
CREATE SEQUENCE refusals;
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF nextval('public.refusals') % 10 < 2 THEN RAISE EXCEPTION 'refused on purpose' USING ERRCODE = '{}'; END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER refuse AFTER INSERT OR UPDATE ON {} FOR EACH STATEMENT EXECUTE FUNCTION refuse();
"""


# Conflicts; want of room, memory, connections; a server that is no primary or ends; a plan or a statement
# that is not there any more.
PASSING = ["53100", "53200", "53300", "25006", "08006", "57P01", "57P03", "0A000", "26000"]


@pytest.mark.parametrize("table, code", [
    *((table, code) for table in ("counts", "tallymill.checkpoint", "tallymill.batch")
      for code in ("40001", "40P01", "55P03")), *(("counts", code) for code in PASSING)])
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
    assert judge.dead_letters() == 0
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
    assert judge.dead_letters() == 0
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
        assert judge.dead_letters() == 0
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
    assert judge.dead_letters() == 0
    judge.check()


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
        assert judge.dead_letters() == 0
        judge.check()
    finally:
        database.drop_role(role)


@pytest.mark.parametrize("table, code", [
    ("tallymill.batch", "XX000"), *(("counts", code) for code in ("42501", "28000", "3D000", "21000", "XX001", "P0001"))])
def test_18_an_error_that_no_record_can_be_blamed_for(code, table, judge, database, topic, make_daemon):
    """The pipeline stops and names it, whatever it is; the batch is kept together."""
    daemon = make_daemon(config.counts(topic)).start().wait_ready()
    with judge.load(per_second=500):
        judge.progress()
        database.query(RAISE.format(code, table))
        assert code in daemon.wait_state("stopped")["detail"]
        database.query(f"DROP TRIGGER refuse ON {table}")
        assert daemon.command("resume", daemon.config, "counts").returncode == 0
        judge.progress()
    assert judge.dead_letters() == 0
    judge.check(least=100)


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
