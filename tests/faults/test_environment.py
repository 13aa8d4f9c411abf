"""The machine around it: clocks, zones, descriptors, disks for logs, names, readers of metrics."""

import calendar
import os
import socket
import subprocess
import time

import pytest

from process import wait_until
from rig import config
from rig.log import read_log
from rig.pg_proxy import PgProxy
from rig.producing import Producer
from rig.stepped_clock import SteppedClock

WINDOWS = """
    pipelines:
      counts:
        source:
          topics: [{topic}]
          start: earliest
          fields: {{key: string, amount: int, at: timestamp}}
        event_time: {{field: at}}
        interval: 200ms
        aggregations:
          counts:
            window: 1h
            group_by: [key]
            columns:
              n: count()
              total: sum(amount)
"""


HOUR = 3600


@pytest.mark.parametrize("jump", [HOUR, -HOUR, 10 * 365 * 24 * HOUR], ids=["forward", "back", "ten_years"])
def test_36_clock_jump(jump, judge, topic, make_daemon, tmp_path):
    """The wall clock of a running daemon jumps: its steady clock goes on, and so does everything else."""
    clock = SteppedClock(tmp_path)
    daemon = make_daemon(config.counts(topic, interval="500ms"), **clock.env).start().wait_ready()
    with judge.load():
        judge.progress()
        before = len(judge.oracle.batches())
        began = time.monotonic()
        clock.step(jump)
        time.sleep(5)
        batches = len(judge.oracle.batches()) - before
        passed = time.monotonic() - began
        assert abs(batches - passed / 0.5) <= 2, f"{batches} batches of 500 ms in {passed:.1f} s"
        clock.step(0)
        judge.progress()
        judge.progress()
    assert daemon.state() == "running"
    judge.check()


def test_36_clock_jump_back_while_nothing_moves(kafka, judge, topic, make_daemon, tmp_path):
    """Whoever waits until a time of day waits an hour longer: nothing arrives, then the broker is away."""
    clock = SteppedClock(tmp_path)
    make_daemon(config.counts(topic), **clock.env).start().wait_ready()
    time.sleep(1)
    clock.step(-HOUR)
    time.sleep(1)
    with judge.load():
        assert judge.progress() < 10
        judge.progress()
        kafka.crash()
        time.sleep(1)
        clock.step(-2 * HOUR)
        time.sleep(1)
        kafka.start()
        judge.progress(40)
        judge.progress()
    judge.check()


def test_37_time_zones(topics, topic, make_daemon, database):
    """Windows and rows are the same whatever the process and the server take for local time."""
    producer = Producer(topics.brokers)
    for hour in range(0, 24 * 400, 7):  # Over each change of the clock in a year.
        at = time.strftime("%Y-%m-%dT%H:59:59Z", time.gmtime(1_700_000_000 + hour * 3600))
        producer.send(topic, {"key": f"k{hour % 3}", "amount": hour, "at": at})
    producer.flush()
    seen = []
    for zone in ("UTC", "America/New_York", "Asia/Kathmandu", "Pacific/Apia"):
        database.query(f"ALTER DATABASE {database.name} SET timezone = '{zone}'")
        text = config.with_head(WINDOWS.format(topic=topic)).replace("counts:", f"counts_{len(seen)}:")
        daemon = make_daemon(text, TZ=zone)
        daemon.start("--drain")
        assert daemon.process.wait(30) == 0, daemon.process.tail()
        seen.append(database.query("SELECT extract(epoch FROM window_start)::bigint, key, n, total "
                                   f"FROM counts_{len(seen)} ORDER BY 1, 2"))
    expected = {}
    for record in read_log(topics.brokers, topic)[0]:
        event = record.event()
        at = calendar.timegm(time.strptime(event["at"], "%Y-%m-%dT%H:%M:%SZ"))
        window = at // 3600 * 3600
        row = expected.setdefault((window, event["key"]), [0, 0])
        row[0] += 1
        row[1] += event["amount"]
    assert seen[0] == sorted((*key, n, total) for key, (n, total) in expected.items())
    assert all(rows == seen[0] for rows in seen)


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
    """A full pipe: lines are dropped and counted, and nothing waits for them."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    end = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
    try:
        while True:
            os.write(end, b"x" * 4096)
    except BlockingIOError:
        pass
    try:
        text = config.counts(topic, interval="20ms", head="log: {level: debug}", postgres="lock_timeout: 10ms")
        daemon = make_daemon(text)
        daemon.start(wrapper=("sh", "-c", f'exec "$@" 2> {pipe}', "sh")).wait_ready()
        with judge.load():
            for _ in range(5):
                judge.progress()
        judge.check()
        daemon.kill9()
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
