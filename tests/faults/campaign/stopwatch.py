"""How long it takes until something more is committed."""

import time

import psycopg

from process import wait_until


class Stopwatch:
    def __init__(self, database):
        self.database = database
        self.connection = None
        self.times = []

    def standing(self) -> tuple[int, str]:
        """Returns the last batch and the session that holds the pipeline."""
        rows = self._ask("SELECT batch_sequence, lease_session FROM tallymill.pipeline")
        return rows[0] if rows else (0, "")

    def checkpoint(self) -> dict[int, int]:
        return dict(self._ask("SELECT partition::int, next_offset::bigint FROM tallymill.checkpoint"))

    def _ask(self, query: str) -> list[tuple]:
        """Nothing while the database is away."""
        try:
            if self.connection is None or self.connection.closed:
                self.connection = self.database.connect(connect_timeout=2)
            return self.connection.execute(query).fetchall()
        except psycopg.Error:
            self.connection = None
            return []

    def wait(self, before: tuple[int, str], *, another: bool = False, began: float | None = None,
             seconds: float = 60):
        """Waits for the first commit after `before`; by another session than the one before, if so asked.
        Counts from `began`, or from now on."""
        def there():
            sequence, session = self.standing()
            return sequence > before[0] and not (another and session == before[1])
        self._wait(there, began, seconds)

    def wait_all(self, before: dict[int, int], *, began: float, seconds: float = 60):
        """Waits until each partition stands higher than before."""
        def there():
            now = self.checkpoint()
            return all(now.get(partition, 0) > offset for partition, offset in before.items())
        self._wait(there, began, seconds)

    def _wait(self, there, began: float | None, seconds: float):
        began = began or time.monotonic()
        wait_until(there, seconds, "a commit", every=0.01)
        self.times.append(time.monotonic() - began)


def quantile(times: list[float], share: float) -> float:
    """The nearest-rank quantile; 0 of nothing."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0
