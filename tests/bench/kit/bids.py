"""Nexmark's bids: its query 17, prices by auction and day, which writes a row for almost every auction there is."""

import orjson
import psycopg

from recount.topic import partitions_of, read_to_end

from .table import middle, show
from .throughput import figures

TOPIC = "nexmark"
EVENTS = 5_000_000

JOB = """\
kafka: {{brokers: "{brokers}"}}
postgres: {{dsn: "{dsn}"}}
http: {{port: {http}}}
{more}
pipelines:
  bids:
    source:
      topics: [{topic}]
      fields: {{bid.auction: int, bid.price: int}}
    event_time: {{field: bid.dateTime}}
    interval: {interval}
    aggregations:
      auctions:
        window: 1d
        group_by: {{auction: bid.auction}}
        columns:
          bids: count()
          low: count(bid.price < 10000)
          middling: count(bid.price >= 10000 && bid.price < 1000000)
          high: count(bid.price >= 1000000)
          lowest: min(bid.price)
          highest: max(bid.price)
          price: avg(bid.price)
          total: sum(bid.price)
"""


def measure(stage, options) -> dict:
    stage.preload(TOPIC, EVENTS, stream="bids")
    expected = recount(stage.kafka.brokers)
    found = {"bare consume": [], "daemon, exactly once": []}
    differing = 0
    for _ in range(options.rounds):
        run, said = stage.bare(TOPIC, "consume", events=EVENTS)
        found["bare consume"].append(figures(EVENTS, said["seconds"], run))
        dsn = stage.database("bids")
        run = stage.drain(stage.config(TOPIC, dsn, job=JOB))
        found["daemon, exactly once"].append(figures(EVENTS, run.seconds, run))
        differing += differences(dsn, expected)
    show(f"{EVENTS:,} bids, {len(expected):,} rows of 8 columns, medians", ["", "events/s", "CPU s/million", "RSS MiB"],
         [[name, *(middle([run[figure] for run in runs]) for figure in
                   ("events_per_second", "cpu_seconds_per_million", "peak_rss_mib"))] for name, runs in found.items()])
    print("the table is exact" if differing == 0 else f"NOT exact: {differing:,} rows differ", flush=True)
    return {"part": "bids", "events": EVENTS, "rows": len(expected), "runs": found, "exact": differing == 0}


def recount(brokers: str) -> dict:
    """What the table must hold, by day and auction, counted by Python."""
    rows = {}

    def take(messages):
        for message in messages:
            bid = orjson.loads(message.value())["bid"]
            price = bid["price"]
            row = rows.get(key := (bid["dateTime"][:10], bid["auction"]))
            if row is None:
                row = rows[key] = [0, 0, 0, 0, price, price, 0]
            row[0] += 1
            row[1 if price < 10_000 else 2 if price < 1_000_000 else 3] += 1
            row[4] = min(row[4], price)
            row[5] = max(row[5], price)
            row[6] += price
    read_to_end(brokers, TOPIC, partitions_of(brokers, TOPIC), take)
    if sum(row[0] for row in rows.values()) != EVENTS:
        raise RuntimeError("the recount did not see every bid")
    return rows


def differences(dsn: str, expected: dict) -> int:
    """Returns how many rows of the table differ from the recount."""
    with psycopg.connect(dsn) as connection:
        stored = {(day, auction): [int(value) for value in values] for day, auction, *values in connection.execute(
            "SELECT to_char(window_start AT TIME ZONE 'UTC', 'YYYY-MM-DD'), auction, bids, low, middling, high, "
            "lowest, highest, total, price_count, price_sum FROM auctions")}
    # An average is kept as its sum and count.
    wanted = {key: [*row, row[0], row[-1]] for key, row in expected.items()}
    return sum(1 for key in wanted.keys() | stored.keys() if wanted.get(key) != stored.get(key))
