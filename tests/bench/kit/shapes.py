"""Topics of the generator's stream of shapes, pipelines over them, and what these must come to."""

import dataclasses
import json

import psycopg


@dataclasses.dataclass(frozen=True)
class Topic:
    events: int = 4_000_000
    partitions: int = 4
    fields: int = 8
    bytes: int = 250
    broken_every: int = 0

    @property
    def name(self) -> str:
        return "-".join(str(value) for value in ("shapes", *dataclasses.astuple(self)))

    def send(self, stage):
        stage.preload(self.name, self.events, self.partitions, stream="shapes", fields=self.fields,
                      bytes=self.bytes, broken_every=self.broken_every)

    def expected(self) -> tuple[int, int]:
        """Returns how many events can be used, and the sum of their amounts."""
        every = self.broken_every
        broken = range(0, self.events, every) if every else ()
        return (self.events - len(broken),
                sum(i % 1_000 for i in range(self.events)) - sum(i % 1_000 for i in broken))


@dataclasses.dataclass(frozen=True)
class Job:
    """Pipelines that all count the same; each event falls into one of so many groups."""
    groups: int = 1_000
    columns: int = 2
    aggregations: int = 1
    pipelines: int = 1
    fields_read: int = 2
    lookup_rows: int = 0
    interval: str = "5s"
    memory_limit: str = "512MiB"
    kafka_options: dict = dataclasses.field(default_factory=dict, hash=False)

    def config(self, stage, topic: str, dsn: str) -> str:
        """Returns JSON, which is YAML."""
        fields = {"id": "int", "amount": "int"} | {f"text_{i}": "string" for i in range(1, self.fields_read - 1)}
        # A prime number spreads neighbours over all groups, each of which comes as often as any other.
        group = f"id * 7919 % {self.groups}"
        lookups = {}
        if self.lookup_rows:
            self._write_lookup(stage)
            lookups = {"lookups": {"names": {"file": self._lookup_name(), "key": "id"}}}
            group = f"lookup(names, string(id % {self.lookup_rows})).name"
        columns = {"n": "count()", "total": "sum(amount)"} | {
            f"c{i}": f"count(amount >= {i * 10})" for i in range(3, self.columns + 1)}
        columns = dict(list(columns.items())[:self.columns])
        pipelines = {
            f"p{p}": {
                "source": {"topics": [topic], "fields": fields}, "interval": self.interval, **lookups,
                "aggregations": {f"t{p}_{a}": {"group_by": {"g": group}, "columns": columns}
                                 for a in range(self.aggregations)}}
            for p in range(self.pipelines)}
        kafka = {"brokers": stage.kafka.brokers} | ({"options": self.kafka_options} if self.kafka_options else {})
        return json.dumps({"kafka": kafka, "postgres": {"dsn": dsn},
                           "http": {"port": stage.new_http_port()}, "memory_limit": self.memory_limit,
                           "pipelines": pipelines})

    def differences(self, topic: Topic, dsn: str) -> int:
        """Returns how many of its tables do not hold what is in the topic."""
        events, amounts = topic.expected()
        rows = self._rows(topic, events)
        wrong = 0
        with psycopg.connect(dsn) as database:
            for p in range(self.pipelines):
                for a in range(self.aggregations):
                    total = "sum(total)::bigint" if self.columns > 1 else str(amounts)
                    found = database.execute(
                        f"SELECT count(*), coalesce(sum(n), 0)::bigint, coalesce({total}, 0) FROM t{p}_{a}").fetchone()
                    wrong += found != (rows, events, amounts)
            letters = database.execute("SELECT count(*) FROM tallymill.dead_letter").fetchone()[0]
        return wrong + (letters != (topic.events - events) * self.pipelines)

    def _rows(self, topic: Topic, events: int) -> int:
        if topic.broken_every:  # Whole groups may be broken.
            return len({i * 7919 % self.groups for i in range(topic.events) if i % topic.broken_every})
        return min(events, self.lookup_rows or self.groups, 1_000 if self.lookup_rows else self.groups)

    def _lookup_name(self) -> str:
        return f"names-{self.lookup_rows}.csv"

    def _write_lookup(self, stage):
        with open(stage.scratch / self._lookup_name(), "w") as file:
            file.write("id,name\n")
            file.writelines(f"{i},name-{i % 1_000}\n" for i in range(self.lookup_rows))
