"""Sending records, good and bad, in and out of transactions."""

import uuid

import orjson
from confluent_kafka import Producer as Client


class Producer:
    def __init__(self, brokers: str, **settings):
        self.brokers = brokers
        self.client = Client({"bootstrap.servers": brokers, "linger.ms": 5, "log_level": 2,
                              "queue.buffering.max.messages": 2_000_000, **settings})
        self.failures = []

    def _delivered(self, error, _message):
        if error is not None:
            self.failures.append(error)

    def raw(self, topic: str, value: bytes | None, **options):
        """Sends bytes as they are; options are those of the client: partition, key, headers,
        timestamp (ms)."""
        while True:
            try:
                self.client.produce(topic, value, on_delivery=self._delivered, **options)
                return
            except BufferError:
                self.client.poll(0.1)

    def send(self, topic: str, *events: dict, **options):
        """Sends events as JSON."""
        for event in events:
            self.raw(topic, orjson.dumps(event), **options)
        self.client.poll(0)

    def flush(self):
        left = self.client.flush(60)
        assert left == 0 and not self.failures, f"{left} events not acknowledged: {self.failures[:3]}"


class TransactionalProducer(Producer):
    def __init__(self, brokers: str):
        super().__init__(brokers, **{"transactional.id": str(uuid.uuid4())})
        self.client.init_transactions(30)

    def begin(self):
        self.client.begin_transaction()

    def commit(self):
        self.client.commit_transaction(30)

    def abort(self):
        self.client.abort_transaction(30)
