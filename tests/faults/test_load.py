"""More than it can take: backlog, keys, memory, processor."""

import resource
import signal
import subprocess
import time
import uuid

from process import wait_until
from rig import config
from rig.background import Background
from rig.producing import Producer

LIMIT = 128 << 20
LIMITED = "memory_limit: 128MiB"


def test_32_a_backlog_is_worked_off_within_memory(judge, topics, topic, make_daemon):
    """Shortened: 200,000 records."""
    daemon = make_daemon(config.counts(topic, head=LIMITED)).start().wait_ready()
    with judge.load(per_second=1_000):
        for _ in range(6):
            judge.progress()
    assert daemon.stop() == 0
    producer = Producer(topics.brokers)
    for i in range(200_000):
        producer.send(topic, {"key": f"k{i % 1000}", "amount": i, "note": "x" * 300})
    producer.flush()
    daemon.start()
    judge.check(least=200_000, seconds=120)
    assert daemon.peak_rss() < LIMIT, f"{daemon.peak_rss() >> 20} MiB"


def test_33_every_event_a_new_key_of_a_kilobyte(judge, topics, topic, make_daemon, database):
    daemon = make_daemon(config.counts(topic, interval="10s", head=LIMITED)).start().wait_ready()
    producer = Producer(topics.brokers, **{"compression.type": "lz4"})
    padding = "x" * 980
    count = 60_000
    for i in range(count):
        producer.send(topic, {"key": f"{uuid.UUID(int=i)}-{padding}", "amount": 1}, partition=i % 2)
    producer.flush()
    wait_until(lambda: sum(judge.oracle.checkpoint().values()) == count, 120, "all events", every=0.5)
    assert daemon.peak_rss() < LIMIT, f"{daemon.peak_rss() >> 20} MiB"
    assert database.query("SELECT count(*), sum(n) FROM counts") == [(count, count)]
    assert len(judge.oracle.batches()) > 1, "batches are cut by their memory, too"
    judge.audit.check()


def test_34_memory_runs_out(judge, topic, make_daemon):
    """Allocation fails at an arbitrary moment: the process ends or goes on, and nothing is wrong."""
    daemon = make_daemon(config.counts(topic)).start().wait_ready()
    with judge.load(per_second=3_000, keys=10**9):
        for spare in (0, 1 << 20, 8 << 20):
            judge.progress()
            limit_address_space(daemon.process.pid, spare)
            try:
                code = daemon.process.wait(5)
                assert code in (1, -signal.SIGABRT), daemon.process.tail()
            except subprocess.TimeoutExpired:
                daemon.kill9()
            daemon.start().wait_ready()
        judge.progress()
    judge.check()


def limit_address_space(pid: int, spare: int):
    """From here on the process gets so many bytes more, and then none."""
    with open(f"/proc/{pid}/statm") as statm:
        used = int(statm.read().split()[0]) * resource.getpagesize()
    resource.prlimit(pid, resource.RLIMIT_AS, (used + spare, used + spare))


def test_35_processor_starvation(judge, topic, make_daemon):
    """Both instances run a tenth of the time, in bursts: the lease does not wander."""
    def text_of(instance):
        return config.counts(topic, interval="100ms", head=f"instance: {instance}")
    first = make_daemon(text_of("one")).start().wait_ready()
    second = make_daemon(text_of("two")).start()
    second.wait_state("standby")

    def starve():
        for daemon in (first, second):
            daemon.freeze()
        time.sleep(0.45)
        for daemon in (first, second):
            daemon.thaw()
    with judge.load(per_second=1_000):
        judge.progress()
        with Background(starve, 0.05):
            time.sleep(10)
        judge.progress()
    assert {batch["instance"] for batch in judge.oracle.batches()} == {"one"}
    assert first.metrics().sum("tallymill_batches_dropped_total") == 0
    judge.check()
