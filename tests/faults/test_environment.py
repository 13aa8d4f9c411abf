"""The machine around it: descriptors, disks for logs, names, readers of metrics; and its configuration."""

import os
import socket
import subprocess
import time

from process import wait_until
from rig import config
from rig.pg_proxy import PgProxy
from rig.privileges import need_mounts
from rig.producing import Producer

def test_39_too_few_descriptors(judge, topic, make_daemon):
    """A clear error and an exit code, or work goes on; with more of them all is well."""
    daemon = make_daemon(config.counts(topic))
    producer = Producer(judge.topics.brokers)
    producer.send(topic, *[{"key": "a", "amount": 1}] * 100)
    producer.flush()
    for limit in (8, 12, 16, 20, 30):
        daemon.start(wrapper=("prlimit", f"--nofile={limit}"))
        try:
            code = daemon.process.wait(2)
            assert code in (1, 127) and daemon.log().strip(), (limit, code)
        except subprocess.TimeoutExpired:
            daemon.kill9()
    daemon.start().wait_ready()
    judge.oracle.check(least=100)


def test_39_a_port_that_is_taken(topic, make_daemon):
    daemon = make_daemon(config.counts(topic))
    with socket.create_server(("127.0.0.1", daemon.http)):
        daemon.start()
        assert daemon.process.wait(20) == 1
    assert str(daemon.http) in daemon.log()


def test_40_log_on_a_full_disk(judge, topic, make_daemon):
    daemon = make_daemon(config.counts(topic))
    daemon.start(wrapper=("sh", "-c", 'exec "$@" 2> /dev/full', "sh")).wait_ready()
    with judge.load():
        for _ in range(5):
            judge.progress()
    assert daemon.stop() == 0
    judge.check()


def test_40_log_that_nobody_reads(judge, topic, make_daemon, database, tmp_path):
    """The pipe is full, and there is something to say: nothing waits for the log."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    end = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
    try:
        while True:
            os.write(end, b"x" * 4096)
    except BlockingIOError:
        pass
    daemon = make_daemon(config.counts(topic))
    daemon.start(wrapper=("sh", "-c", f'exec "$@" 2> {pipe}', "sh")).wait_ready()
    try:
        with judge.load():
            for _ in range(5):
                for pid in database.backends():
                    database.query("SELECT pg_terminate_backend(%s)", pid)
                assert judge.progress() < 10
        judge.check()
        assert daemon.stop() == 0
    finally:
        os.close(end)


def test_41_config_edited_and_two_versions_at_once(judge, topic, make_daemon):
    """A key, an aggregate or a window of another meaning never gets into the old table."""
    text = config.counts(topic, interval="100ms", head="instance: one")
    old = make_daemon(text).start().wait_ready()
    changes = [("sum(amount)", "sum(amount * 2)"), ("group_by: [key]", "window: 1h\n        group_by: [key]"),
               ("max(amount)", "min(amount)")]
    with judge.load():
        judge.progress()
        for before, after in changes:
            assert before in text
            new = make_daemon(text.replace("instance: one", "instance: two").replace(before, after)).start()

            def refused():
                return not new.process.running() or new.state() in ("stopped", "standby")
            wait_until(refused, 20, "the other configuration to be refused")
            assert old.state() == "running"
            judge.progress()
            if new.process.running():
                new.kill9()
        # Nobody else is there any more: it is refused all the same, and says what to do.
        old.kill9()
        for before, after in changes:
            new = make_daemon(text.replace("instance: one", "instance: two").replace(before, after)).start()
            wait_until(lambda: not new.process.running() or new.state() == "stopped", 30, "a refusal")
            said = new.log()
            assert "counts" in said and ("new name" in said or "fingerprint" in said), said
            new.end()
        old.start().wait_ready()
        judge.progress()
    judge.check()


def test_42_names_that_fail_and_move(judge, postgres, database, topic, make_daemon, tmp_path):
    """The database's name is not known, then it is, then it means another address."""
    need_mounts()
    hosts = tmp_path / "hosts"
    hosts.write_text("127.0.0.1 localhost\n")
    old = PgProxy(postgres.port)
    new = PgProxy(postgres.port, "127.0.0.2", old.port)
    dsn = old.dsn(database.name).replace("host=127.0.0.1", "host=db.test")
    daemon = make_daemon(config.counts(topic), dsn=dsn)
    daemon.start(wrapper=("unshare", "--mount", "sh", "-c", f'mount --bind {hosts} /etc/hosts && exec "$@"', "sh"))
    try:
        with judge.load():
            wait_until(lambda: daemon.get("/healthz")[0] == 200, 20, "the daemon to be up")
            time.sleep(1)
            hosts.write_text("127.0.0.1 localhost\n127.0.0.1 db.test\n")
            daemon.wait_ready()
            judge.progress()
            hosts.write_text("127.0.0.1 localhost\n127.0.0.2 db.test\n")
            old.close()
            assert judge.progress() < 15
            for _ in range(3):
                judge.progress()
        judge.check()
    finally:
        old.close()
        new.close()


def test_44_slow_loris(topic, make_daemon):
    daemon = make_daemon(config.counts(topic)).start().wait_ready()
    loris = []
    for _ in range(20):
        loris.append(socket.create_connection(("127.0.0.1", daemon.http), timeout=20))
        loris[-1].sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\nX-Slow: ")
    for _ in range(5):
        began = time.monotonic()
        assert daemon.get("/metrics")[0] == 200 and time.monotonic() - began < 2
    for end in loris:
        end.close()
