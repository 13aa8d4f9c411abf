"""Databases of a private Postgres: one per test."""

import itertools
import signal

import psycopg

from private_postgres import PrivatePostgres
from process import wait_until

from .processes import signal_all

_numbers = itertools.count(1)


class Database:
    """A fresh database, and what a DBA does to it. Each query has a connection of its own, so that
    a restarted server disturbs nobody."""

    def __init__(self, server: PrivatePostgres, name: str = ""):
        """Makes a database, or stands for the one of that name."""
        self.server = server
        self.name = name or f"test_{next(_numbers)}"
        if name:
            return
        with psycopg.connect(server.dsn(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {self.name}")

    def dsn(self, user: str = "postgres") -> str:
        return self.server.dsn(self.name, user)

    def connect(self, **options) -> psycopg.Connection:
        return psycopg.connect(self.dsn(), autocommit=True, **options)

    def query(self, text: str, *arguments) -> list[tuple]:
        with self.connect() as connection:
            cursor = connection.execute(text, arguments or None)
            return cursor.fetchall() if cursor.description else []

    def value(self, text: str, *arguments):
        """Returns the one value that a query gives, or nothing."""
        rows = self.query(text, *arguments)
        return rows[0][0] if rows else None

    def table_exists(self, name: str) -> bool:
        return self.value("SELECT to_regclass(%s) IS NOT NULL", name)

    def backends(self, like: str = "tallymill%") -> list[int]:
        """Returns the server processes that work for the daemon."""
        return [pid for (pid,) in self.query(
            "SELECT pid FROM pg_stat_activity WHERE datname = %s AND application_name LIKE %s",
            self.name, like)]

    def crash_backends(self):
        """kill -9 of the daemon's sessions: the server resets all sessions there are. Returns when it is
        up again."""
        def resets():
            return self.server.process.text().count("all server processes terminated")
        before = resets()
        signal_all(wait_until(self.backends, 10, "the daemon's session"), signal.SIGKILL)
        wait_until(lambda: resets() > before, 30, "the server to notice")
        self.server.wait_ready()

    def drop_role(self, name: str):
        """Ends the role's sessions and takes it away with all that it has in this database."""
        self.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", name)
        self.query(f"DROP OWNED BY {name}")
        self.query(f"DROP ROLE {name}")

    def drop(self):
        with psycopg.connect(self.server.dsn(), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")
