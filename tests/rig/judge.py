"""The whole oracle: the independent recount when all is over, a verifier in one snapshot while faults
happen, and the audit that lets no offset be committed twice."""

import contextlib

from .audit import Audit
from .background import Background, Traffic
from .oracle import Oracle, SnapshotWatcher, wait_progress


class Judge:
    """Judges one pipeline in an empty database, from before the daemon starts."""

    def __init__(self, topics, database, topic: str, **what):
        self.topics = topics
        self.topic = topic
        self.audit = Audit(database)
        self.oracle = Oracle(topics, database, topic, **what)
        self.watcher = SnapshotWatcher(self.oracle)
        self.sent = 0

    @contextlib.contextmanager
    def load(self, per_second: int = 2_000, every: float = 0.1, **traffic):
        """Events arrive and snapshots are taken while this holds."""
        with Traffic(self.topics.brokers, self.topic, per_second=per_second, **traffic) as events, \
                Background(self.watcher.look, every):
            yield events
        self.sent += events.sent

    def progress(self, seconds: float = 30) -> float:
        """Waits for the next commit. Returns how long it took."""
        return wait_progress(self.oracle, seconds)

    def dead_letters(self) -> int:
        return len(self.oracle.dead_letters())

    def check(self, *, least: int = 500, snapshots: int = 2, **how):
        """Call it when traffic has stopped and faults are healed. Returns the topic's records."""
        records = self.oracle.check(least=least, **how)
        self.watcher.check(records, snapshots)
        self.audit.check()
        return records
