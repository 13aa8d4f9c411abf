"""Freshness: how long after it was written a record is visible in Postgres, at 200,000 records a second."""

import time

from . import views
from .live import Live, Visibility, percentile
from .stage import peak_rss_mib
from .table import show

RATE = 200_000
INTERVALS = {"5s": 60, "1s": 30, "100ms": 20}  # And for how many seconds it is looked at.
WARM_UP_SECONDS = 8


def measure(stage, options) -> dict:
    found = {}
    for interval, seconds in INTERVALS.items():
        found[interval] = one(stage, interval, seconds, RATE)
    show(f"Record written to record visible, {RATE:,} records/s, milliseconds",
         ["interval", "p50", "p99", "max", "cores", "RSS MiB"],
         [[interval, one["p50_ms"], one["p99_ms"], one["max_ms"], one["cores"], one["peak_rss_mib"]]
          for interval, one in found.items()])
    return {"part": "latency", "records_per_second": RATE, "intervals": found,
            "exact": all(one["differing_rows"] == 0 for one in found.values())}


def one(stage, interval: str, seconds: int, rate: int, **config) -> dict:
    """Follows the ad events for so many seconds."""
    with Live(stage, f"live-{interval}-{rate}", rate=rate, seconds=WARM_UP_SECONDS + seconds,
              interval=interval, **config) as live:
        time.sleep(WARM_UP_SECONDS)
        visibility = Visibility(live.dsn)
        began, before = time.time(), live.cpu_seconds()
        live.generator.wait(seconds + 60)
        ended, after = time.time(), live.cpu_seconds()
        time.sleep(7)  # Whatever was written last is due within an interval.
        rss = peak_rss_mib(live.daemon.pid)
        visibility.end()
        sent = live.sent()
    times, counts = stage.scratch / "times.csv", stage.scratch / "counts.csv"
    stage.bare(live.topic, "times", times)
    stage.bare(live.topic, "count", stage.ads, counts)
    latencies = sorted(ms for _, ms in visibility.latencies(times, began * 1000, ended * 1000))
    if not latencies:
        raise RuntimeError(f"no record became visible; the daemon's log:\n{live.daemon.tail()}")
    found = {"p50_ms": round(percentile(latencies, 0.5)), "p99_ms": round(percentile(latencies, 0.99)),
             "max_ms": round(latencies[-1]), "samples": len(latencies), "sent": sent,
             "percentiles_ms": [round(percentile(latencies, share / 100)) for share in range(101)],
             "cores": round((after - before) / (ended - began), 3), "peak_rss_mib": round(rss, 1),
             "differing_rows": views.differences(live.dsn, counts)}
    print(f"{rate:,}/s, interval {interval}: " + ", ".join(
        f"{name} {found[name]}" for name in ("p50_ms", "p99_ms", "cores", "peak_rss_mib")), flush=True)
    return found
