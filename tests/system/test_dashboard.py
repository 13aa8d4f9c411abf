"""The dashboard and the alerts ask for metrics that are there."""

import json
import re
import shutil
import subprocess
import urllib.parse
import urllib.request

import pytest

from ports import free_port
from process import Process, wait_until
from rig import program
from rig.background import Traffic
from rig.oracle import wait_progress

DEPLOY = program.ROOT / "deploy"
DASHBOARD = json.loads((DEPLOY / "grafana/dashboards/tallymill.json").read_text())
EXPRESSIONS = [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]


class Prometheus:
    """A real Prometheus that scrapes one daemon every second."""

    def __init__(self, folder, daemon):
        self.port = free_port()
        (folder / "prometheus.yml").write_text(
            "global: {scrape_interval: 1s}\n"
            "scrape_configs:\n"
            "  - job_name: tallymill\n"
            f"    static_configs: [{{targets: ['127.0.0.1:{daemon.http}']}}]\n")
        self.process = Process(
            [shutil.which("prometheus"), f"--config.file={folder}/prometheus.yml",
             f"--storage.tsdb.path={folder}/data", f"--web.listen-address=127.0.0.1:{self.port}"],
            folder / "prometheus.log")

    def ask(self, expression: str) -> list:
        query = urllib.parse.urlencode({"query": expression})
        url = f"http://127.0.0.1:{self.port}/api/v1/query?{query}"
        with urllib.request.urlopen(url, timeout=10) as answer:
            return json.load(answer)["data"]["result"]

    def scrapes(self) -> int:
        self.process.check()
        try:
            found = self.ask("count_over_time(up{job='tallymill'}[1m])")
        except OSError:
            return 0
        return int(found[0]["value"][1]) if found else 0


def fill_in(expression: str) -> str:
    return expression.replace("$pipeline", ".*").replace("$__rate_interval", "15s")


def test_no_query_of_the_dashboard_comes_back_empty(tmp_path, kafka, topic, producer, counting, oracle):
    producer.raw(topic, b"bad")  # So that there is a dead letter to show.
    producer.flush()
    prometheus = Prometheus(tmp_path, counting)
    try:
        with Traffic(kafka.brokers, topic, per_second=1_000):
            wait_progress(oracle)
            wait_until(lambda: prometheus.scrapes() >= 8, 60, "Prometheus to scrape", every=0.5)
            assert len(EXPRESSIONS) >= 15
            empty = [e for e in EXPRESSIONS if not prometheus.ask(fill_in(e))]
            assert empty == []
            variable = DASHBOARD["templating"]["list"][0]["query"]
            assert prometheus.ask(re.match(r"label_values\((\w+), pipeline\)", variable)[1])
            nothing_lost = prometheus.ask("tallymill_gaps_total")
            assert [sample["value"][1] for sample in nothing_lost] == ["0"]
    finally:
        prometheus.process.stop()


def test_every_metric_that_dashboard_and_alerts_name_is_one_that_the_daemon_has():
    source = (program.ROOT / "src/metrics/prometheus/families.cc").read_text()
    known = set(re.findall(r'"((?:tallymill|process)_\w+)"', source))
    texts = EXPRESSIONS + re.findall(r"expr: (.*)", (DEPLOY / "prometheus/alerts.yml").read_text())
    used = {re.sub(r"_(bucket|sum|count)$", "", name)
            for text in texts for name in re.findall(r"\b(?:tallymill|process)_\w+", text)}
    assert len(used) >= 15
    assert used <= known


@pytest.mark.parametrize("kind, file", [("config", "prometheus.yml"), ("rules", "alerts.yml")])
def test_promtool_accepts_what_compose_gives_prometheus(kind, file):
    done = subprocess.run(["promtool", "check", kind, DEPLOY / "prometheus" / file],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
