"""Catching up: a topic from its first record to its last, against bare programs over the same topic."""

from . import plain_merge, views
from .table import middle, show

TOPIC = "catch-up"


def measure(stage, options) -> dict:
    events = options.events
    stage.preload(TOPIC, events)
    counts = stage.scratch / "counts.csv"
    stage.bare(TOPIC, "count", stage.ads, counts)
    found = {"bare consume": [], "bare consume and parse": [], "daemon, exactly once": []}
    differing = 0
    for number in range(options.rounds):
        for mode, name in (("consume", "bare consume"), ("parse", "bare consume and parse")):
            run, said = stage.bare(TOPIC, mode, events=events)
            found[name].append(figures(events, said["seconds"], run))
        dsn = stage.database("catch_up")
        run = stage.drain(stage.config(TOPIC, dsn))
        found["daemon, exactly once"].append(figures(events, run.seconds, run))
        differing += views.differences(dsn, counts)
        if number == 0:  # It takes its time, and the ratio is no close one.
            dsn = stage.database("sceptic")
            run = stage.sceptic(TOPIC, dsn)
            found["the same in Python"] = [figures(events, run.seconds, run)]
            differing += views.differences(dsn, counts)
        print(f"round {number + 1}: " + ", ".join(
            f"{name} {found[name][-1]['events_per_second']:,.0f}/s" for name in found), flush=True)
    merge = plain_merge.seconds(dsn, "public.campaign_views")
    report(events, found, differing)
    print(f"COPY and one merge of the table's rows by hand: {merge * 1000:,.0f} ms", flush=True)
    return {"part": "throughput", "events": events, "partitions": 4, "exact": differing == 0, "runs": found,
            "copy_and_merge_seconds": merge}


def figures(events: int, seconds: float, run) -> dict:
    return {"seconds": round(seconds, 3), "events_per_second": round(events / seconds),
            "cpu_seconds_per_million": round(run.cpu_seconds / events * 1e6, 4),
            "peak_rss_mib": round(run.peak_rss_mib, 1)}


def report(events: int, found: dict, differing: int):
    def of(name, figure):
        return middle([run[figure] for run in found[name]])

    parse = of("bare consume and parse", "events_per_second")
    show(f"Catching up with {events:,} events, medians", ["", "events/s", "of parse", "CPU s/million", "RSS MiB"],
         [[name, of(name, "events_per_second"), of(name, "events_per_second") / parse,
           of(name, "cpu_seconds_per_million"), of(name, "peak_rss_mib")] for name in found])
    print("the table is exact" if differing == 0 else f"NOT exact: {differing:,} rows differ", flush=True)
