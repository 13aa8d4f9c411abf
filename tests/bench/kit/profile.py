"""Where the time goes: a catch-up under perf, each sample put down to a stage by its function's name."""

import collections
import re
import shutil
import subprocess

from . import views
from .table import show

TOPIC = "profile"
EVENTS = 20_000_000

# The first pattern that a function's name fits says what it is for; what is inlined counts with its caller.
STAGES = [
    ("decompress (lz4)", r"LZ4|lz4"),
    ("check CRCs", r"crc32"),
    ("take records over from librdkafka", r"^rd_|^rk|rd_kafka|mtx_|cnd_|rd_buf|rd_slice"),
    ("decode JSON", r"simdjson|JsonDecoder|FieldTree|KeyShape|MarkedKeys|decode|convert_|utf8|Decimal::parse"),
    ("evaluate expressions, look up", r"expression::|SpecEvaluator|LookupTable|evaluate"),
    ("group and fold", r"GroupTable|FoldWorker|append_key|stable_hash|Accumulator|count\(|Layout|TimeCounts|Arena"),
    ("allocate and copy", r"malloc|free|_int_|memcpy|memmove|memset|memcmp|operator new|operator delete|tcache"),
    ("write to Postgres", r"postgres::|PQ|pq[A-Z]|encode"),
]
KERNEL = "kernel: sockets, waiting"
REST = "everything else"


def measure(stage, options) -> dict:
    if not shutil.which("perf"):
        raise RuntimeError("perf is not there; on Debian the package linux-perf has it")
    stage.preload(TOPIC, EVENTS)
    counts, data = stage.scratch / "counts.csv", stage.scratch / "perf.data"
    stage.bare(TOPIC, "count", stage.ads, counts)
    dsn = stage.database("profile")
    stage.drain(stage.config(TOPIC, dsn), wrapper=["perf", "record", "-q", "-F", 499, "-o", data, "--"])
    differing = views.differences(dsn, counts)
    shares, functions = classified(data)
    show(f"Where the CPU time of {EVENTS:,} events goes", ["", "%"],
         [[name, 100 * share] for name, share in shares.most_common()])
    return {"part": "profile", "events": EVENTS, "shares": {name: round(share, 4) for name, share in shares.items()},
            "functions": functions, "exact": differing == 0}


def classified(data) -> tuple[collections.Counter, dict]:
    report = subprocess.run(
        ["perf", "report", "-i", str(data), "--no-children", "--stdio", "--sort", "dso,symbol", "--percent-limit", "0.05"],
        capture_output=True, text=True, check=True).stdout
    shares, functions = collections.Counter(), collections.defaultdict(dict)
    for line in report.splitlines():
        found = re.match(r"\s*([\d.]+)%\s+\S+\s+\[(.)\]\s+(.*\S)", line)
        if not found:
            continue
        share, space, function = float(found[1]) / 100, found[2], found[3]
        stage = KERNEL if space == "k" else stage_of(function)
        shares[stage] += share
        if share >= 0.005:
            functions[stage][function[:120]] = round(share, 4)
    shares[REST] += 1 - sum(shares.values())
    return shares, functions


def stage_of(function: str) -> str:
    for name, pattern in STAGES:
        if re.search(pattern, function):
            return name
    return REST
