"""Three Kafka brokers with replication, each of which can be stopped, killed or frozen."""

import base64
import pathlib
import signal
import subprocess
import uuid

from ports import answers, free_port
from private_kafka import find_libraries
from process import Process, wait_until

SETTINGS = """\
process.roles=broker,controller
node.id={node}
controller.quorum.voters={voters}
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
log.dirs={data}
auto.create.topics.enable=false
offsets.topic.num.partitions=2
offsets.topic.replication.factor=3
transaction.state.log.num.partitions=2
group.initial.rebalance.delay.ms=0
log.retention.ms=-1
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
replica.lag.time.max.ms=3000
controlled.shutdown.enable=true
"""
NODES = (1, 2, 3)


class KafkaCluster:
    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        folder.mkdir()
        self.libraries = find_libraries()
        self.ports = {node: free_port() for node in NODES}
        controllers = {node: free_port() for node in NODES}
        voters = ",".join(f"{node}@127.0.0.1:{port}" for node, port in controllers.items())
        self.processes = {}
        cluster = base64.urlsafe_b64encode(b"\0" + uuid.uuid4().bytes[1:]).decode().rstrip("=")
        formatting = []
        for node in NODES:
            self.settings(node).write_text(SETTINGS.format(
                node=node, voters=voters, port=self.ports[node], controller=controllers[node],
                data=folder / f"data-{node}"))
            formatting.append(subprocess.Popen(
                [*self._java("64m"), "kafka.tools.StorageTool", "format", f"--cluster-id={cluster}",
                 "--config", self.settings(node)], stdout=subprocess.DEVNULL))
        for process in formatting:
            assert process.wait() == 0, "formatting Kafka's storage"

    def settings(self, node: int) -> pathlib.Path:
        return self.folder / f"broker-{node}.properties"

    def _java(self, heap: str):
        return ["java", f"-Xmx{heap}", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp",
                f"{self.libraries}/*"]

    @property
    def brokers(self) -> str:
        return ",".join(f"127.0.0.1:{port}" for port in self.ports.values())

    def start(self, *nodes: int):
        """Starts some brokers, or all of them, and waits until they take connections."""
        for node in nodes or NODES:
            self.processes[node] = Process([*self._java("384m"), "kafka.Kafka", self.settings(node)],
                                           self.folder / f"broker-{node}.log")

        def ready(node):
            self.processes[node].check()
            return answers(self.ports[node])
        for node in nodes or NODES:
            wait_until(lambda: ready(node), 90, f"broker {node} to accept connections")

    def stop(self, *nodes: int):
        """Clean shutdown: leaders move away first."""
        for node in nodes or NODES:
            self.processes[node].stop(signal.SIGTERM, patience=20)

    def crash(self, *nodes: int):
        for node in nodes or NODES:
            self.processes[node].kill()

    def freeze(self, node: int):
        self.processes[node].send(signal.SIGSTOP)

    def thaw(self, node: int):
        self.processes[node].send(signal.SIGCONT)

    def end(self):
        for process in self.processes.values():
            process.kill()
