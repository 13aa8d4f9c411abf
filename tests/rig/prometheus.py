"""A real Prometheus, with the rules that are shipped, that scrapes daemons every second."""

import json
import pathlib
import shutil
import urllib.parse
import urllib.request

from ports import free_port
from process import Process

from . import program


class Prometheus:
    def __init__(self, folder: pathlib.Path, *daemons):
        self.port = free_port()
        targets = [f"127.0.0.1:{daemon.http}" for daemon in daemons]
        (folder / "prometheus.yml").write_text(
            "global: {scrape_interval: 1s, evaluation_interval: 1s}\n"
            f"rule_files: [{program.ROOT}/deploy/prometheus/alerts.yml]\n"
            "scrape_configs:\n"
            "  - job_name: tallymill\n"
            f"    static_configs: [{{targets: {json.dumps(targets)}}}]\n")
        self.process = Process(
            [shutil.which("prometheus"), f"--config.file={folder}/prometheus.yml",
             f"--storage.tsdb.path={folder}/data", f"--web.listen-address=127.0.0.1:{self.port}"],
            folder / "prometheus.log")

    def ask(self, expression: str) -> list[dict]:
        """Returns the samples that an expression gives now; one that is wrong raises."""
        query = urllib.parse.urlencode({"query": expression})
        url = f"http://127.0.0.1:{self.port}/api/v1/query?{query}"
        with urllib.request.urlopen(url, timeout=10) as answer:
            return json.load(answer)["data"]["result"]

    def scrapes(self) -> int:
        """Returns how many scrapes there have been; 0 while it starts."""
        self.process.check()
        try:
            found = self.ask("count_over_time(up{job='tallymill'}[1h])")
        except OSError:
            return 0
        return min((int(one["value"][1]) for one in found), default=0)

    def stop(self):
        self.process.stop()
