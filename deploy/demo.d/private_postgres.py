"""A Postgres cluster of its own in a scratch folder: a unix socket, a free port, fsync on."""

import os
import pathlib
import shutil
import signal
import subprocess

from ports import free_port
from process import Process, wait_until


def find_binaries() -> pathlib.Path:
    """Returns the folder of the newest installed server's programs, or the one that is chosen."""
    if chosen := os.environ.get("TALLYMILL_POSTGRES_BIN"):
        return pathlib.Path(chosen)

    def version(folder):
        return int(folder.parent.name) if folder.parent.name.isdigit() else 0
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=version)
    found = [folder for folder in found if (folder / "initdb").exists()]
    if found:
        return found[-1]
    initdb = shutil.which("initdb")
    if initdb:
        return pathlib.Path(initdb).resolve().parent
    raise FileNotFoundError("there is no Postgres server here; deploy/install installs it")


class PrivatePostgres:
    def __init__(self, folder: pathlib.Path, settings: dict | None = None):
        self.folder = folder
        self.data = folder / "data"
        self.port = free_port()
        self.binaries = find_binaries()
        # The server refuses to run as root.
        self.user = "postgres" if os.geteuid() == 0 else None
        folder.mkdir(parents=True)
        if self.user:
            shutil.chown(folder, self.user, self.user)
        self._run("initdb", "--pgdata", self.data, "--username", "postgres", "--auth", "trust",
                  "--encoding", "UTF8", "--locale", "C")
        lines = [f"port = {self.port}", "listen_addresses = '127.0.0.1'",
                 f"unix_socket_directories = '{folder}'", "fsync = on", "max_connections = 200",
                 "shared_buffers = 128MB", "max_wal_size = 2GB", "timezone = 'UTC'"]
        lines += [f"{name} = {value}" for name, value in (settings or {}).items()]
        with open(self.data / "postgresql.conf", "a") as conf:
            conf.write("\n".join(lines) + "\n")
        self.process = None

    def _run(self, program, *arguments):
        identity = {"user": self.user, "group": self.user, "extra_groups": []} if self.user else {}
        done = subprocess.run([self.binaries / program, *map(str, arguments)], cwd=self.folder,
                              capture_output=True, text=True, **identity)
        if done.returncode != 0:
            raise RuntimeError(f"{program}: {done.stdout}{done.stderr}")

    def start(self):
        self.process = Process([self.binaries / "postgres", "-D", self.data],
                               self.folder / "server.log", user=self.user)
        self.wait_ready()

    def wait_ready(self, seconds: float = 30):
        # A client's program, which a server's folder need not have.
        own = self.binaries / "pg_isready"
        program = own if own.exists() else "pg_isready"

        def ready():
            self.process.check()
            asked = subprocess.run([program, "-q", "-h", str(self.folder),
                                    "-p", str(self.port)])
            return asked.returncode == 0
        wait_until(ready, seconds, "Postgres to accept connections")

    def stop(self):
        """Fast shutdown: sessions are ended, everything is written."""
        if self.process:
            self.process.stop(signal.SIGINT)

    def crash(self):
        """Immediate shutdown: like a power cut that the disk survives."""
        self.process.stop(signal.SIGQUIT)

    def dsn(self, database: str = "postgres", user: str = "postgres") -> str:
        return f"host={self.folder} port={self.port} user={user} dbname={database}"
