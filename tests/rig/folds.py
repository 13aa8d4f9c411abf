"""What a configuration must come to, said in Python, from the records an independent client read."""

import dataclasses


@dataclasses.dataclass
class Expected:
    rows: dict                                           # Key of the table: values.
    rejected: dict = dataclasses.field(default_factory=dict)  # (partition, offset): reason.
    skipped: int = 0


COUNTS_KEY = ["key"]
COUNTS_COLUMNS = ["n", "total", "biggest", "latest"]


def counts(records) -> Expected:
    """The fold of rig.config.counts. Records that are no event of its shape are rejected; their
    reason is not said here, since it depends on what is wrong with them."""
    rows, rejected, skipped = {}, {}, 0
    last = {}
    for record in records:
        if record.value is None:
            skipped += 1
            continue
        event = record.event()
        if event is None or not isinstance(event.get("key"), str) \
                or type(event.get("amount")) is not int:
            rejected[record.partition, record.offset] = None
            continue
        key, amount = event["key"], event["amount"]
        order = (record.timestamp, record.partition, record.offset)
        n, total, biggest, latest = rows.get((key,), (0, 0, amount, amount))
        if key not in last or order > last[key]:
            last[key], latest = order, amount
        rows[key,] = (n + 1, total + amount, max(biggest, amount), latest)
    return Expected(rows, rejected, skipped)
