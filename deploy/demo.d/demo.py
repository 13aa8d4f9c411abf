"""The demo, once everything is installed and built: see deploy/demo --help."""

import argparse
import json
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

import psycopg

from ports import free_port
from private_kafka import PrivateKafka
from private_postgres import PrivatePostgres
from process import Process, ProcessEnded, wait_until
from progress import Progress
from streams import STREAMS
from view import View

ROOT = pathlib.Path(__file__).resolve().parents[2]
PARTITIONS = 4
CATCH_UP_SECONDS = 120


class Demo:
    def __init__(self, options, scratch: pathlib.Path):
        self.options = options
        self.stream = STREAMS[options.stream]
        self.build = pathlib.Path(options.build)
        self.scratch = scratch
        self.http = free_port()
        self.kafka = self.postgres = self.generator = self.daemon = self.recounting = None

    def run(self) -> int:
        began = time.monotonic()
        with Progress("Kafka and Postgres are starting"):
            self.start_servers()
        self.start_generator()
        self.start_daemon()
        with psycopg.connect(self.postgres.dsn(), autocommit=True) as self.connection:
            with Progress("the first batch is being folded and committed"):
                wait_until(self.counted, 60, "the first committed event")
            print(f"First event committed after {time.monotonic() - began:.1f} s.\n")
            self.watch()
            self.catch_up()
        return self.recount()

    def start_servers(self):
        print(f"Starting a private Kafka and a private Postgres in {self.scratch}.")
        self.kafka = PrivateKafka(self.scratch / "kafka")
        self.kafka.launch()
        self.postgres = PrivatePostgres(self.scratch / "postgres")
        self.postgres.start()
        self.kafka.wait_ready()
        print(f"Kafka is at {self.kafka.brokers}, Postgres at 127.0.0.1:{self.postgres.port}. From another terminal:\n"
              f"  export KAFKA_BROKERS={self.kafka.brokers} "
              f"POSTGRES_DSN='host=127.0.0.1 port={self.postgres.port} user=postgres dbname=postgres'")

    def start_generator(self):
        options = self.options
        print(f"Sending {options.rate} {self.stream.name} events/s to topic {self.stream.topic} "
              f"({PARTITIONS} partitions) for {options.duration}.")
        self.generator = Process(
            [self.build / "deploy/generate/tallymill-generate", "--brokers", self.kafka.brokers,
             "--topic", self.stream.topic, "--partitions", PARTITIONS,
             "--stream", self.stream.name, "--rate", options.rate, "--for", options.duration,
             "--late", "--lz4"], self.scratch / "generator.log")
        wait_until(self.sending, 60, "the topic to be created")

    def sending(self) -> bool:
        if "events sent" in self.generator.text():
            return True
        self.generator.check()
        return False

    def start_daemon(self):
        config = ROOT / "config" / self.stream.config
        print(f"Running the daemon on {config.relative_to(ROOT)}; "
              f"its status page is at http://127.0.0.1:{self.http}/")
        self.daemon = Process(
            [self.build / "src/tallymill", "run", "--config", config],
            self.scratch / "daemon.log",
            env={"KAFKA_BROKERS": self.kafka.brokers, "POSTGRES_DSN": self.postgres.dsn(),
                 "HTTP_PORT": str(self.http)})

    def query(self, text: str) -> list:
        try:
            return self.connection.execute(text).fetchall()
        except psycopg.errors.UndefinedTable:
            return []

    def counted(self) -> int:
        self.daemon.check()
        found = self.query(self.stream.total)
        return found[0][0] if found else 0

    def status(self) -> dict:
        """Returns the daemon's own account of the pipeline, or nothing while it does not answer."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.http}/api/status", timeout=5) as page:
                return json.load(page)["pipelines"][0]
        except (urllib.error.URLError, TimeoutError, IndexError):
            return {}

    def lag(self) -> int | None:
        """Returns how many offsets are not committed yet; nothing while that is not known."""
        lags = [partition["lag"] for partition in self.status().get("partitions", [])]
        return sum(lags) if len(lags) == PARTITIONS and None not in lags else None

    def freshness(self) -> str:
        found = self.query("SELECT extract(epoch FROM clock_timestamp() - max(committed_at)) "
                           "FROM tallymill.batch")
        return "" if not found or found[0][0] is None else f", last commit {found[0][0]:.1f} s ago"

    def show(self, view: View, began: float):
        lag = self.lag()
        behind = "lag not known yet" if lag is None else f"{lag:,} behind"
        view.show(f"{time.monotonic() - began:5.0f} s  {self.counted():,} events in the table, "
                  f"{behind}{self.freshness()}", self.query(self.stream.rows))

    def watch(self):
        """Shows the table until the generator has sent everything."""
        view, began = View(self.stream.title, self.stream.headings), time.monotonic()
        while self.generator.running():
            self.show(view, began)
            time.sleep(1)
        if self.generator.popen.returncode != 0:
            raise ProcessEnded(f"the generator did not send everything:\n{self.generator.tail()}")
        view.keep()
        print("\n" + self.generator.tail(1))

    def catch_up(self):
        view, began = View(self.stream.title, self.stream.headings), time.monotonic()
        sent = int(self.generator.tail(1).split()[0])

        def caught_up():
            self.show(view, began)
            status = self.status().get("partitions", [])
            return self.lag() == 0 and sum(p["next_offset"] for p in status) >= sent
        wait_until(caught_up, CATCH_UP_SECONDS, "the daemon to reach the end of the topic", every=1)
        if self.stream.left_out:
            print(f"{self.counted():,} of {sent:,} events are in the table: {self.stream.left_out}.")

    def recount(self) -> int:
        print("\nReading the topic again with another client and comparing, row by row.")
        command = [sys.executable, "-m", "recount", self.stream.name, "--brokers", self.kafka.brokers,
                   "--topic", self.stream.topic, "--dsn", self.postgres.dsn(),
                   "--pipeline", self.stream.pipeline]
        if self.stream.name == "ads":
            command += ["--lookup", str(ROOT / "config/ads.csv")]
        # A session of its own, as Process has: Ctrl-C reaches it through stop().
        self.recounting = subprocess.Popen(command, cwd=ROOT / "tests", start_new_session=True)
        return self.recounting.wait()

    def stop(self):
        if self.recounting:
            self.recounting.terminate()
            self.recounting.wait()
        for part in (self.generator, self.daemon, self.kafka, self.postgres):
            if part:
                part.stop()


def interrupted(number, _frame):
    raise KeyboardInterrupt(signal.Signals(number).name)


def main() -> int:
    parser = argparse.ArgumentParser(prog="demo")
    parser.add_argument("--build", required=True)
    parser.add_argument("--stream", choices=sorted(STREAMS), required=True)
    parser.add_argument("--for", dest="duration", required=True)
    parser.add_argument("--rate", required=True)
    options = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupted)
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="tallymill-demo-"))
    scratch.chmod(0o755)  # Postgres runs as another user.
    demo = Demo(options, scratch)
    try:
        return demo.run()
    except KeyboardInterrupt:
        print("\nInterrupted.")
        return 130
    except (ProcessEnded, TimeoutError, RuntimeError, OSError, psycopg.Error) as error:
        print(f"\nThe demo ended early: {error}", file=sys.stderr)
        if demo.daemon:
            print(f"The daemon's last lines:\n{demo.daemon.tail()}", file=sys.stderr)
        return 1
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        print("Stopping everything.")
        demo.stop()
        shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
