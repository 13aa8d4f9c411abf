"""An hour at 100,000 records a second, 100,000 groups of 8 columns rewritten every 5 s: does anything grow?"""

import time

import psycopg

from . import plain_merge
from .live import Live, percentile
from .shapes import Job, Topic
from .table import middle, show

RATE = 100_000
SETTLE_SECONDS = 20
MINUTES = 60  # Unless asked otherwise.
JOB = Job(groups=100_000, columns=8)
# What is counted may go: the disk holds some minutes of it.
RETENTION = {"retention_bytes": 1 << 30, "segment_bytes": 128 << 20}
TABLE = "public.t0_0"
COMMIT = ("upsert", "commit")  # The stages that a plain program's merge has too.


def measure(stage, options) -> dict:
    length = options.minutes or MINUTES
    minutes = []
    stage.topics.create("steady", 4, **RETENTION)
    with Live(stage, "steady", rate=RATE, seconds=SETTLE_SECONDS + length * 60 + 10, stream="shapes",
              configure=lambda dsn: JOB.config(stage, "steady", dsn)) as live:
        time.sleep(SETTLE_SECONDS)
        with psycopg.connect(live.dsn, autocommit=True) as database:
            before = Look(live, database)
            began = time.monotonic()
            for number in range(1, round(length) + 1):
                time.sleep(max(0.0, began + 60 * number - time.monotonic()))
                now = Look(live, database)
                minutes.append(now.since(before))
                before = now
                print(f"minute {number}: {minutes[-1]}", flush=True)
            live.generator.wait(60)
            time.sleep(12)
        sent = live.sent()
        exact = JOB.differences(Topic(events=sent), live.dsn) == 0
        merge = plain_merge.seconds(live.dsn, TABLE)
    figures = {"part": "steady", "minutes": minutes, "groups": JOB.groups, "events": sent,
               "copy_and_merge_seconds": merge, "exact": exact}
    report(figures)
    return figures


class Look:
    """What the daemon and Postgres had counted up to a moment."""

    COUNTERS = {"records": "tallymill_records_total", "batches": "tallymill_batch_records_count",
                "rows": "tallymill_rows_written_total"}

    def __init__(self, live: Live, database):
        self.metrics = live.metrics()
        self.cpu, self.rss, self.at = live.cpu_seconds(), live.rss_mib(), time.monotonic()
        self.wal = int(database.execute("SELECT pg_current_wal_lsn() - '0/0'::pg_lsn").fetchone()[0])
        self.updates, self.hot, self.bytes = database.execute(
            "SELECT n_tup_upd, n_tup_hot_upd, pg_total_relation_size(relid) FROM pg_stat_user_tables "
            "WHERE relid = %s::regclass", [TABLE]).fetchone()

    def since(self, before: "Look") -> dict:
        grown = {name: self.metrics.sum(metric) - before.metrics.sum(metric)
                 for name, metric in self.COUNTERS.items()}
        return {
            "records_per_second": round(grown["records"] / (self.at - before.at)),
            "rows_per_batch": round(grown["rows"] / grown["batches"]),
            "commit_ms": round(1000 * sum(self.metrics.mean_since(
                before.metrics, "tallymill_stage_duration_seconds", stage=stage) for stage in COMMIT)),
            "p99_ms": self._quantile_ms(before, 0.99), "rss_mib": round(self.rss, 1),
            "cores": round((self.cpu - before.cpu) / (self.at - before.at), 3),
            "hot_share": round((self.hot - before.hot) / max(1, self.updates - before.updates), 4),
            "table_mib": round(self.bytes / 2**20, 1),
            "wal_mib_per_batch": round((self.wal - before.wal) / grown["batches"] / 2**20, 2)}

    def _quantile_ms(self, before: "Look", share: float) -> int:
        """As Prometheus has it: as if records lay evenly within a bucket."""
        name = "tallymill_record_latency_seconds_bucket"
        bounds = {labels["le"] for found, labels, _ in self.metrics.samples if found == name}
        low, below = 0.0, 0.0
        counts = sorted((float(le), self.metrics.sum(name, le=le) - before.metrics.sum(name, le=le))
                        for le in bounds)
        wanted = share * counts[-1][1]
        for high, count in counts:
            if count >= wanted:
                return round(1000 * (low + (high - low) * (wanted - below) / (count - below)))
            low, below = high, count
        raise RuntimeError("a histogram whose last bucket does not hold everything")


def report(figures: dict):
    minutes = figures["minutes"]
    tenth = max(1, len(minutes) // 10)
    names = list(minutes[0])
    show(f"{len(minutes)} minutes at {RATE:,} records/s, {figures['groups']:,} groups of 8 columns; medians",
         ["", *names],
         [[title, *(float(middle([one[name] for one in some])) for name in names)]
          for title, some in (("first tenth", minutes[:tenth]), ("all", minutes), ("last tenth", minutes[-tenth:]))])
    commits = sorted(one["commit_ms"] for one in minutes)
    bare = figures["copy_and_merge_seconds"] * 1000
    print(f"upsert and COMMIT: p50 {percentile(commits, 0.5):,} ms; COPY and one merge of as many rows: {bare:,.0f} ms",
          flush=True)
