"""An outage: Postgres is away while 200,000 records a second go on arriving; then the daemon catches up."""

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
    length = options.minutes or MINUTES
    away = length * 60
    with Live(stage, "outage", rate=RATE, seconds=SETTLE_SECONDS + away + LONGEST_CATCH_UP,
              interval=f"{INTERVAL_SECONDS}s") as live:
        peak = Peak(live)
        time.sleep(SETTLE_SECONDS)
        before = peak.end()
        peak = Peak(live)
        stage.postgres.stop()
        print(f"Postgres is away for {away:.0f} s", flush=True)
        time.sleep(away)
        during = peak.end()
        peak = Peak(live)
        stage.postgres.start()
        began, first = time.monotonic(), live.committed()
        caught_up, last = catch_up(live, began)
        after = peak.end()
        live.generator.stop()
        sent = live.sent()
        wait_for(live, sent)
    seconds = caught_up - began
    counts = stage.scratch / "counts.csv"
    stage.bare(live.topic, "count", stage.ads, counts)
    differing = views.differences(live.dsn, counts)
    per_second = (last - first) / seconds
    show(f"{length:g} minutes without Postgres, {RATE:,} records/s arriving",
         ["", "seconds", "records/s", "of live rate", "RSS before", "away", "catching up"],
         [["catching up", seconds, per_second, per_second / RATE, before, during, after]])
    return {"part": "outage", "minutes": length, "catch_up_seconds": round(seconds, 1),
            "records_per_second": round(per_second), "of_live_rate": round(per_second / RATE, 2),
            "rss_mib": {"before": before, "away": during, "catching up": after},
            "exact": differing == 0}


def catch_up(live: Live, began: float) -> tuple[float, int]:
    """Waits until what is committed is at most an interval behind what arrives. Returns when that was, and
    how many records were committed by then."""
    while time.monotonic() < began + LONGEST_CATCH_UP - 30:
        lag, committed = live.metrics().sum("tallymill_lag_records"), live.committed()
        if lag <= RATE * (INTERVAL_SECONDS + 1) and committed > 0:
            return time.monotonic(), committed
        time.sleep(0.2)
    raise RuntimeError(f"it did not catch up; the daemon's log:\n{live.daemon.tail()}")


def wait_for(live: Live, records: int):
    deadline = time.monotonic() + 60
    while live.committed() < records and time.monotonic() < deadline:
        time.sleep(0.2)
