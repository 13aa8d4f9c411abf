"""python -m differential --events N --seed S: differential fuzzing on a Kafka and a Postgres of its own."""

import argparse
import contextlib
import pathlib
import random
import shutil
import signal
import sys
import tempfile
import time

from private_kafka import PrivateKafka
from private_postgres import PrivatePostgres
from process import wait_until
from rig.daemon import Daemon
from rig.databases import Database
from rig.topics import Topics

from .comparison import compare, recount
from .events import Generator
from .send import send
from .tally import CONFIG

SHOWN = 20


def said(text: str):
    print(text, flush=True)


class Stopwatch:
    def __init__(self, events: int):
        self.events = events

    @contextlib.contextmanager
    def time(self, what: str):
        began = time.monotonic()
        yield
        seconds = time.monotonic() - began
        said(f"{what} {self.events:,} events in {seconds:.0f} s ({self.events / seconds:,.0f}/s)")


def run(options, folder: pathlib.Path, stack: contextlib.ExitStack) -> list[str]:
    kafka, postgres = PrivateKafka(folder / "kafka"), PrivatePostgres(folder / "postgres")
    stack.callback(kafka.stop)
    stack.callback(postgres.stop)
    kafka.start()
    postgres.start()
    database = Database(postgres)
    topic = Topics(kafka.brokers).create("hostile", options.partitions, retention_ms=-1, max_message_bytes=2_000_000)
    watch = Stopwatch(options.events)
    with watch.time("sent"):
        made = send(kafka.brokers, topic, options.seed, options.events, options.partitions)
    said("  " + ", ".join(f"{name} {count:,}" for name, count in made.most_common()))

    config = folder / "hostile.yaml"
    config.write_text(CONFIG.format(topic=topic))
    daemon = Daemon(folder, config, {"KAFKA_BROKERS": kafka.brokers, "POSTGRES_DSN": database.dsn()})
    stack.callback(daemon.end)
    with watch.time("counted by the daemon"):
        daemon.start("--drain")
        wait_until(lambda: not daemon.process.running(), 3600, "the daemon to finish", every=0.5)
    if daemon.process.popen.returncode != 0:
        return [f"the daemon ended with {daemon.process.popen.returncode}: {daemon.process.tail()}"]
    with watch.time("counted again in Python"):
        tally, ends = recount(kafka.brokers, topic)
    with watch.time("compared"):
        found = compare(database.dsn(), tally, ends)
    rows = len(tally.windows) + len(tally.kinds) + len(tally.ages)
    said(f"{rows:,} rows, {len(tally.letters):,} dead letters, {tally.skipped:,} tombstones")
    return found


def show(seed: int, partition: int, offset: int) -> int:
    generator = Generator(seed, partition)
    for index in range(offset + 1):
        timestamp, value = generator.event(index)
    said(f"{timestamp} {value}")
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests/faults/run differential", description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--partitions", type=int, default=4)
    parser.add_argument("--show", type=int, nargs=2, metavar=("PARTITION", "OFFSET"),
                        help="only prints one event of that seed")
    options = parser.parse_args()
    if options.show:
        return show(options.seed, *options.show)
    options.events -= options.events % options.partitions
    said(f"seed {options.seed}")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="tallymill-differential-", dir="/var/tmp"))
    folder.chmod(0o755)
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        found = run(options, folder, stack)
    for line in found[:SHOWN]:
        said(f"differs: {line}")
    said(f"seed {options.seed}, {options.events:,} events: " +
         (f"{len(found):,} differences" if found else "no difference"))
    return 1 if found else 0


if __name__ == "__main__":
    # An exit in order: nothing that was started stays behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main())
