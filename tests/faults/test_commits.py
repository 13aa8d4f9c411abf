"""COMMITs whose outcome nobody tells."""

import time

import pytest

from process import wait_until
from rig import config
from rig.ghost import ghost_standby, terminate, wait_for_commit
from rig.pg_proxy import Cut, PgProxy

TRIES = 5


@pytest.fixture
def proxy(postgres):
    proxy = PgProxy(postgres.port)
    yield proxy
    proxy.close()


def unknown(daemon) -> float:
    return daemon.metrics().sum("tallymill_commits_total", outcome="unknown")


@pytest.mark.parametrize("cut", [Cut.BEFORE, Cut.AFTER], ids=["before", "after"])
def test_06_ambiguous_commit_by_a_cut(cut, judge, topic, make_daemon, database, proxy):
    daemon = make_daemon(config.counts(topic, interval="100ms"), dsn=proxy.dsn(database.name))
    daemon.start().wait_ready()
    slowest = 0.0
    with judge.load():
        judge.progress()
        for wanted in range(1, TRIES + 1):
            proxy.arm(cut)
            wait_until(lambda: proxy.cuts >= wanted, 20, "a COMMIT to cut", every=0.01)
            began = time.monotonic()
            judge.progress()
            judge.progress()
            slowest = max(slowest, time.monotonic() - began)
    assert slowest < 2 * 5, "twice the connect timeout"
    assert unknown(daemon) >= TRIES
    outcome = "committed" if cut is Cut.AFTER else "acked"
    assert daemon.metrics().sum("tallymill_commits_total", outcome=outcome) >= TRIES
    judge.check()


def test_06_ambiguous_commit_of_a_ghost_standby(judge, topic, make_daemon, database, postgres):
    daemon = make_daemon(config.counts(topic)).start().wait_ready()
    with judge.load():
        for _ in range(3):
            judge.progress()
            with ghost_standby(postgres):
                terminate(database, wait_for_commit(database))
            judge.progress()
    assert unknown(daemon) >= 3
    assert daemon.metrics().sum("tallymill_commits_total", outcome="committed") >= 3
    judge.check()


def test_06_ambiguous_commit_at_a_failpoint(judge, topic, make_daemon):
    # An answer may be there before the connection is cut: then that COMMIT is not ambiguous.
    armed = ",".join(f"tx.after_commit_send=close_pg@{hit}" for hit in range(3, 3 + 4 * TRIES))
    daemon = make_daemon(config.counts(topic, interval="100ms")).start(failpoints=armed)
    with judge.load():
        daemon.wait_log("failpoint reached", TRIES)
        wait_until(lambda: unknown(daemon) >= TRIES, 20, "COMMITs to be taken for unknown")
        judge.progress()
    judge.check()


def test_07_commit_in_flight_while_we_read_again(judge, topic, make_daemon, database, postgres):
    """The first COMMIT is neither done nor undone: whoever read without a lock would see the past."""
    impatient = "commit_timeout: 500ms\nlock_timeout: 500ms"
    daemon = make_daemon(config.counts(topic, postgres=impatient)).start().wait_ready()
    with judge.load():
        judge.progress()
        with ghost_standby(postgres):
            pids = wait_for_commit(database)
            wait_until(lambda: unknown(daemon) == 1, 10, "the COMMIT to be given up")
            before = daemon.metrics()
            time.sleep(3)
            during = daemon.metrics()
            for outcome in ("committed", "acked", "superseded", "rewound", "conflict"):
                assert during.sum("tallymill_commits_total", outcome=outcome) == \
                    before.sum("tallymill_commits_total", outcome=outcome), "decided without the lock"
            terminate(database, pids)
        judge.progress()
    judge.check()
