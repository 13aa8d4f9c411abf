"""python -m recount ads|logs: counts a topic and compares it with what the daemon stored."""

import argparse
import signal
import sys
import time

import psycopg

from . import ads, logs
from .compare import differences, read_table
from .fold import fold_topic

SHOWN = 20


def read_progress(dsn: str, pipeline: str) -> tuple[dict[int, int], int]:
    """Returns the checkpoint of each partition and the number of dead letters."""
    with psycopg.connect(dsn) as connection:
        offsets = dict(connection.execute(
            "SELECT partition, next_offset::bigint FROM tallymill.checkpoint WHERE pipeline = %s",
            [pipeline]).fetchall())
        letters = connection.execute(
            "SELECT count(*) FROM tallymill.dead_letter WHERE pipeline = %s", [pipeline]).fetchone()
    return offsets, letters[0]


def recount(stream: str, brokers: str, topic: str, dsn: str, lookup: str, pipeline: str) -> list[str]:
    """Prints what was compared and returns the differences."""
    module = ads if stream == "ads" else logs
    make_tally = ads.make_tally(lookup) if stream == "ads" else logs.make_tally
    began = time.monotonic()
    tally, ends = fold_topic(
        make_tally, brokers, topic,
        progress=lambda records: print(f"recounted {records:,} events so far", flush=True))
    seconds = time.monotonic() - began
    print(f"recounted {tally.records:,} events in {seconds:.1f} s "
          f"({tally.records / max(seconds, 0.001):,.0f}/s)", flush=True)

    found = []
    offsets, letters = read_progress(dsn, pipeline)
    if offsets != ends:
        found.append(f"checkpoints are {offsets}, the topic ends at {ends}")
    if letters != tally.rejected:
        found.append(f"{letters} dead letters, {tally.rejected} records that cannot be used")
    for table, shape in module.TABLES.items():
        counted = dict(tally.rows(table))
        stored = read_table(dsn, table, shape["key"], shape["columns"])
        wrong = differences(stored, counted, shape["columns"])
        print(f"{table}: {len(stored):,} rows in the table, {len(counted):,} counted, "
              f"{len(wrong):,} differ", flush=True)
        found += [f"{table} {line}" for line in wrong]
    if not tally.records:
        found.append("the topic is empty, so nothing was compared")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(prog="recount", description=__doc__)
    parser.add_argument("stream", choices=["ads", "logs"])
    parser.add_argument("--brokers", required=True)
    parser.add_argument("--topic")
    parser.add_argument("--dsn", required=True)
    parser.add_argument("--lookup", help="the CSV that names the campaign of each ad")
    parser.add_argument("--pipeline")
    options = parser.parse_args()
    if options.stream == "ads" and not options.lookup:
        parser.error("ads need --lookup")
    names = {"ads": ("ad-events", "ad_campaigns"), "logs": ("app-logs", "log_error_rates")}
    topic, pipeline = names[options.stream]
    found = recount(options.stream, options.brokers, options.topic or topic, options.dsn,
                    options.lookup, options.pipeline or pipeline)
    for line in found[:SHOWN]:
        print(f"differs: {line}")
    if len(found) > SHOWN:
        print(f"... and {len(found) - SHOWN:,} more")
    print("exact" if not found else f"NOT exact: {len(found):,} differences")
    return 0 if not found else 1


if __name__ == "__main__":
    # An exit in order: the counting processes end with this one.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main())
