"""Containers of the image that tests/image/build made, run by podman without an engine."""

import json
import os
import pathlib
import subprocess

import pytest

from process import Process

IMAGE = "localhost/tallymill"
# As docker-compose.yml runs it. podman's own limits are higher than some machines let it set.
HARDENED = ["--read-only", "--read-only-tmpfs=false", "--cap-drop", "all",
            "--security-opt", "no-new-privileges",
            "--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024"]


def image_store() -> pathlib.Path:
    """Returns the store that `tests/run image` has made, or skips the test where none can be made."""
    folder = os.environ.get("TALLYMILL_IMAGE")
    assert folder is not None, "TALLYMILL_IMAGE names no store; `tests/run image` makes one"
    if not folder:
        pytest.skip("cannot run here: CAP_SYS_ADMIN")
    return pathlib.Path(folder)


class Containers:
    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        self.podman = ["podman", "--root", str(folder / "storage"), "--runroot", str(folder / "run"),
                       "--storage-driver", "vfs", "--cgroup-manager", "cgroupfs", "--runtime", "runc"]

    def ask(self, *words, timeout: float = 60) -> subprocess.CompletedProcess:
        """Runs a podman command and returns its exit code and output."""
        return subprocess.run([*self.podman, *map(str, words)], capture_output=True, text=True,
                              timeout=timeout)

    def inspect(self) -> dict:
        """Returns what the image says of itself."""
        done = self.ask("image", "inspect", IMAGE)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)[0]

    def run(self, *words, env: dict | None = None, program: str | None = None,
            timeout: float = 60) -> subprocess.CompletedProcess:
        """Runs the image's program, or another one that is in it, to its end."""
        return self.ask(*self._run(env, program), *words, timeout=timeout)

    def start(self, name: str, *words, env: dict) -> Process:
        """Runs the image's program in the background, in a container of that name."""
        return Process([*self.podman, *self._run(env, None, "--name", name), *words],
                       self.folder / f"{name}.log")

    def _run(self, env, program, *options) -> list[str]:
        settings = [f"--env={name}={value}" for name, value in (env or {}).items()]
        entrypoint = ["--entrypoint", json.dumps([program])] if program else []
        # Without systemd there is nobody to ask for health on schedule; healthy() asks.
        return ["run", "--rm", "--pull", "never", "--network", "host", "--no-healthcheck", *HARDENED,
                *options, *settings, *entrypoint, IMAGE]

    def healthy(self, name: str) -> bool:
        """Asks as the image's HEALTHCHECK asks."""
        kind, *command = self.inspect()["Healthcheck"]["Test"]
        assert kind == "CMD", "the health check needs no shell"
        return self.ask("exec", name, *command).returncode == 0

    def end_all(self):
        self.ask("rm", "--all", "--force", "--time", "0")
