"""The judge: after traffic has stopped and faults are healed, is everything exactly as it must be?"""

import bisect
import time

import psycopg

from process import wait_until
from recount.compare import differences, read_table

from . import folds
from .log import read_log

SETTLE_SECONDS = 60


class Oracle:
    """Judges one pipeline that reads one topic."""

    def __init__(self, topics, database, topic: str, *, pipeline: str = "counts",
                 table: str = "counts", fold=folds.counts, key=None, columns=None):
        self.topics = topics
        self.database = database
        self.topic = topic
        self.pipeline = pipeline
        self.table = table
        self.fold = fold
        self.key = key or folds.COUNTS_KEY
        self.columns = columns or folds.COUNTS_COLUMNS

    def checkpoint(self) -> dict[int, int]:
        """Returns the next offset of each partition, as committed."""
        if not self.database.table_exists("tallymill.checkpoint"):
            return {}
        return dict(self.database.query(
            "SELECT partition::int, next_offset::bigint FROM tallymill.checkpoint "
            "WHERE pipeline = %s AND topic = %s", self.pipeline, self.topic))

    def wait_settled(self, seconds: float = SETTLE_SECONDS):
        """Waits until the checkpoint is exactly the topic's end. That is asked for each time: the
        marker that ends a transaction may be written after its producer was told that it has."""
        try:
            wait_until(lambda: self.checkpoint() == self.topics.ends(self.topic), seconds,
                       "the checkpoint", every=0.1)
        except TimeoutError:
            raise AssertionError(f"after {seconds:g} s the checkpoint is {self.checkpoint()}, "
                                 f"the topic ends at {self.topics.ends(self.topic)}") from None

    def check(self, *, seconds: float = SETTLE_SECONDS, least: int = 1, whole_ledger: bool = True):
        """Waits for the end of the topic, then compares everything. `least` guards against a test
        that sent nothing. Returns the records."""
        self.wait_settled(seconds)
        records, ends = read_log(self.topics.brokers, self.topic)
        assert len(records) >= least, f"the topic holds {len(records)} records only"
        expected = self.fold(records)
        self.check_rows(expected)
        assert self.checkpoint() == ends
        self.check_topic_id()
        self.check_dead_letters(expected)
        if whole_ledger:
            self.check_ledger(records, expected)
        return records

    def check_rows(self, expected):
        stored = read_table(self.database.dsn(), self.table, self.key, self.columns)
        wrong = differences(stored, expected.rows, self.columns)
        assert not wrong, f"{len(wrong)} of {len(expected.rows)} rows differ:\n" + "\n".join(wrong[:10])

    def check_topic_id(self):
        stored = self.database.query("SELECT DISTINCT topic_id FROM tallymill.checkpoint "
                                     "WHERE pipeline = %s AND topic = %s", self.pipeline, self.topic)
        assert len(stored) == 1 and stored[0][0] == str(self.topics.id(self.topic))

    def dead_letters(self) -> dict[tuple[int, int], str]:
        return {(partition, offset): reason for partition, offset, reason in self.database.query(
            'SELECT partition::int, "offset"::bigint, reason FROM tallymill.dead_letter '
            "WHERE pipeline = %s AND topic = %s AND aggregation = ''", self.pipeline, self.topic)}

    def check_dead_letters(self, expected):
        found = self.dead_letters()
        assert found.keys() == expected.rejected.keys()
        for where, reason in expected.rejected.items():
            assert reason in (None, found[where]), f"{where}: {found[where]} instead of {reason}"

    def batches(self) -> list[dict]:
        """Returns the ledger, oldest first."""
        names = ["sequence", "instance", "ranges", "records_read", "records_used", "records_skipped",
                 "records_rejected", "aggregations", "rows_written", "lookups"]
        return [dict(zip(names, row)) for row in self.database.query(
            f"SELECT {', '.join(names)} FROM tallymill.batch WHERE pipeline = %s ORDER BY sequence",
            self.pipeline)]

    def check_ledger(self, records, expected):
        """Promise P2 for each batch; and each record read by exactly one of them."""
        batches = self.batches()
        sequences = [batch["sequence"] for batch in batches]
        # A batch that only passed control records has a number and no row.
        dense = len(records) == sum(self.checkpoint().values())
        assert sequences == (list(range(1, len(batches) + 1)) if dense else sorted(set(sequences)))
        read_by = {}  # (partition, offset): sequence
        for batch in batches:
            self.check_balance(batch)
            for span in batch["ranges"]:
                if span["topic"] != self.topic:
                    continue
                for offset in range(int(span["from"]), int(span["to"])):
                    where = (int(span["partition"]), offset)
                    assert where not in read_by, \
                        f"{where} is in batches {read_by[where]} and {batch['sequence']}"
                    read_by[where] = batch["sequence"]
        missing = [(r.partition, r.offset) for r in records if (r.partition, r.offset) not in read_by]
        assert not missing, f"{len(missing)} records are in no batch, first {missing[0]}"
        assert sum(batch["records_read"] for batch in batches) == len(records)
        assert sum(batch["records_rejected"] for batch in batches) == len(expected.rejected)
        assert sum(batch["records_skipped"] for batch in batches) == expected.skipped

    @staticmethod
    def check_balance(batch: dict):
        used = batch["records_used"]
        assert batch["records_read"] == used + batch["records_skipped"] + batch["records_rejected"]
        assert batch["aggregations"], f"batch {batch['sequence']} has no aggregation"
        for counts in batch["aggregations"].values():
            assert used == counts["folded"] + counts["filtered"] + counts["late"], batch


class SnapshotWatcher:
    """Looks at table and checkpoint in one snapshot, again and again while faults happen. Each look
    must be the fold of exactly the records below its checkpoint (promise P1). Catches what is wrong
    for a moment and heals later."""

    def __init__(self, oracle: Oracle):
        self.oracle = oracle
        self.seen = {}  # Checkpoint: (events, sum of their amounts).

    def look(self):
        """Takes a look, if the database lets us."""
        try:
            with psycopg.connect(self.oracle.database.dsn(), connect_timeout=2) as connection:
                connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
                offsets = connection.execute(
                    "SELECT partition::int, next_offset::bigint FROM tallymill.checkpoint "
                    "WHERE pipeline = %s ORDER BY 1", [self.oracle.pipeline]).fetchall()
                row = connection.execute(
                    f"SELECT coalesce(sum(n), 0)::bigint, coalesce(sum(total), 0)::bigint "
                    f"FROM {self.oracle.table}").fetchone()
        except (psycopg.OperationalError, psycopg.errors.UndefinedTable):
            return
        before = self.seen.setdefault(tuple(offsets), row)
        assert before == row, f"at {offsets} the table was {before} and is {row}"

    def check(self, records, least: int = 5):
        assert len(self.seen) >= least, f"only {len(self.seen)} different snapshots were seen"
        below = {}  # partition: running (offset, events, sum)
        for record in records:
            run = below.setdefault(record.partition, [(-1, 0, 0)])
            event = record.event()
            if event is None:
                continue
            run.append((record.offset, run[-1][1] + 1, run[-1][2] + event["amount"]))
        for offsets, row in self.seen.items():
            n = total = 0
            for partition, next_offset in offsets:
                run = below.get(partition, [(-1, 0, 0)])
                _, events, amount = run[bisect.bisect_left(run, (next_offset,)) - 1]
                n, total = n + events, total + amount
            assert row == (n, total), f"at {offsets} the table holds {row}, the topic {(n, total)}"


def wait_for_records(oracle: Oracle, count: int, seconds: float = 30):
    """Waits until at least so many offsets are committed."""
    wait_until(lambda: sum(oracle.checkpoint().values()) >= count, seconds,
               f"{count} offsets to be committed")


def wait_progress(oracle: Oracle, seconds: float = 30):
    """Waits until something more is committed. Returns how long it took."""
    began, before = time.monotonic(), oracle.checkpoint()
    wait_until(lambda: oracle.checkpoint() != before, seconds, "progress")
    return time.monotonic() - began
