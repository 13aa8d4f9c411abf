"""One Kafka broker of its own in a scratch folder (KRaft, no ZooKeeper), on a free port."""

import base64
import os
import pathlib
import signal
import subprocess
import uuid

from ports import answers, free_port
from process import Process, wait_until

SETTINGS = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
log.dirs={data}
auto.create.topics.enable=false
num.partitions=4
offsets.topic.num.partitions=4
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
log.retention.ms=-1
log.retention.check.interval.ms=1000
log.cleaner.backoff.ms=200
log.segment.delete.delay.ms=500
"""


def find_libraries() -> pathlib.Path:
    """Returns the folder of Kafka's jars, as deploy/install leaves it."""
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
    chosen = os.environ.get("TALLYMILL_KAFKA_LIBS")
    found = [pathlib.Path(chosen)] if chosen else sorted(cache.glob("tallymill/kafka-*/libs"))
    if not found:
        raise FileNotFoundError("there is no Kafka here; deploy/install installs it")
    return found[-1]


class PrivateKafka:
    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        self.port = free_port()
        self.controller_port = free_port()
        self.libraries = find_libraries()
        folder.mkdir(parents=True)
        self.settings = folder / "server.properties"
        self.settings.write_text(SETTINGS.format(
            port=self.port, controller=self.controller_port, data=folder / "data"))
        # Its first character is no "-", which would be an option.
        cluster = base64.urlsafe_b64encode(b"\0" + uuid.uuid4().bytes[1:]).decode().rstrip("=")
        done = subprocess.run(
            [*self._java("128m"), "kafka.tools.StorageTool", "format", f"--cluster-id={cluster}",
             "--config", str(self.settings)], capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"formatting Kafka's storage: {done.stdout}{done.stderr}")
        self.process = None

    def _java(self, heap: str):
        return ["java", f"-Xmx{heap}", "-XX:+UseSerialGC", "-cp", f"{self.libraries}/*"]

    @property
    def brokers(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start(self):
        self.launch()
        self.wait_ready()

    def launch(self):
        self.process = Process([*self._java("1g"), "kafka.Kafka", self.settings],
                               self.folder / "broker.log")

    def wait_ready(self):
        def ready():
            self.process.check()
            return answers(self.port)
        wait_until(ready, 60, "Kafka to accept connections")

    def stop(self):
        """Clean shutdown."""
        if self.process:
            self.process.stop(signal.SIGTERM, patience=30)

    def crash(self):
        self.process.kill()
