"""A campaign is run in laps: each has a database, a topic and a judge of its own, so that a recount stays
small and a failure can be repeated alone."""

import contextlib
import pathlib
import random
import shutil
import tempfile

from private_kafka import PrivateKafka
from private_postgres import PrivatePostgres

from rig.daemon import Daemon
from rig.databases import Database
from rig.judge import Judge
from rig.kafka_cluster import KafkaCluster
from rig.log import read_log
from rig.postgres_pair import PostgresPair
from rig.topics import Topics
from recount.compare import read_table

from .stopwatch import Stopwatch


class Servers:
    """What laps share; each server is started when the first lap needs it."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tallymill-campaign-"))
        self.folder.chmod(0o755)
        self.ends = contextlib.ExitStack()
        self.ends.callback(shutil.rmtree, self.folder, ignore_errors=True)
        self.started = {}

    def _once(self, name, make, end):
        if name not in self.started:
            server = make(self.folder / name)
            self.ends.callback(end, server)
            self.started[name] = server
        return self.started[name]

    def kafka(self):
        return self._once("kafka", _running(PrivateKafka), PrivateKafka.stop)

    def postgres(self):
        return self._once("postgres", _running(PrivatePostgres), PrivatePostgres.stop)

    def pair(self):
        return self._once("pair", PostgresPair, PostgresPair.stop)

    def cluster(self):
        return self._once("cluster", _running(KafkaCluster), KafkaCluster.end)


def _running(kind):
    def make(folder):
        server = kind(folder)
        server.start()
        return server
    return make


class Lap:
    def __init__(self, servers: Servers, seed: int, kafka, postgres, **topic):
        self.seed = seed
        self.random = random.Random(seed)
        self.kafka = kafka
        self.postgres = postgres
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=servers.folder, prefix="lap-"))
        self.database = Database(postgres)
        self.topics = Topics(kafka.brokers)
        self.topic = self.topics.create(f"lap-{seed}-{self.database.name}", **topic)
        self.judge = Judge(self.topics, self.database, self.topic)
        self.stopwatch = Stopwatch(self.database)
        self.daemons = []
        self.faults = 0

    def daemon(self, text: str, dsn: str | None = None) -> Daemon:
        folder = self.folder / f"daemon-{len(self.daemons) + 1}"
        folder.mkdir()
        path = folder / "tallymill.yaml"
        path.write_text(text)
        self.daemons.append(Daemon(folder, path, {"KAFKA_BROKERS": self.kafka.brokers,
                                                  "POSTGRES_DSN": dsn or self.database.dsn()}))
        return self.daemons[-1]

    def lost_and_doubled(self) -> tuple[int, int]:
        """Compares how often each key was counted with how often it was sent."""
        oracle = self.judge.oracle
        expected = oracle.fold(read_log(self.topics.brokers, self.topic)[0]).rows
        stored = read_table(self.database.dsn(), oracle.table, oracle.key, oracle.columns)
        off = [expected.get(key, (0,))[0] - stored.get(key, (0,))[0] for key in expected | stored]
        return sum(n for n in off if n > 0), -sum(n for n in off if n < 0)

    def end(self):
        for daemon in self.daemons:
            daemon.end()
        self.topics.delete(self.topic)
        self.database.drop()
        shutil.rmtree(self.folder, ignore_errors=True)
