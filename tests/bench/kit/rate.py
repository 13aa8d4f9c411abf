"""The highest live rate that is held for five minutes, the generator on the same cores, interval 5 s."""

from . import latency
from .table import show

RATES = range(400_000, 1_600_000, 100_000)
PROBE_SECONDS = 30
LIMIT_MS = 6_000  # Of the 99th percentile: lag stays under an interval.

MINUTES = 5  # Unless asked otherwise.


def measure(stage, options) -> dict:
    length = options.minutes or MINUTES
    probes = {}
    for rate in RATES:
        probes[rate] = probe(stage, rate, PROBE_SECONDS)
        if not probes[rate]["held"]:
            break
    held = probe(stage, RATES[0], length * 60)
    best = {}
    for rate in sorted((rate for rate, one in probes.items() if one["held"]), reverse=True):
        best = held if rate == RATES[0] else probe(stage, rate, length * 60)
        best["rate"] = rate
        if best["held"]:
            break
    show(f"Rates held for {length} minutes, milliseconds", ["records/s", "held", "p50", "p99", "max", "cores", "RSS MiB"],
         [[rate, "yes" if one["held"] else "no", one["p50_ms"], one["p99_ms"], one["max_ms"], one["cores"],
           one["peak_rss_mib"]] for rate, one in ((RATES[0], held), (best.get("rate", 0), best))])
    ran = [*probes.values(), held, best]
    return {"part": "rate", "minutes": length, "probes": probes, "lowest": held, "best": best,
            "exact": all(one["differing_rows"] == 0 for one in ran)}


def probe(stage, rate: int, seconds: float) -> dict:
    one = latency.one(stage, "5s", seconds, rate)
    stage.topics.delete(f"live-5s-{rate}")
    wanted = rate * (seconds + latency.WARM_UP_SECONDS)
    one["sent_share"] = round(one["sent"] / wanted, 3)
    one["held"] = one["sent_share"] > 0.99 and one["p99_ms"] <= LIMIT_MS
    return one
