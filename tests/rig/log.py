"""A topic's records as an independent client reads them."""

import dataclasses

import orjson

from recount.topic import partitions_of, read_to_end


@dataclasses.dataclass(frozen=True)
class Record:
    partition: int
    offset: int
    timestamp: int  # Milliseconds since 1970.
    key: bytes | None
    value: bytes | None

    def event(self):
        """Returns the record's JSON object, or None where it is not one."""
        try:
            event = orjson.loads(self.value)
        except (orjson.JSONDecodeError, TypeError):
            return None
        return event if isinstance(event, dict) else None


def read_log(brokers: str, topic: str) -> tuple[list[Record], dict[int, int]]:
    """Returns the committed records in (partition, offset) order, and the end of each partition."""
    records = []

    def take(messages):
        records.extend(Record(m.partition(), m.offset(), m.timestamp()[1], m.key(), m.value())
                       for m in messages)
    ends = read_to_end(brokers, topic, partitions_of(brokers, topic), take)
    records.sort(key=lambda record: (record.partition, record.offset))
    return records, ends
