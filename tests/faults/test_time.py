"""Clocks that jump, and local time."""

import calendar
import time

import pytest

from rig import config
from rig.log import read_log
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
