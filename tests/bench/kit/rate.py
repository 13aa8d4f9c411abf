"""The highest live rate that is held for five minutes, the generator on the same cores, interval 5 s."""

from . import latency
from .table import show

RATES = range(400_000, 1_600_000, 100_000)
PROBE_SECONDS = 15
LIMIT_MS = 6_000  # Of the 99th percentile: lag stays under an interval.
MINUTES = 5  # Unless asked otherwise.


def measure(stage, options) -> dict:
    """Looks for the limit in short probes, and goes down from there until a rate is held for long."""
    minutes = options.minutes or MINUTES
    probes, held = {}, {}
    for rate in options.rates or RATES:
        probes[rate] = probe(stage, rate, PROBE_SECONDS)
        if not probes[rate]["held"]:
            break
    for rate in sorted((rate for rate, one in probes.items() if one["held"]), reverse=True):
        held[rate] = probe(stage, rate, minutes * 60)
        if held[rate]["held"]:
            break
    show(f"Rates for {minutes:g} minutes, milliseconds", ["records/s", "held", "p50", "p99", "max", "cores", "RSS MiB"],
         [[f"{rate:,}", "yes" if one["held"] else "no", one["p50_ms"], one["p99_ms"], one["max_ms"], one["cores"],
           one["peak_rss_mib"]] for rate, one in held.items()])
    return {"part": "rate", "minutes": minutes, "probes": probes, "held": held,
            "exact": all(one["differing_rows"] == 0 for one in [*probes.values(), *held.values()])}


def probe(stage, rate: int, seconds: float) -> dict:
    one = latency.one(stage, "5s", seconds, rate)
    stage.topics.delete(f"live-5s-{rate}")
    wanted = rate * (seconds + latency.WARM_UP_SECONDS)
    one["sent_share"] = round(one["sent"] / wanted, 3)
    one["held"] = one["sent_share"] > 0.99 and one["p99_ms"] <= LIMIT_MS
    return one
