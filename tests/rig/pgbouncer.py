"""PgBouncer in transaction mode, in front of a private Postgres."""

import os
import pathlib
import shutil
import signal

from ports import answers, free_port
from process import Process, wait_until


class PgBouncer:
    def __init__(self, folder: pathlib.Path, server):
        self.folder = folder
        self.port = free_port()
        # It refuses to run as root.
        self.user = "postgres" if os.geteuid() == 0 else None
        folder.mkdir()
        users = folder / "users.txt"
        users.write_text('"postgres" ""\n')
        self.settings = folder / "pgbouncer.ini"
        self.settings.write_text(
            f"[databases]\n* = host=127.0.0.1 port={server.port}\n"
            f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {self.port}\n"
            f"unix_socket_dir =\nauth_type = trust\nauth_file = {users}\n"
            f"pool_mode = transaction\ndefault_pool_size = 5\nmin_pool_size = 2\n")
        if self.user:
            for path in (folder, users, self.settings):
                shutil.chown(path, self.user, self.user)
        self.process = None

    def start(self):
        program = shutil.which("pgbouncer") or "/usr/sbin/pgbouncer"
        self.process = Process([program, self.settings], self.folder / "pgbouncer.log", user=self.user)

        def ready():
            self.process.check()
            return answers(self.port)
        wait_until(ready, 15, "PgBouncer to accept connections")
        return self

    def stop(self):
        if self.process:
            self.process.stop(signal.SIGINT)

    def dsn(self, database: str) -> str:
        return f"host=127.0.0.1 port={self.port} user=postgres dbname={database} sslmode=disable"
