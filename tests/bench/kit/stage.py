"""What a measurement needs around it: a Kafka, a Postgres, events, and the daemon on a configuration."""

import json
import os
import pathlib
import re
import subprocess
import sys
import time

import psycopg

from ports import free_port
from private_kafka import PrivateKafka
from private_postgres import PrivatePostgres
from process import Process
from rig.topics import Topics

FIRST_EVENT_MS = 1_767_225_600_000  # 2026-01-01; what is read is the same whenever it is made.

# Only views count, so that one record in three is folded: the Yahoo benchmark's job.
AD_JOB = """\
kafka: {{brokers: "{brokers}"}}
postgres: {{dsn: "{dsn}"}}
http: {{port: {http}}}
{more}
pipelines:
  ads:
    source:
      topics: [{topic}]
      fields: {{ad_id: string, event_type: string}}
    event_time: {{field: event_time, unit: ms}}
    interval: {interval}
    lookups:
      ads: {{file: ads.csv, key: ad_id}}
    derive:
      campaign: lookup(ads, ad_id).campaign_id
    aggregations:
      campaign_views:
        where: event_type == "view"
        window: 10s
        group_by: [campaign]
        columns: {{views: count()}}
"""


class Run:
    """A program that came to its end: how long it took, and what it cost."""

    def __init__(self, argv, log: pathlib.Path):
        began = time.monotonic()
        with open(log, "wb") as output:
            child = subprocess.Popen([str(word) for word in argv], stdout=output, stderr=subprocess.STDOUT,
                                     stdin=subprocess.DEVNULL)
        # What wait4() says of memory holds this program's own, from before the exec.
        self.peak_rss_mib, ended = 0.0, 0
        while not ended:
            self.peak_rss_mib = peak_rss_mib(child.pid) or self.peak_rss_mib
            time.sleep(0.01)
            ended, status, usage = os.wait4(child.pid, os.WNOHANG)
        child.returncode = os.waitstatus_to_exitcode(status)
        self.seconds = time.monotonic() - began
        self.cpu_seconds = usage.ru_utime + usage.ru_stime
        self.output = log.read_text(errors="replace")
        if child.returncode != 0:
            raise RuntimeError(f"{argv[0]} ended with exit code {child.returncode}:\n{self.output[-3000:]}")


def peak_rss_mib(pid: int) -> float:
    """0 of a process that has ended."""
    found = re.search(r"VmHWM:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


class Stage:
    def __init__(self, scratch: pathlib.Path, build: pathlib.Path):
        self.scratch = scratch
        self.build = build
        self.daemon = build / "src/tallymill"
        self.generator = build / "deploy/generate/tallymill-generate"
        self.bare_consumer = build / "tests/bare_consumer"
        self.idle_clients = build / "tests/idle_clients"
        self.ads = scratch / "ads.csv"
        self.runs = 0

    def __enter__(self):
        self.kafka = PrivateKafka(self.scratch / "kafka")
        self.postgres = PrivatePostgres(self.scratch / "postgres")
        self.kafka.start()
        self.postgres.start()
        self.topics = Topics(self.kafka.brokers)
        subprocess.run([self.generator, "--write-lookup", self.ads], check=True)
        return self

    def __exit__(self, *_):
        self.postgres.stop()
        self.kafka.stop()

    def next_log(self, name: str) -> pathlib.Path:
        self.runs += 1
        return self.scratch / f"{self.runs:03}-{name}.log"

    def preload(self, topic: str, events: int, partitions: int = 4, **options):
        """Fills a topic with the same events whenever and wherever it is done. More options of the generator
        are given by name."""
        print(f"sending {events:,} events to {topic}, {partitions} partitions", flush=True)
        more = [word for name, value in options.items() for word in (f"--{name.replace('_', '-')}", value)]
        Run([self.generator, "--brokers", self.kafka.brokers, "--topic", topic, "--partitions", partitions,
             "--count", events, "--lz4", "--times-from", FIRST_EVENT_MS, *more], self.next_log("generate"))

    def database(self, name: str) -> str:
        """Makes a database anew and returns its DSN."""
        with psycopg.connect(self.postgres.dsn(), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {name}")
        return self.postgres.dsn(name)

    def config(self, topic: str, dsn: str, *, interval: str = "5s", more: str = "", job: str = AD_JOB):
        return self.write_config(topic, job.format(brokers=self.kafka.brokers, dsn=dsn, http=self.new_http_port(),
                                                   topic=topic, interval=interval, more=more))

    def new_http_port(self) -> int:
        """Of the configuration that is written next."""
        self.http_port = free_port()
        return self.http_port

    def write_config(self, name: str, text: str) -> pathlib.Path:
        path = self.scratch / f"{name}.yaml"
        path.write_text(text)
        return path

    def drain(self, config: pathlib.Path, wrapper=()) -> Run:
        """Runs the daemon over what is in the topic, from its start to its end."""
        return Run([*wrapper, self.daemon, "run", "--drain", config], self.next_log("daemon"))

    def bare(self, topic: str, mode: str, *files, threads: int = 2, events: int | None = None) -> tuple[Run, dict]:
        """Reads the topic from its start to its end, which must be so many events, if that is given."""
        run = Run([self.bare_consumer, self.kafka.brokers, topic, threads, mode, *files],
                  self.next_log(f"bare-{mode}"))
        said = json.loads(run.output.splitlines()[-1])
        if events not in (None, said["records"]):
            raise RuntimeError(f"{topic} holds {said['records']:,} of {events:,} events")
        return run, said

    def sceptic(self, topic: str, dsn: str) -> Run:
        """Runs the program that a team would write instead, over what is in the topic."""
        return Run([sys.executable, "-m", "kit.sceptic", self.kafka.brokers, topic, dsn, self.ads],
                   self.next_log("sceptic"))

    def start(self, config: pathlib.Path) -> Process:
        return Process([self.daemon, "run", config], self.next_log("daemon"))
