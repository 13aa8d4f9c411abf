"""Starting: from the process's start to the first record read and to the first row committed."""

import time

import psycopg

from .table import middle, show

TOPIC = "start"
EVENTS = 2_000_000


def measure(stage, options) -> dict:
    stage.preload(TOPIC, EVENTS)
    starts = [once(stage, number) for number in range(max(5, options.rounds))]
    show("Starting, milliseconds, medians (interval 100 ms)",
         ["", "first record read", "first row committed"],
         [["new tables", starts[0]["first_read_ms"], starts[0]["first_row_ms"]],
          ["tables there", middle([one["first_read_ms"] for one in starts[1:]]),
           middle([one["first_row_ms"] for one in starts[1:]])]])
    return {"part": "startup", "interval": "100ms", "starts": starts, "exact": True}


def once(stage, number: int) -> dict:
    """Starts the daemon on a checkpoint that was never moved, so that there is something to read."""
    dsn = stage.database("start") if number == 0 else stage.postgres.dsn("start")
    if number > 0:
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute("UPDATE tallymill.checkpoint SET next_offset = 0, leader_epoch = -1, "
                               "anchor_offset = NULL, anchor_time = NULL, anchor_hash = NULL")
            connection.execute("TRUNCATE campaign_views, tallymill.batch")
    config = stage.config(TOPIC, dsn, interval="100ms")
    began = time.time()
    daemon = stage.start(config)
    try:
        with psycopg.connect(dsn, autocommit=True) as connection:
            while time.time() < began + 30:
                try:
                    # A batch is committed when its transaction begins, as now() has it.
                    row = connection.execute(
                        "SELECT extract(epoch FROM committed_at), fold_ms + wait_ms FROM tallymill.batch "
                        "ORDER BY sequence LIMIT 1").fetchone()
                except psycopg.errors.UndefinedTable:
                    row = None
                if row:
                    seen = time.time()
                    return {"first_read_ms": round((float(row[0]) - began) * 1000 - row[1]),
                            "first_row_ms": round((seen - began) * 1000)}
                time.sleep(0.005)
    finally:
        daemon.stop()
    raise RuntimeError(f"nothing was committed in 30 s; the daemon's log:\n{daemon.tail()}")
