"""The database restarts, ends sessions, hangs, has no room, or stands behind PgBouncer."""

import signal
import time

import pytest

from process import wait_until
from rig import config
from rig.databases import Database
from rig.pg_proxy import PgProxy
from rig.pgbouncer import PgBouncer
from rig.privileges import need_mounts
from rig.processes import children, signal_all
from rig.small_disk import SmallDisk, postgres_on

PHASES = ["tx.after_begin", "tx.after_cas", "tx.upsert_mid", "tx.after_upsert", "tx.before_commit_send",
          "tx.after_commit_send", "tx.after_commit_ack"]


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


def test_09_backend_killed_without_a_word(judge, database, topic, make_daemon):
    """kill -9 of one backend: the server resets all sessions, and no answer has an SQLSTATE."""
    daemon = make_daemon(config.counts(topic, interval="100ms"))
    daemon.start(failpoints="tx.after_cas=sleep(400)@5,tx.before_commit_send=sleep(400)@10")
    with judge.load():
        for seen in (1, 2):
            daemon.wait_log("failpoint reached", seen)
            database.crash_backends()
            judge.progress()
    assert daemon.process.running()
    judge.check()


class TestFullDisk:
    @pytest.fixture
    def disk(self, scratch):
        need_mounts()
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
        assert judge.dead_letters() == 0
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
