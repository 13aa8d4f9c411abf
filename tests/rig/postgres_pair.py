"""A primary and its standby, and what a failover does to them."""

import pathlib
import shutil
import signal

import psycopg

from ports import free_port
from private_postgres import PrivatePostgres
from process import wait_until

from .processes import kill_with_children, signal_all


class Standby(PrivatePostgres):
    """A copy of a primary that follows it."""

    def __init__(self, folder: pathlib.Path, primary: PrivatePostgres):
        self.folder = folder
        self.data = folder / "data"
        self.port = free_port()
        self.binaries = primary.binaries
        self.user = primary.user
        self.process = None
        folder.mkdir(parents=True)
        if self.user:
            shutil.chown(folder, self.user, self.user)
        self._run("pg_basebackup", "--pgdata", self.data, "--write-recovery-conf", "--checkpoint=fast",
                  "--host", primary.folder, "--port", primary.port, "--username", "postgres")
        with open(self.data / "postgresql.conf", "a") as conf:
            conf.write(f"port = {self.port}\nunix_socket_directories = '{folder}'\n")

    def promote(self):
        self._run("pg_ctl", "promote", "--pgdata", self.data, "--wait")


class PostgresPair:
    """Stands in for a server: what it is asked goes to whoever is the primary."""

    def __init__(self, folder: pathlib.Path):
        self.folder = folder
        self.generation = 0
        self.primary = PrivatePostgres(folder / "0")
        self.primary.start()
        self.add_standby()

    def add_standby(self):
        self.generation += 1
        self.standby = Standby(self.folder / str(self.generation), self.primary)
        self.standby.start()
        self.wait_streaming()

    def wait_streaming(self):
        wait_until(self.walsenders, 20, "the standby to stream")

    def walsenders(self) -> list[int]:
        return [pid for (pid,) in self._ask("SELECT pid FROM pg_stat_replication WHERE state = 'streaming'")]

    def _ask(self, text: str) -> list[tuple]:
        with psycopg.connect(self.primary.dsn(), autocommit=True) as connection:
            return connection.execute(text).fetchall()

    def synchronous(self, on: bool):
        """Whether a COMMIT waits until the standby has it, too."""
        names = "*" if on else ""
        with psycopg.connect(self.primary.dsn(), autocommit=True) as connection:
            connection.execute(f"ALTER SYSTEM SET synchronous_standby_names = '{names}'")
            connection.execute("SELECT pg_reload_conf()")

    def hold_back(self):
        """From here on the standby gets nothing, and the primary does not mind. Stopping the receiver
        would not be enough: it catches up from its socket's buffer."""
        signal_all(self.walsenders(), signal.SIGSTOP)

    def fail_over(self):
        """The primary is gone with all that the standby does not have."""
        self.kill_primary()
        self.promote()

    def kill_primary(self):
        kill_with_children(self.primary.process.pid)
        self.primary.process.popen.wait()

    def promote(self):
        self.standby.promote()
        self.primary = self.standby
        # A standby must not wait for a standby of its own.
        self.synchronous(False)

    def stop(self):
        for server in (self.standby, self.primary):
            server.stop()

    def dsn(self, database: str = "postgres", user: str = "postgres") -> str:
        return self.primary.dsn(database, user)

    def both(self, database: str) -> str:
        """The connection string of a client that looks for the primary."""
        ports = f"{self.primary.port},{self.standby.port}"
        return f"host=127.0.0.1,127.0.0.1 port={ports} user=postgres dbname={database}"
