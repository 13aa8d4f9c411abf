"""Topics of a real broker, and what an administrator does to them."""

import itertools

from confluent_kafka import KafkaException, TopicCollection, TopicPartition
from confluent_kafka.admin import (
    AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, NewPartitions, NewTopic, OffsetSpec,
    ResourceType)

from process import wait_until

_numbers = itertools.count(1)


class Topics:
    def __init__(self, brokers: str):
        self.brokers = brokers
        self.admin = AdminClient({"bootstrap.servers": brokers, "log_level": 2})

    def unique_name(self, stem: str = "events") -> str:
        return f"{stem}-{next(_numbers)}"

    def create(self, name: str | None = None, partitions: int = 2, replicas: int = 1, **config) -> str:
        """Creates a topic and waits until every client can use it. Returns its name."""
        name = name or self.unique_name()
        settings = {key.replace("_", "."): str(value) for key, value in config.items()}
        new = NewTopic(name, num_partitions=partitions, replication_factor=replicas, config=settings)

        def created():
            # A topic of this name that was just deleted may still be on its way out.
            try:
                self.admin.create_topics([new])[name].result(30)
                return True
            except KafkaException as error:
                if error.args[0].name() != "TOPIC_ALREADY_EXISTS":
                    raise
                return False
        wait_until(created, 30, f"topic {name} to be created", every=0.2)
        wait_until(lambda: self.partitions(name) == partitions, 30, f"topic {name} to be known")
        wait_until(lambda: self._has_leaders(name), 30, f"topic {name} to have leaders")
        return name

    def partitions(self, name: str) -> int:
        found = self.admin.list_topics(name, timeout=30).topics[name]
        return 0 if found.error else len(found.partitions)

    def _has_leaders(self, name: str) -> bool:
        found = self.admin.list_topics(name, timeout=30).topics[name]
        return not found.error and all(p.leader >= 0 for p in found.partitions.values())

    def delete(self, name: str):
        self.admin.delete_topics([name])[name].result(30)
        wait_until(lambda: self.partitions(name) == 0, 30, f"topic {name} to be gone")

    def recreate(self, name: str, partitions: int = 2, **config):
        self.delete(name)
        self.create(name, partitions, **config)

    def configure(self, name: str, **config):
        """Changes settings of the topic, as create() takes them."""
        asked = ConfigResource(ResourceType.TOPIC, name, incremental_configs=[
            ConfigEntry(key.replace("_", "."), str(value),
                        incremental_operation=AlterConfigOpType.SET)
            for key, value in config.items()])
        self.admin.incremental_alter_configs([asked])[asked].result(30)

    def add_partitions(self, name: str, total: int):
        self.admin.create_partitions([NewPartitions(name, total)])[name].result(30)
        wait_until(lambda: self.partitions(name) == total, 30, "partitions to be known")

    def delete_records(self, name: str, partition: int, before: int):
        """Removes the records of a partition below an offset, as retention does."""
        asked = TopicPartition(name, partition, before)
        self.admin.delete_records([asked])[asked].result(30)

    def id(self, name: str):
        return self.admin.describe_topics(TopicCollection([name]))[name].result(30).topic_id

    def ends(self, name: str) -> dict[int, int]:
        """Returns the offset after the last record of each partition, control records included."""
        asked = {TopicPartition(name, p): OffsetSpec.latest() for p in range(self.partitions(name))}
        return {tp.partition: future.result(30).offset
                for tp, future in self.admin.list_offsets(asked).items()}

    def starts(self, name: str) -> dict[int, int]:
        asked = {TopicPartition(name, p): OffsetSpec.earliest() for p in range(self.partitions(name))}
        return {tp.partition: future.result(30).offset
                for tp, future in self.admin.list_offsets(asked).items()}
