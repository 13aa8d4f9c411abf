"""What the tables and the dead letters of the hostile pipeline must be."""

import decimal
import hashlib

from .events import DAY, FIRST_MS, HOUR
from .fields import EXACT, read_fields
from .json_judge import Reader, Unusable

LONGEST_KEY = 2500
KEPT_BYTES = 4096

# 'windows' leaves out what is late, 'kinds' has keys that may be null, 'ages' takes all times there are.
CONFIG = """\
kafka: {{brokers: "${{KAFKA_BROKERS}}"}}
postgres: {{dsn: "${{POSTGRES_DSN}}", statement_timeout: 5m}}
http: {{port: "${{HTTP_PORT}}"}}
memory_limit: 1GiB
pipelines:
  hostile:
    source:
      topics: [{topic}]
      fields:
        key: string
        amount: int
        cost: {{type: decimal, default: "0"}}
        ratio: double?
        flag: bool?
        seen: timestamp?
        where.kind: string?
        tag: string?
    event_time: {{field: at, unit: ms}}
    max_future: 1h
    interval: 2s
    dead_letters: {{max_bytes: 4KiB}}
    aggregations:
      windows:
        window: 1h
        late: dead_letter
        late_after: 1d
        group_by: [key]
        columns:
          n: count()
          total: sum(amount)
          spend: sum(cost)
          least: min(amount)
          most: max(amount)
          hits: count(flag)
          latest: last(tag)
      kinds:
        where: amount % 2 == 0
        group_by: {{kind: where.kind, flag: flag}}
        columns:
          n: count()
          dearest: max(cost)
          first_seen: min(seen)
          last_seen: max(seen)
          best: max(ratio)
          worst: min(ratio)
      ages:
        window: 100d
        columns:
          n: count()
          dearest: max(cost)
"""
AGE = 100 * DAY * 1000
TABLES = {
    "windows": {"key": ["window_start", "key"],
                "columns": ["n", "total", "spend", "least", "most", "hits", "latest"]},
    "kinds": {"key": ["kind", "flag"], "columns": ["n", "dearest", "first_seen", "last_seen", "best", "worst"]},
    "ages": {"key": ["window_start"], "columns": ["n", "dearest"]},
}


def make_tally() -> "Tally":
    return Tally()


def digest(value: bytes) -> str:
    return hashlib.md5(value[:KEPT_BYTES]).hexdigest()


def extreme(choose, one, other):
    """As choose() does, but null is the identity."""
    return other if one is None else one if other is None else choose(one, other)


class Tally:
    def __init__(self):
        self.records = self.skipped = 0
        self.letters = {}  # (partition, offset, aggregation): (right reasons, digest of the bytes)
        self.windows = {}  # (window, key): [n, total, spend, least, most, hits, order, tag]
        self.kinds = {}    # (kind, flag): [n, dearest, first, last, best, worst]
        self.ages = {}     # window: [n, dearest]
        self.reader = Reader()

    def take(self, records):
        self.records += len(records)
        for record in records:
            value = record.value()
            if value is None:
                self.skipped += 1
                continue
            try:
                self.count(record, value)
            except Unusable as wrong:
                self.letter(record, value, "", wrong.reasons)

    def letter(self, record, value, aggregation, reasons):
        self.letters[record.partition(), record.offset(), aggregation] = (reasons, digest(value))

    def count(self, record, value):
        fields = read_fields(self.reader.read(value))
        at, now = fields["at",], record.timestamp()[1] * 1000
        if at - now > HOUR * 1000:
            raise Unusable("in_future")
        kind, even = fields["where", "kind"], fields["amount",] % 2 == 0
        wrong = ["out_of_range"] if at // AGE * AGE < FIRST_MS * 1000 else []
        if len(fields["key",].encode()) > LONGEST_KEY or even and kind and len(kind.encode()) > LONGEST_KEY:
            wrong.append("key_too_long")
        if wrong:
            raise Unusable(*wrong)
        if now - at > DAY * 1000:
            self.letter(record, value, "windows", frozenset(["late"]))
        else:
            self.count_window(record, at, fields)
        if even:
            self.count_kind((kind, fields["flag",]), fields)
        self.merge_age(at // AGE * AGE, [1, fields["cost",]])

    def count_window(self, record, at, fields):
        window = at - at % (HOUR * 1000)
        amount = fields["amount",]
        row = self.windows.setdefault((window, fields["key",]),
                                      [0, 0, decimal.Decimal(0), amount, amount, 0, None, None])
        row[0] += 1
        row[1] += amount
        row[2] = EXACT.add(row[2], fields["cost",])
        row[3], row[4] = min(row[3], amount), max(row[4], amount)
        row[5] += fields["flag",] is True
        if fields["tag",] is not None:
            self.keep_latest(row, (at, record.partition(), record.offset()), fields["tag",])

    @staticmethod
    def keep_latest(row, order, tag):
        if row[6] is None or order > row[6]:
            row[6:] = order, tag

    def count_kind(self, key, fields):
        cost, seen, ratio = fields["cost",], fields["seen",], fields["ratio",]
        self.merge_kind(key, [1, cost, seen, seen, ratio, ratio])

    def merge_kind(self, key, more):
        row = self.kinds.setdefault(key, [0, None, None, None, None, None])
        row[0] += more[0]
        for i, choose in enumerate((max, min, max, max, min), start=1):
            row[i] = extreme(choose, row[i], more[i])

    def merge_age(self, window, more):
        row = self.ages.setdefault(window, [0, None])
        row[:] = row[0] + more[0], extreme(max, row[1], more[1])

    def merge(self, other):
        self.records += other.records
        self.skipped += other.skipped
        self.letters.update(other.letters)
        for key, more in other.windows.items():
            row = self.windows.setdefault(key, more)
            if row is more:
                continue
            for i in (0, 1, 5):
                row[i] += more[i]
            row[2] = EXACT.add(row[2], more[2])
            row[3], row[4] = min(row[3], more[3]), max(row[4], more[4])
            if more[6] is not None:
                self.keep_latest(row, more[6], more[7])
        for key, more in other.kinds.items():
            self.merge_kind(key, more)
        for window, more in other.ages.items():
            self.merge_age(window, more)

    def __getstate__(self):
        return {**self.__dict__, "reader": None}  # It is read with by its own process only.

    def rows(self, table: str):
        """Yields key and values; times in milliseconds, as the recount compares them."""
        if table == "windows":
            for (window, key), row in self.windows.items():
                yield (window // 1000, key), (*row[:6], row[7])
            return
        if table == "ages":
            for window, row in self.ages.items():
                yield (window // 1000,), tuple(row)
            return
        for key, (n, dearest, first, last, best, worst) in self.kinds.items():
            yield key, (n, dearest, in_ms(first), in_ms(last), best, worst)


def in_ms(micros: int | None):
    return None if micros is None else micros // 1000 if micros % 1000 == 0 else decimal.Decimal(micros) / 1000
