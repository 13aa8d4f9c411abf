"""What a batch costs that holds next to nothing, and what pipelines cost that have nothing to do."""

import time
import urllib.error
import urllib.request

from process import wait_until
from rig.processes import cpu_seconds

from .live import Live
from .shapes import Job
from .table import show

SECONDS = 30
IDLE_PIPELINES = 50
EVENTS_PER_SECOND = 100
STAGES = ("wait", "upsert", "commit")


def measure(stage) -> dict:
    figures = {"batch_ms": batch(stage), "idle_cores": idle(stage)}
    show("A batch of ten events, milliseconds", list(figures["batch_ms"]), [list(figures["batch_ms"].values())])
    print(f"{IDLE_PIPELINES} idle pipelines: {figures['idle_cores']:.2%} of a core", flush=True)
    return figures


def batch(stage) -> dict:
    """The mean of each stage of a commit, at ten commits a second."""
    with Live(stage, "small", rate=EVENTS_PER_SECOND, seconds=SECONDS + 30, interval="100ms") as live:
        time.sleep(5)
        before = live.metrics()
        time.sleep(SECONDS)
        after = live.metrics()
    means = {name: round(1000 * after.mean_since(before, "tallymill_stage_duration_seconds", stage=name), 3)
             for name in STAGES}
    return means | {"together": round(sum(means.values()), 3)}


def idle(stage) -> float:
    """The share of a core that the pipelines take when nothing arrives."""
    stage.topics.create("idle", 4)
    dsn = stage.database("idle")
    config = stage.write_config("idle", Job(pipelines=IDLE_PIPELINES, memory_limit="2GiB").config(stage, "idle", dsn))
    daemon = stage.start(config)
    try:
        wait_until(lambda: ready(stage, daemon), 60, "all pipelines to run")
        time.sleep(10)
        before = cpu_seconds(daemon.pid)
        time.sleep(SECONDS)
        daemon.check()
        return round((cpu_seconds(daemon.pid) - before) / SECONDS, 4)
    finally:
        daemon.stop()


def ready(stage, daemon) -> bool:
    daemon.check()
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{stage.http_port}/readyz", timeout=10) as answer:
            return answer.status == 200
    except (urllib.error.URLError, ConnectionError):
        return False
