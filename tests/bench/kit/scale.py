"""How the cost grows: one thing at a time is made larger, and everything else stays as it is."""

import json

from . import small
from .machine import machine
from .shapes import Job, Topic
from .table import show

MILLION = 1_000_000


def curves():
    """Yields (what grows, how large it is, the topic, the job)."""
    plain, job = Topic(), Job()
    for n in (1, 4, 16, 64, 200):
        yield "partitions", n, Topic(partitions=n), job
    for n in (10, 1_000, 100_000, MILLION, 5 * MILLION):
        events = max(plain.events, n)
        # All in one batch, however many rows it writes.
        yield "groups", n, Topic(events=events), Job(groups=n, interval="1h", memory_limit="8GiB")
    for n in (1, 10, 25, 50):
        yield "columns", n, plain, Job(columns=n)
    for n in (1, 5, 10, 20):
        yield "aggregations", n, plain, Job(aggregations=n)
    for n in (1, 10, 50):
        yield "pipelines", n, Topic(events=plain.events // n), Job(pipelines=n, memory_limit="2GiB")
    for n, events in ((100, 4 * MILLION), (250, 4 * MILLION), (1_000, 2 * MILLION), (10_000, 200_000)):
        yield "bytes of an event", n, Topic(bytes=n, fields=4, events=events), job
    for n in (4, 16, 64, 100):
        yield "fields of an event", n, Topic(fields=n, bytes=2_500, events=MILLION), job
    for n in (4, 16, 64, 100):
        yield "fields read", n, Topic(fields=100, bytes=2_500, events=MILLION), Job(fields_read=n)
    for n, every in ((0, 0), (0.01, 100), (0.1, 10), (1, 1)):
        yield "dead-letter share", n, Topic(events=MILLION, broken_every=every), job
    for n in (10, 1_000, 100_000, MILLION):
        yield "lookup rows", n, plain, Job(lookup_rows=n)


NAMES = tuple(dict.fromkeys(name for name, *_ in curves()))


def measure(stage, options) -> dict:
    found, consumed, exact = {}, {}, True
    for name, size, topic, job in curves():
        if options.only and name not in options.only:
            continue
        if topic not in consumed:
            consumed[topic] = consume(stage, topic)
        dsn = stage.database("scale")
        run = stage.drain(stage.write_config("scale", job.config(stage, topic.name, dsn)))
        differing = job.differences(topic, dsn)
        exact = exact and differing == 0
        events = topic.events * job.pipelines
        point = {"size": size, "events": events, "seconds": round(run.seconds, 2),
                 "events_per_second": round(events / run.seconds),
                 "of_bare_consume": round(events / run.seconds / consumed[topic], 3),
                 "cpu_us_per_event": round(run.cpu_seconds / events * 1e6, 3),
                 "peak_rss_mib": round(run.peak_rss_mib, 1), "differing_tables": differing}
        found.setdefault(name, []).append(point)
        print(f"{name} {size:,}: {point}", flush=True)
    for name, points in found.items():
        show(name, ["", "events/s", "of bare consume", "CPU us/event", "RSS MiB"],
             [[f"{one['size']:,}", one["events_per_second"], one["of_bare_consume"], one["cpu_us_per_event"],
               one["peak_rss_mib"]] for one in points])
    triggers = small.measure(stage) if not options.only or "small" in options.only else {}
    return {"part": "scale", **with_others(found, triggers, options), "exact": exact}


def with_others(found: dict, triggers: dict, options) -> dict:
    """The curves that were not asked for stay as they were measured before, and say when and where."""
    path = options.results / "scale.json"
    before = json.loads(path.read_text()) if options.only and path.exists() else {"curves": {}, "small": {}}
    curves_now = before["curves"] | found
    old = dict.fromkeys([*before["curves"], "small"], before.get("machine")) | before.get("machines", {})
    new = dict.fromkeys([*found, *(["small"] if triggers else [])], machine())
    return {"curves": {name: curves_now[name] for name in NAMES if name in curves_now},
            "small": triggers or before["small"], "machines": old | new}


def consume(stage, topic: Topic) -> float:
    """Fills the topic. Returns how many events a second a bare consumer takes from it."""
    topic.send(stage)
    said = stage.bare(topic.name, "consume", events=topic.events)[1]
    return said["records"] / said["seconds"]
