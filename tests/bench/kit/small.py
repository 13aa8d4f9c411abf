"""What a batch costs that holds next to nothing, and what pipelines cost that have nothing to do."""

import json
import time
import urllib.error
import urllib.request

from process import wait_until
from rig.processes import cpu_seconds

from .live import Live
from .shapes import Job
from .stage import Run
from .table import show

SECONDS = 30
IDLE_PIPELINES = 50
FETCH_WAITS_MS = (100, 1_000)  # The daemon's own setting, and one for pipelines that have little to do.
EVENTS_PER_SECOND = 100
STAGES = ("wait", "upsert", "commit")


def measure(stage) -> dict:
    stage.topics.create("idle", 4)
    figures = {"batch_ms": batch(stage), "idle": [idle(stage, wait) for wait in FETCH_WAITS_MS]}
    show("A batch of ten events, milliseconds", list(figures["batch_ms"]), [list(figures["batch_ms"].values())])
    show(f"{IDLE_PIPELINES} idle pipelines, shares of a core", ["fetch.wait.max.ms", "pipelines", "Kafka clients alone"],
         [[f"{one['fetch_wait_ms']}", one["cores"], one["bare_cores"]] for one in figures["idle"]])
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


def idle(stage, fetch_wait_ms: int) -> dict:
    """What pipelines take when nothing arrives, and as many clients of Kafka alone."""
    options = {"fetch.wait.max.ms": fetch_wait_ms}
    job = Job(pipelines=IDLE_PIPELINES, memory_limit="2GiB", kafka_options=options)
    daemon = stage.start(stage.write_config("idle", job.config(stage, "idle", stage.database("idle"))))
    try:
        wait_until(lambda: ready(stage, daemon), 60, "all pipelines to run")
        time.sleep(10)
        before = cpu_seconds(daemon.pid)
        time.sleep(SECONDS)
        daemon.check()
        cores = (cpu_seconds(daemon.pid) - before) / SECONDS
    finally:
        daemon.stop()
    bare = Run([stage.idle_clients, stage.kafka.brokers, "idle", IDLE_PIPELINES, SECONDS,
                *(f"{name}={value}" for name, value in options.items())], stage.next_log("idle"))
    return {"fetch_wait_ms": fetch_wait_ms, "cores": round(cores, 4), **{"bare_" + name: value for name, value in
                                                                        json.loads(bare.output.splitlines()[-1]).items()}}


def ready(stage, daemon) -> bool:
    daemon.check()
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{stage.http_port}/readyz", timeout=10) as answer:
            return answer.status == 200
    except (urllib.error.URLError, ConnectionError):
        return False
