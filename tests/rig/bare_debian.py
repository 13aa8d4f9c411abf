"""A bare Debian of its own, as debootstrap makes it, in the store that tests/image/build made: commands run in it as on
a machine on which nothing is installed, with this machine's network."""

import pathlib
import subprocess

BASE = "docker.io/library/debian:12-slim"  # What the Dockerfile starts from, made by debootstrap.


class BareDebian:
    def __init__(self, store: pathlib.Path):
        self.buildah = ["buildah", "--root", str(store / "storage"), "--runroot", str(store / "run"),
                        "--storage-driver", "vfs"]
        self.name = self._ask("from", "--pull-never", BASE).stdout.strip()

    def _ask(self, *words, timeout: float = 300) -> subprocess.CompletedProcess:
        done = subprocess.run([*self.buildah, *map(str, words)], capture_output=True, text=True, timeout=timeout)
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
        return done

    def copy(self, file: pathlib.Path, folder: str):
        self._ask("copy", "--quiet", self.name, file, folder)

    def run(self, *words, env: dict | None = None, user: str = "root") -> subprocess.CompletedProcess:
        """Runs a command and returns its exit code and output."""
        settings = [f"--env={name}={value}" for name, value in (env or {}).items()]
        return subprocess.run([*self.buildah, "run", "--isolation", "chroot", "--network", "host", "--user", user,
                               *settings, self.name, "--", *words], capture_output=True, text=True, timeout=300)

    def must(self, *words, **options) -> str:
        """The same, for one that must end well; returns its output."""
        done = self.run(*words, **options)
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
        return done.stdout

    def remove(self):
        self._ask("rm", self.name)
