"""Pictures of the status page: see tests/screenshots/run."""

import contextlib
import pathlib
import shutil
import sys
import tempfile
import time

from private_kafka import PrivateKafka
from private_postgres import PrivatePostgres
from process import Process
from rig import program
from rig.browser import Browser, Page
from rig.daemon import Daemon
from rig.databases import Database
from rig.producing import Producer

PICTURES = program.ROOT / "docs/status-page"
STREAMS = {"ads": ("ad-events", 3000), "logs": ("app-logs", 800)}


def configuration(folder: pathlib.Path) -> pathlib.Path:
    """Both shipped pipelines in one file, with samples of dead letters."""
    folder.mkdir()
    ads, logs = ((program.ROOT / "config" / name).read_text() for name in ("ad_campaigns.yaml", "log_error_rates.yaml"))
    shutil.copy(program.ROOT / "config/ads.csv", folder)
    text = ads.replace("http: {", "http: {dead_letter_samples: true, ", 1) + logs.split("pipelines:\n")[1]
    path = folder / "tallymill.yaml"
    path.write_text("instance: ${INSTANCE}\n" + text)
    return path


@contextlib.contextmanager
def ended(part):
    """Whatever happens, it does not go on."""
    try:
        yield part
    finally:
        part.end() if isinstance(part, Daemon) else part.stop()


def generator(kafka, scratch: pathlib.Path, stream: str, minutes: float) -> Process:
    topic, rate = STREAMS[stream]
    return Process([program.generator(), "--brokers", kafka.brokers, "--topic", topic, "--partitions", 4, "--stream",
                    stream, "--rate", rate, "--for", f"{int(minutes * 60) + 60}s", "--late", "--lz4"],
                   scratch / f"{stream}.log")


def take(daemon: Daemon, scratch: pathlib.Path):
    PICTURES.mkdir(exist_ok=True)
    with ended(Browser(scratch)) as browser:
        for name, scheme, width, height in (("light", "light", 1280, 1150), ("dark", "dark", 1280, 1150),
                                            ("phone", "dark", 400, 860)):
            page = Page(browser, width, height)
            page.scheme(scheme)
            page.open(f"http://127.0.0.1:{daemon.http}/")
            page.wait("document.querySelectorAll('#batches tbody tr').length > 3", "batches")
            page.picture(PICTURES / f"{name}.png")
            page.close()


def main(minutes: float):
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="tallymill-pictures-"))
    scratch.chmod(0o755)  # Postgres runs as another user.
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, scratch, ignore_errors=True)
        kafka = stack.enter_context(ended(PrivateKafka(scratch / "kafka")))
        kafka.start()
        postgres = stack.enter_context(ended(PrivatePostgres(scratch / "postgres")))
        postgres.start()
        for stream in STREAMS:
            stack.enter_context(ended(generator(kafka, scratch, stream, minutes)))
        daemons = []
        for name in ("mill-1", "mill-2"):
            path = configuration(scratch / name)
            env = {"KAFKA_BROKERS": kafka.brokers, "POSTGRES_DSN": Database(postgres, "postgres").dsn(), "INSTANCE": name}
            daemons.append(stack.enter_context(ended(Daemon(path.parent, path, env))).start().wait_ready())
        producer = Producer(kafka.brokers)
        until = time.monotonic() + minutes * 60
        while time.monotonic() < until:
            producer.raw("ad-events", b'{"ad_id": "ad-1", "event_type": "click", "cost": "a lot"}')
            producer.raw("ad-events", b"{not JSON")
            producer.flush()
            time.sleep(10)
        take(daemons[0], scratch)
    print(f"pictures are in {PICTURES.relative_to(program.ROOT)}")


if __name__ == "__main__":
    main(float(sys.argv[1]))
