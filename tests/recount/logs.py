"""What config/log_error_rates.yaml must come to, said a second time."""

import datetime
import decimal

import orjson

decimal.getcontext().prec = 60

TABLES = {
    "service_errors": {
        "key": ["window_start", "service"],
        "columns": ["lines", "errors", "error_rate", "average_ms", "slowest_ms"],
    },
    "service_last_error": {
        "key": ["service"],
        "columns": ["errors", "last_at", "last_message"],
    },
}
WINDOW_MS = 60_000
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
MILLISECOND = datetime.timedelta(milliseconds=1)


class Tally:
    def __init__(self):
        self.records = 0
        self.rejected = 0
        self.minutes = {}  # (window in ms, service): [lines, errors, sum of ms, greatest ms]
        self.errors = {}   # service: [errors, (time, partition, offset), message of that]
        self.times = {}    # Text of a time: milliseconds. Times repeat thousands of times.

    def milliseconds(self, text: str) -> int:
        known = self.times.get(text)
        if known is None:
            known = (datetime.datetime.fromisoformat(text) - EPOCH) // MILLISECOND
            if len(self.times) > 100_000:
                self.times.clear()
            self.times[text] = known
        return known

    def take(self, records):
        loads, minutes, milliseconds = orjson.loads, self.minutes, self.milliseconds
        self.records += len(records)
        for record in records:
            event = loads(record.value())
            time = milliseconds(event["time"])
            service, latency = event["service"], event["latency_ms"]
            key = (time - time % WINDOW_MS, service)
            minute = minutes.get(key)
            if minute is None:
                minute = minutes[key] = [0, 0, 0, latency]
            minute[0] += 1
            minute[2] += latency
            if latency > minute[3]:
                minute[3] = latency
            if event["level"] == "ERROR":
                minute[1] += 1
                self.take_error(service, (time, record.partition(), record.offset()), event)

    def take_error(self, service, order, event):
        found = self.errors.setdefault(service, [0, order, event["message"]])
        found[0] += 1
        if order > found[1]:
            found[1:] = order, event["message"]

    def merge(self, other):
        self.records += other.records
        self.rejected += other.rejected
        for key, theirs in other.minutes.items():
            ours = self.minutes.setdefault(key, [0, 0, 0, theirs[3]])
            for index in range(3):
                ours[index] += theirs[index]
            ours[3] = max(ours[3], theirs[3])
        for service, (count, order, message) in other.errors.items():
            ours = self.errors.setdefault(service, [0, order, message])
            ours[0] += count
            if order > ours[1]:
                ours[1:] = order, message

    def rows(self, table: str):
        """Yields key and values as Postgres shows them; times as milliseconds."""
        if table == "service_last_error":
            for service, (count, order, message) in self.errors.items():
                yield (service,), (count, order[0], message)
            return
        for (window, service), (lines, errors, total, slowest) in self.minutes.items():
            yield (window, service), (lines, errors, decimal.Decimal(errors) / lines,
                                      decimal.Decimal(total) / lines, slowest)


def make_tally() -> Tally:
    return Tally()
