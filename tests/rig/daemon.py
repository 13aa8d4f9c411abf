"""The daemon under test, as its own process, and levers on it."""

import json
import os
import pathlib
import signal
import subprocess
import urllib.error
import urllib.request

from ports import free_port
from process import Process, wait_until

from . import program
from .metrics import Metrics

READY_SECONDS = 30
EXIT_SECONDS = 15


class Daemon:
    def __init__(self, folder: pathlib.Path, config: pathlib.Path, env: dict):
        self.folder = folder
        self.config = config
        self.http = free_port()
        self.env = {**env, "HTTP_PORT": str(self.http)}
        self.process = None

    def start(self, *arguments, failpoints: str = "", wrapper=()):
        """Starts `tallymill run`; the log of earlier starts is kept. `wrapper` is a command that
        executes the one that follows it."""
        env = self.env
        if failpoints:
            env = {**env, "TALLYMILL_FAILPOINTS": failpoints}
            arguments = (*arguments, "--unsafe-failpoints")
        self.process = Process([*wrapper, program.daemon(), "run", "--config", self.config, *arguments],
                               self.folder / "daemon.log", env=env, cwd=self.folder)
        return self

    def command(self, *arguments, timeout: float = 60, **env) -> subprocess.CompletedProcess:
        """Runs another command of the same program and returns its exit code and output."""
        return subprocess.run([program.daemon(), *map(str, arguments)], cwd=self.folder,
                              env={**os.environ, **self.env, **env}, capture_output=True, text=True,
                              timeout=timeout)

    # What it says.

    def get(self, path: str, timeout: float = 5) -> tuple[int, str]:
        """Returns HTTP status and body; 0 while nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.http}{path}", timeout=timeout) as page:
                return page.status, page.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return 0, ""

    def ready(self) -> bool:
        return self.get("/readyz")[0] == 200

    def wait_ready(self):
        def ready():
            self.process.check()
            return self.ready()
        wait_until(ready, READY_SECONDS, f"the daemon to be ready; it says: {self.process.tail()}")
        return self

    def metrics(self) -> Metrics:
        status, text = self.get("/metrics")
        assert status == 200, f"/metrics answers {status}"
        return Metrics(text)

    def status(self, pipeline: str | None = None) -> dict:
        """Returns what /api/status says of a pipeline, the first one by default."""
        code, text = self.get("/api/status")
        pipelines = json.loads(text)["pipelines"] if code == 200 else []
        return next((p for p in pipelines if pipeline in (None, p["name"])), {})

    def state(self, pipeline: str | None = None) -> str:
        return self.status(pipeline).get("state", "")

    def wait_state(self, state: str, seconds: float = 30) -> dict:
        """Waits until the pipeline is in a state; returns its status."""
        try:
            wait_until(lambda: self.state() == state, seconds, f"the pipeline to be {state}")
        except TimeoutError as error:
            raise AssertionError(f"{error}; it is {self.status()}; log:\n{self.process.tail()}") from None
        return self.status()

    def log(self) -> str:
        return self.process.text()

    def wait_log(self, text: str, count: int = 1, seconds: float = 30):
        """Waits until a text is in its log so many times."""
        wait_until(lambda: self.log().count(text) >= count, seconds, f"{text!r} in the log")

    def lag(self) -> int | None:
        lags = [partition["lag"] for partition in self.status().get("partitions", [])]
        return sum(lags) if lags and None not in lags else None

    # What is done to it.

    def kill9(self):
        self.process.kill()

    def stop(self) -> int:
        """Asks it to end and returns its exit code."""
        self.process.send(signal.SIGTERM)
        return self.process.wait(EXIT_SECONDS)

    def reload(self, text: str, *arguments) -> subprocess.CompletedProcess:
        """Has it take another configuration, as an operator does."""
        self.config.write_text(text)
        return self.command("reload", *arguments, self.config, timeout=150)

    def freeze(self):
        self.process.send(signal.SIGSTOP)

    def thaw(self):
        self.process.send(signal.SIGCONT)

    def rss(self) -> int:
        """Returns its resident memory in bytes."""
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        return 0

    def peak_rss(self) -> int:
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
        return 0

    def end(self):
        """Leaves nothing running, whatever state it is in."""
        if self.process and self.process.running():
            self.process.send(signal.SIGCONT)
            self.process.kill()
