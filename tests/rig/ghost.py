"""A COMMIT that is durable but not answered."""

import contextlib

import psycopg

from process import wait_until


@contextlib.contextmanager
def ghost_standby(postgres):
    """While this holds, a COMMIT waits for a standby that does not exist."""
    def reload(setting):
        with psycopg.connect(postgres.dsn(), autocommit=True) as connection:
            connection.execute(f"ALTER SYSTEM SET synchronous_standby_names = '{setting}'")
            connection.execute("SELECT pg_reload_conf()")
    reload("ghost")
    try:
        yield
    finally:
        reload("")


def waiting_commits(database) -> list[int]:
    return [pid for (pid,) in database.query(
        "SELECT pid FROM pg_stat_activity WHERE datname = %s AND wait_event = 'SyncRep'",
        database.name)]


def wait_for_commit(database) -> list[int]:
    """Waits for COMMITs that wait; returns their sessions."""
    return wait_until(lambda: waiting_commits(database), 15, "a COMMIT that waits")


def terminate(database, pids):
    """Ends sessions; a COMMIT that waits has then taken effect, and its client is not told."""
    for pid in pids:
        database.query("SELECT pg_terminate_backend(%s)", pid)
    wait_until(lambda: not set(pids) & set(waiting_commits(database)), 10, "the sessions to end")
