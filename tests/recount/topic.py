"""Reading a topic from its first record to its end, as a read_committed consumer sees it."""

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

BATCH = 10_000


def consumer_of(brokers: str) -> Consumer:
    return Consumer({
        "bootstrap.servers": brokers,
        "group.id": "tallymill-recount",  # Required by the client; nothing is committed.
        "enable.auto.commit": False,
        "auto.offset.reset": "error",
        "isolation.level": "read_committed",
        "enable.partition.eof": True,
        "check.crcs": True,
        "fetch.min.bytes": 1,
        "queued.max.messages.kbytes": 65536,
    })


def partitions_of(brokers: str, topic: str) -> list[int]:
    consumer = consumer_of(brokers)
    try:
        found = consumer.list_topics(topic, timeout=30).topics[topic]
        if found.error is not None:
            raise KafkaException(found.error)
        return sorted(found.partitions)
    finally:
        consumer.close()


def read_to_end(brokers: str, topic: str, partitions: list[int], take) -> dict[int, int]:
    """Calls `take` with lists of records. Returns for each partition the offset after its last
    record, control records included."""
    consumer = consumer_of(brokers)
    try:
        positions = []
        for partition in partitions:
            low, _ = consumer.get_watermark_offsets(TopicPartition(topic, partition), timeout=30)
            positions.append(TopicPartition(topic, partition, low))
        consumer.assign(positions)
        ends = {}
        while len(ends) < len(partitions):
            records = []
            for message in consumer.consume(BATCH, timeout=1):
                error = message.error()
                if error is None:
                    records.append(message)
                elif error.code() == KafkaError._PARTITION_EOF:
                    ends[message.partition()] = message.offset()
                elif error.fatal() or error.code() == KafkaError._AUTO_OFFSET_RESET:
                    raise KafkaException(error)
            if records:
                take(records)
        return ends
    finally:
        consumer.close()
