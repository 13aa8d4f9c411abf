"""A daemon that follows a stream: what it costs, and when each record becomes visible."""

import bisect
import pathlib
import re
import threading
import time
import urllib.request

import psycopg

from process import Process, wait_until
from rig.metrics import Metrics
from rig.processes import cpu_seconds


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

    def end(self):
        self.over = True
        self.join()

    def of(self, partition: int, offset: int) -> float | None:
        offsets, times = self.seen.get(partition, ([], []))
        at = bisect.bisect_right(offsets, offset)
        return times[at] if at < len(times) else None

    def latencies(self, times: pathlib.Path, first: float, last: float):
        """Yields (when it was written, how many ms later it was visible) of each sampled record that was
        written between two times."""
        for line in times.read_text().splitlines():
            partition, offset, written = map(int, line.split(","))
            visible = self.of(partition, offset) if first < written < last else None
            if visible is not None:
                yield written, visible - written


class Live:
    """The generator and the daemon at work, from the first commit on until the context ends."""

    def __init__(self, stage, topic: str, *, rate: int, seconds: float, stream: str = "ads", configure=None,
                 **config):
        """The configuration is the ad job's with these settings, or what `configure` makes of a DSN."""
        self.stage, self.topic = stage, topic
        self.dsn = stage.database("live")
        self.generator = Process(
            [stage.generator, "--brokers", stage.kafka.brokers, "--topic", topic, "--partitions", 4, "--lz4",
             "--stream", stream, "--rate", rate, "--for", f"{round(seconds)}s"], stage.next_log("generate"))
        wait_until(lambda: "events sent" in self.generator.text(), 30, "the generator")
        self.config = (stage.write_config("live", configure(self.dsn)) if configure
                       else stage.config(topic, self.dsn, **config))
        self.start_daemon()

    def start_daemon(self):
        self.daemon = self.stage.start(self.config)

    def __enter__(self):
        wait_until(self.has_checkpoint, 30, "a checkpoint")
        return self

    def __exit__(self, *_):
        self.generator.stop()
        self.daemon.stop()

    def has_checkpoint(self) -> bool:
        self.daemon.check()
        try:
            with psycopg.connect(self.dsn) as connection:
                return bool(connection.execute("SELECT 1 FROM tallymill.checkpoint").fetchall())
        except psycopg.Error:
            return False

    def committed(self) -> int:
        with psycopg.connect(self.dsn) as connection:
            return connection.execute("SELECT sum(next_offset)::bigint FROM tallymill.checkpoint").fetchone()[0]

    def cpu_seconds(self) -> float:
        return cpu_seconds(self.daemon.pid)

    def rss_mib(self) -> float:
        """0 of a daemon that has ended."""
        try:
            status = pathlib.Path(f"/proc/{self.daemon.pid}/status").read_text()
        except FileNotFoundError:
            return 0.0
        found = re.search(r"VmRSS:\s+(\d+)", status)
        return int(found[1]) / 1024 if found else 0.0

    def metrics(self) -> Metrics:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.stage.http_port}/metrics", timeout=10) as answer:
            return Metrics(answer.read().decode())

    def sent(self) -> int:
        """How many events the generator sent, when it has ended, all acknowledged."""
        found = re.search(r"(\d+) events sent, (\d+) acknowledged", self.generator.text())
        if not found or found[1] != found[2]:
            raise RuntimeError(f"the generator lost events:\n{self.generator.tail()}")
        return int(found[1])


def percentile(values: list[float], share: float) -> float:
    """REQUIRES: the values are sorted."""
    return values[min(len(values) - 1, int(len(values) * share))]
