"""Freshness: how long after it was written a record is visible in Postgres, at 200,000 records a second."""

import bisect
import pathlib
import threading
import time

import psycopg

from process import Process, wait_until
from rig.processes import cpu_seconds

from . import views
from .table import show

RATE = 200_000
INTERVALS = {"5s": 60, "1s": 30, "100ms": 20}  # And for how many seconds it is looked at.
WARM_UP_SECONDS = 8


class Visibility(threading.Thread):
    """Writes down when which offset of each partition became visible."""

    def __init__(self, dsn: str):
        super().__init__(daemon=True)
        self.dsn = dsn
        self.over = False
        self.seen = {}  # partition: ([next offsets], [when in ms])
        self.start()

    def run(self):
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            while not self.over:
                rows = connection.execute(
                    "SELECT partition, next_offset::bigint FROM tallymill.checkpoint").fetchall()
                now = time.time() * 1000
                for partition, offset in rows:
                    offsets, times = self.seen.setdefault(partition, ([], []))
                    if not offsets or offsets[-1] != offset:
                        offsets.append(offset)
                        times.append(now)
                time.sleep(0.005)

    def of(self, partition: int, offset: int) -> float | None:
        offsets, times = self.seen.get(partition, ([], []))
        at = bisect.bisect_right(offsets, offset)
        return times[at] if at < len(times) else None


def peak_rss_mib(pid: int) -> float:
    line = next(line for line in open(f"/proc/{pid}/status") if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def percentile(values: list[float], share: float) -> float:
    return values[min(len(values) - 1, int(len(values) * share))]


def measure(stage, options) -> dict:
    found = {}
    for interval, seconds in INTERVALS.items():
        found[interval] = one(stage, interval, seconds, RATE)
        print(f"interval {interval}: {found[interval]}", flush=True)
    show(f"Record written to record visible, {RATE:,} records/s, milliseconds",
         ["interval", "p50", "p99", "max", "cores", "RSS MiB"],
         [[interval, one["p50_ms"], one["p99_ms"], one["max_ms"], one["cores"], one["peak_rss_mib"]]
          for interval, one in found.items()])
    return {"part": "latency", "records_per_second": RATE, "intervals": found,
            "exact": all(one["differing_rows"] == 0 for one in found.values())}


def one(stage, interval: str, seconds: int, rate: int, job=None) -> dict:
    topic = f"live-{interval}-{rate}"
    dsn = stage.database("live")
    generator = Process(
        [stage.generator, "--brokers", stage.kafka.brokers, "--topic", topic, "--partitions", 4, "--lz4",
         "--rate", rate, "--for", f"{WARM_UP_SECONDS + seconds}s"], stage.next_log("generate"))
    wait_until(lambda: "events sent" in generator.text(), 30, "the generator")
    daemon = stage.start(stage.config(topic, dsn, interval=interval, **({"job": job} if job else {})))
    visibility = None
    try:
        wait_until(lambda: has_checkpoint(dsn), 30, "a checkpoint")
        time.sleep(WARM_UP_SECONDS)
        visibility = Visibility(dsn)
        began, before = time.time(), cpu_seconds(daemon.pid)
        generator.wait(seconds + 60)
        ended, after = time.time(), cpu_seconds(daemon.pid)
        counts, times = stage.scratch / "counts.csv", stage.scratch / "times.csv"
        # Whatever was written last is due within an interval.
        time.sleep(7)
        rss = peak_rss_mib(daemon.pid)
    finally:
        if visibility:
            visibility.over = True
            visibility.join()
        daemon.stop()
    stage.bare(topic, "times", times)
    stage.bare(topic, "count", stage.ads, counts)
    latencies = sorted(latencies_of(times, visibility, began * 1000, ended * 1000))
    if not latencies:
        raise RuntimeError(f"no record became visible; the daemon's log:\n{daemon.tail()}")
    return {"p50_ms": round(percentile(latencies, 0.5)), "p99_ms": round(percentile(latencies, 0.99)),
            "max_ms": round(latencies[-1]), "samples": len(latencies),
            "cores": round((after - before) / (ended - began), 3), "peak_rss_mib": round(rss, 1),
            "differing_rows": views.differences(dsn, counts)}


def latencies_of(times: pathlib.Path, visibility: Visibility, first: float, last: float):
    """Yields the latency in ms of each sampled record that was written between two times."""
    for partition, offset, written in read_times(times):
        visible = visibility.of(partition, offset) if first < written < last else None
        if visible is not None:
            yield visible - written


def has_checkpoint(dsn: str) -> bool:
    try:
        with psycopg.connect(dsn) as connection:
            return bool(connection.execute("SELECT 1 FROM tallymill.checkpoint").fetchall())
    except psycopg.Error:
        return False


def read_times(path: pathlib.Path):
    for line in path.read_text().splitlines():
        partition, offset, written = line.split(",")
        yield int(partition), int(offset), int(written)
