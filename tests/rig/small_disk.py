"""A Postgres whose data lie on a disk that a test can fill; its write-ahead log has room elsewhere,
since without that the server would not fail a statement but end."""

import pathlib
import subprocess

from private_postgres import PrivatePostgres


class SmallDisk:
    def __init__(self, folder: pathlib.Path, megabytes: int):
        self.folder = folder
        folder.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "none", folder], check=True)
        self.ballast = folder / "ballast"

    def fill(self):
        """Takes what is left of the disk."""
        with open(self.ballast, "wb") as file:
            try:
                while True:
                    file.write(bytes(65536))
                    file.flush()
            except OSError:
                pass

    def free(self):
        self.ballast.unlink(missing_ok=True)

    def close(self):
        subprocess.run(["umount", self.folder], check=True)


def postgres_on(disk: SmallDisk, log: pathlib.Path) -> PrivatePostgres:
    """Makes and starts a server whose log of changes is in the folder `log`."""
    server = PrivatePostgres(disk.folder / "postgres", {"max_wal_size": "64MB", "min_wal_size": "32MB"})
    move = ["mv", server.data / "pg_wal", log]
    subprocess.run(move, check=True)
    (server.data / "pg_wal").symlink_to(log)
    server.start()
    return server
