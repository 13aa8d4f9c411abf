"""Outages: Postgres or the daemon is away while 200,000 records a second go on arriving; then it catches up."""

import threading
import time

from . import views
from .live import Live
from .table import show

RATE = 200_000
SETTLE_SECONDS = 15
INTERVAL_SECONDS = 5
LONGEST_CATCH_UP = 600
MINUTES = 5  # Unless asked otherwise.
AWAY = ("Postgres", "daemon")


class Peak(threading.Thread):
    """The highest resident memory from its start on."""

    def __init__(self, live: Live):
        super().__init__(daemon=True)
        self.live, self.mib, self.over = live, 0.0, False
        self.start()

    def run(self):
        while not self.over:
            self.mib = max(self.mib, self.live.rss_mib())
            time.sleep(0.2)

    def end(self) -> float:
        self.over = True
        self.join()
        return round(self.mib, 1)


def measure(stage, options) -> dict:
    minutes = options.minutes or MINUTES
    outages = [outage(stage, name, minutes * 60) for name in options.only or AWAY]
    show(f"Minutes without one of them, {RATE:,} records/s arriving",
         ["", "seconds", "records/s", "of live rate", "RSS before", "away", "catching up"],
         [[f"{one['minutes']:g} without {one['away']}", one["catch_up_seconds"], one["records_per_second"], one["of_live_rate"],
           *one["rss_mib"].values()] for one in outages])
    return {"part": "outage", "outages": outages, "exact": all(one["exact"] for one in outages)}


def outage(stage, name: str, seconds: float) -> dict:
    topic = "outage-" + name.lower()
    with Live(stage, topic, rate=RATE, seconds=SETTLE_SECONDS + seconds + LONGEST_CATCH_UP,
              interval=f"{INTERVAL_SECONDS}s") as live:
        stop, start = {"Postgres": (stage.postgres.stop, stage.postgres.start),
                       "daemon": (live.daemon.kill, live.start_daemon)}[name]
        peak = Peak(live)
        time.sleep(SETTLE_SECONDS)
        before = peak.end()
        first = live.committed()
        stop()
        if name == "daemon":  # It may have committed once more.
            first = live.committed()
        print(f"{name} is away for {seconds:.0f} s", flush=True)
        peak = Peak(live)
        time.sleep(seconds)
        during = peak.end()
        began = time.monotonic()
        start()
        peak = Peak(live)
        caught_up, last = catch_up(live, first)
        after = peak.end()
        live.generator.stop()
        sent = live.sent()
        wait_for(live, sent)
        took = caught_up - began
        counts = stage.scratch / "counts.csv"
        stage.bare(live.topic, "count", stage.ads, counts)
        differing = views.differences(live.dsn, counts)
    stage.topics.delete(topic)
    return {"away": name, "minutes": seconds / 60, "catch_up_seconds": round(took, 1), "records_per_second": round((last - first) / took),
            "of_live_rate": round((last - first) / took / RATE, 2),
            "rss_mib": {"before": before, "away": during, "catching up": after}, "exact": differing == 0}


def catch_up(live: Live, first: int) -> tuple[float, int]:
    """Waits until what is committed is at most an interval behind what arrives. Returns when that was, and
    how many records were committed by then."""
    deadline = time.monotonic() + LONGEST_CATCH_UP - 30
    while time.monotonic() < deadline:
        time.sleep(0.2)
        committed = live.committed()
        # Until something was committed, the lag is what was known before.
        if committed > first and live.metrics().sum("tallymill_lag_records") <= RATE * (INTERVAL_SECONDS + 1):
            return time.monotonic(), committed
    raise RuntimeError(f"it did not catch up; the daemon's log:\n{live.daemon.tail()}")


def wait_for(live: Live, records: int):
    deadline = time.monotonic() + 60
    while live.committed() < records and time.monotonic() < deadline:
        time.sleep(0.2)
