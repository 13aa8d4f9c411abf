"""One lap of each kind of fault. Each calls `lap.stopwatch.wait` after each fault and counts the fault."""

import time

from process import wait_until

from rig import config, failpoints
from rig.databases import Database
from rig.kafka_cluster import NODES
from rig.pg_proxy import Cut, PgProxy

from .stopwatch import Stopwatch

INTERVAL = "100ms"
RATE = 2_000

# Passed once in a life of the process, so that there is no second hit.
ONCE = ("start.", "assign.")
# Not on the way of a pipeline that has started before, or that goes on.
ELSEWHERE = ("ckpt.insert_before", "ckpt.insert_after", "close.begin")


def _text(lap, **more) -> str:
    return config.counts(lap.topic, interval=INTERVAL, **more)


def kills(lap, count: int):
    daemon = lap.daemon(_text(lap)).start().wait_ready()
    with lap.judge.load(RATE, garbage=0.01):
        for _ in range(count):
            time.sleep(lap.random.expovariate(2.0))
            before = lap.stopwatch.standing()
            daemon.kill9()
            lap.faults += 1
            began = time.monotonic()
            daemon.start()
            lap.stopwatch.wait(before, another=True, began=began)


def failpoint_hits(lap, hits: int):
    """Every failpoint at each of its first hits."""
    daemon = lap.daemon(_text(lap, pipeline="max_events: 100"))
    places = [name for name in failpoints.known(daemon) if name not in ELSEWHERE]
    daemon.start().wait_ready()
    with lap.judge.load(RATE, garbage=0.01):
        lap.judge.progress()
        daemon.kill9()
        for name in places:
            for hit in range(1, 2 if name.startswith(ONCE) else hits + 1):
                cuts = [f"tx.after_commit_send=close_pg@{n}" for n in range(1, hit + 1)]
                needed = ",".join(cuts) + "," if name == "resolve.after_lock" else ""
                before = lap.stopwatch.standing()
                daemon.start(failpoints=f"{needed}{name}=kill9@{hit}")
                code = daemon.process.wait(60)
                assert code == -9, f"{name}@{hit} ended with {code}: {daemon.process.tail()}"
                lap.faults += 1
                before = (lap.stopwatch.standing()[0], before[1])
                began = time.monotonic()
                daemon.start()
                lap.stopwatch.wait(before, began=began)
                daemon.kill9()
        daemon.start().wait_ready()
        lap.judge.progress()


def commits(lap, count: int):
    """Connections cut before the server sees COMMIT, and after it has answered."""
    proxy = PgProxy(lap.postgres.port)
    daemon = lap.daemon(_text(lap), dsn=proxy.dsn(lap.database.name)).start().wait_ready()
    try:
        with lap.judge.load(RATE):
            lap.judge.progress()
            for number in range(count):
                time.sleep(lap.random.uniform(0, 0.3))
                cut = (Cut.BEFORE, Cut.AFTER)[number % 2]
                proxy.arm(cut)
                wait_until(lambda: proxy.cuts > number, 20, "a COMMIT to cut", every=0.002)
                began = time.monotonic()
                lap.faults += 1
                if cut is Cut.AFTER:
                    time.sleep(0.05)  # The commit that is there but not known to be is not the next one.
                lap.stopwatch.wait(lap.stopwatch.standing(), began=began)
            lap.judge.progress()
        assert daemon.metrics().sum("tallymill_commits_total", outcome="unknown") >= count
    finally:
        proxy.close()


def zombies(lap, count: int):
    """The active one of two is frozen at a random moment until the other has taken over."""
    pair = [lap.daemon(_text(lap, head=f"instance: {name}")) for name in ("one", "two")]
    active, other = pair
    active.start().wait_ready()
    other.start()
    other.wait_state("standby")
    with lap.judge.load(RATE):
        for _ in range(count):
            lap.judge.progress()
            time.sleep(lap.random.uniform(0, 0.3))
            active.freeze()
            lap.faults += 1
            lap.stopwatch.wait(lap.stopwatch.standing(), another=True)
            active.thaw()
            active.wait_state("standby")
            active, other = other, active


def failovers(lap, count: int):
    """Every other one forgets commits that were acknowledged."""
    pair = lap.postgres
    for number in range(count):
        dsn = pair.both(lap.database.name)
        daemon = lap.daemon(_text(lap), dsn=dsn).start().wait_ready()
        with lap.judge.load(RATE):
            lap.judge.progress()
            pair.wait_streaming()
            if number % 2:
                pair.hold_back()
                for _ in range(3):
                    lap.judge.progress()
            else:
                pair.synchronous(True)
                lap.judge.progress()
            began = time.monotonic()
            pair.kill_primary()
            before = Stopwatch(Database(pair.standby, lap.database.name)).standing()
            pair.promote()
            lap.faults += 1
            lap.stopwatch.wait(before, began=began)
            if number % 2:
                assert daemon.metrics().sum("tallymill_batches_dropped_total", cause="rewound") == 1
        daemon.kill9()
        pair.add_standby()
    lap.daemons[-1].start().wait_ready()


def brokers(lap, count: int):
    """One of three brokers is killed, and started again."""
    lap.daemon(_text(lap)).start().wait_ready()
    with lap.judge.load(RATE):
        for _ in range(count):
            lap.judge.progress(60)
            node = lap.random.choice(NODES)
            before, began = lap.stopwatch.checkpoint(), time.monotonic()
            lap.kafka.crash(node)
            lap.faults += 1
            lap.stopwatch.wait_all(before, began=began)
            lap.kafka.start(node)
            lap.judge.progress(60)
