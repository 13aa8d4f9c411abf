"""Tables, dead letters and checkpoint beside what the recount says of them."""

import operator

import psycopg

from recount.compare import differences, read_table
from recount.fold import fold_topic

from .tally import TABLES, Tally, make_tally

LETTERS = ("SELECT partition::bigint, \"offset\"::bigint, aggregation, reason, md5(value) "
           "FROM tallymill.dead_letter WHERE pipeline = 'hostile'")


def recount(brokers: str, topic: str, progress=None) -> tuple[Tally, dict[int, int]]:
    """Returns what everything must be, and where each partition ends."""
    return fold_topic(make_tally, brokers, topic, progress=progress)


def letter_differences(dsn: str, tally: Tally) -> list[str]:
    found, left = [], dict(tally.letters)
    with psycopg.connect(dsn) as connection, connection.cursor("letters") as cursor:
        cursor.itersize = 50_000
        cursor.execute(LETTERS)
        for partition, offset, aggregation, reason, digest in cursor:
            where = (partition, offset, aggregation)
            reasons, bytes_digest = left.pop(where, (None, None))
            if reasons is None:
                found.append(f"dead letter {where} ({reason}): the record can be used")
            elif reason not in reasons:
                found.append(f"dead letter {where}: the reason is {reason}, right would be {sorted(reasons)}")
            elif digest != bytes_digest:
                found.append(f"dead letter {where}: its bytes are not the record's")
    return found + [f"dead letter {where} is missing: {sorted(reasons)}" for where, (reasons, _) in left.items()]


def compare(dsn: str, tally: Tally, ends: dict[int, int]) -> list[str]:
    """Returns a line for each difference."""
    with psycopg.connect(dsn) as connection:
        offsets = dict(connection.execute(
            "SELECT partition::int, next_offset::bigint FROM tallymill.checkpoint "
            "WHERE pipeline = 'hostile'").fetchall())
        books = connection.execute(
            "SELECT sum(records_read)::bigint, sum(records_skipped)::bigint FROM tallymill.batch "
            "WHERE pipeline = 'hostile'").fetchone()
    found = letter_differences(dsn, tally)  # First: what is rejected explains what is not counted.
    if offsets != ends:
        found.append(f"checkpoints are {offsets}, the topic ends at {ends}")
    if books != (tally.records, tally.skipped):
        found.append(f"the ledger has {books} records read and skipped, counted {(tally.records, tally.skipped)}")
    for table, shape in TABLES.items():
        stored = read_table(dsn, table, shape["key"], shape["columns"])
        found += [f"{table} {line}" for line in
                  differences(stored, dict(tally.rows(table)), shape["columns"], operator.eq)]
    return found
