"""Every panel shows something: its queries are run on a real Prometheus and a real Postgres, beside a daemon that
counts the stream of the shipped example while another of its pipelines is stopped."""

import json
import math
import os
import re
import shutil
import subprocess

import psycopg
import pytest
import yaml

from process import Process, wait_until
from rig import program
from rig.background import Background
from rig.daemon import Daemon
from rig.databases import Database
from rig.producing import Producer
from rig.prometheus import Prometheus

GRAFANA = program.ROOT / "deploy/grafana"
BOARDS = {path.stem: json.loads(path.read_text()) for path in (GRAFANA / "dashboards").glob("*.json")}
PASSWORD = "it's a secret"
PIPELINE = "ad_campaigns"

# A second pipeline, which must not write to a table that it does not own.
STOPPED = """
pipelines:
  squatter:
    source: {topics: [ad-events], start: earliest, fields: {ad_id: string}}
    interval: 1s
    aggregations:
      squatted: {group_by: [ad_id], columns: {n: count()}}
"""


class Scene:
    """What dashboards look at."""

    def __init__(self, daemon, prometheus, grafana: psycopg.Connection):
        self.daemon = daemon
        self.prometheus = prometheus
        self.grafana = grafana

    def samples(self, expression: str) -> list[float]:
        """Returns the numbers that a query gives. Nothing is looked for in alerts that do not fire."""
        filled = expression.replace("$pipeline", ".*").replace("$__rate_interval", "15s")
        values = [float(one["value"][1]) for one in self.prometheus.ask(filled)]
        return [value for value in values if not math.isnan(value)]

    def rows(self, text: str) -> list[tuple]:
        """Returns the rows that a query gives whoever looks at a dashboard, its macros filled in as Grafana
        does."""
        text = re.sub(r"\$__timeFilter\((\w+)\)", r"\1 BETWEEN now() - interval '1 h' AND now() + interval '1 h'", text)
        text = re.sub(r"\$__timeGroup\((\w+), '1m'\)", r"date_bin('1 min', \1, 'epoch')", text)
        if "$campaign" in text:
            names = [row[0] for row in self.rows(variable("ads", "campaign")["query"])]
            text = text.replace("$campaign", ", ".join(f"'{name}'" for name in names))
        return [row for row in self.grafana.execute(text).fetchall() if any(cell is not None for cell in row)]


def variable(board: str, name: str) -> dict:
    return next(one for one in BOARDS[board]["templating"]["list"] if one["name"] == name)


def targets(board: dict) -> list[tuple[str, dict]]:
    return [(panel["title"], target) for panel in board["panels"] for target in panel.get("targets", [])]


def make_grafana_role(database):
    """As the image of Postgres does when its cluster is new."""
    url = psycopg.conninfo.conninfo_to_dict(database.dsn())
    done = subprocess.run([program.ROOT / "deploy/postgres/grafana.sh"], capture_output=True, text=True, env={
        **os.environ, "PGHOST": url["host"], "PGPORT": str(url["port"]), "POSTGRES_USER": "postgres",
        "POSTGRES_DB": database.name, "GRAFANA_POSTGRES_PASSWORD": PASSWORD})
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def scene(kafka, postgres, topics, tmp_path_factory):
    folder = tmp_path_factory.mktemp("dashboards")
    database = Database(postgres)
    config = folder / "config"
    config.mkdir()
    for name in ("ad_campaigns.yaml", "ads.csv"):
        shutil.copy(program.ROOT / "config" / name, config)
    (config / "stopped.yaml").write_text(STOPPED)
    make_grafana_role(database)
    database.query("CREATE TABLE squatted (ad_id text, n bigint); INSERT INTO squatted VALUES ('a', 1)")
    stream = Process([program.generator(), "--brokers", kafka.brokers, "--topic", "ad-events", "--partitions",
                      "4", "--stream", "ads", "--rate", "3000", "--late"], folder / "generator.log")
    wait_until(lambda: topics.partitions("ad-events"), 30, "the topic")
    daemon = Daemon(folder, config, {"KAFKA_BROKERS": kafka.brokers, "POSTGRES_DSN": database.dsn()})
    prometheus = None
    producer = Producer(kafka.brokers)
    garbage = Background(lambda: producer.send("ad-events", {"ad_id": "nobody's"}), every=0.2)
    try:
        garbage.start()
        daemon.start()
        wait_until(lambda: daemon.state(PIPELINE) == "running", 30, "the pipeline to run")
        prometheus = Prometheus(folder, daemon)
        daemon.wait_log("table_not_empty")
        wait_until(lambda: daemon.metrics().sum("tallymill_commits_total", outcome="acked", pipeline=PIPELINE) >= 2,
                   30, "two batches")
        seen = prometheus.scrapes()
        wait_until(lambda: prometheus.scrapes() >= seen + 4, 30, "Prometheus to see them", every=0.3)
        with psycopg.connect(database.dsn("grafana"), password=PASSWORD, autocommit=True) as grafana:
            yield Scene(daemon, prometheus, grafana)
    finally:
        garbage.stopping.set()
        for process in (stream, prometheus and prometheus.process, daemon.process):
            if process:
                process.stop()
        topics.delete("ad-events")
        database.drop_role("grafana")
        database.drop()


def test_there_are_two_dashboards_one_on_each_source():
    asked = {name: {target["datasource"]["uid"] for _, target in targets(board)} for name, board in BOARDS.items()}
    assert asked == {"operations": {"prometheus"}, "ads": {"postgres"}}
    provisioned = {source["uid"]: source["type"] for path in (GRAFANA / "provisioning/datasources").glob("*.yml")
                   for source in yaml.safe_load(path.read_text())["datasources"]}
    assert {source["uid"]: source["type"] for board in BOARDS.values() for _, target in targets(board)
            for source in [target["datasource"]]} == provisioned


def test_panels_do_not_overlap_and_have_names_and_descriptions():
    for name, board in BOARDS.items():
        ids = [panel["id"] for panel in board["panels"]]
        assert len(set(ids)) == len(ids), name
        taken = set()
        for panel in board["panels"]:
            place = panel["gridPos"]
            cells = {(x, y) for x in range(place["x"], place["x"] + place["w"])
                     for y in range(place["y"], place["y"] + place["h"])}
            assert not cells & taken and max(x for x, _ in cells) < 24, panel["title"]
            taken |= cells
            assert panel["title"] and (panel["type"] == "row" or panel["description"])


def test_no_panel_on_prometheus_comes_back_empty(scene):
    asked = targets(BOARDS["operations"])
    assert len(asked) >= 30
    assert [(title, target["expr"]) for title, target in asked if not scene.samples(target["expr"])] == []


def test_no_panel_on_postgres_comes_back_empty(scene):
    asked = targets(BOARDS["ads"])
    assert len(asked) >= 9
    assert [title for title, target in asked if not scene.rows(target["rawSql"])] == []


def test_variables_offer_what_there_is(scene):
    of_metric = re.fullmatch(r"label_values\((\w+), pipeline\)", variable("operations", "pipeline")["query"])
    assert {one["metric"]["pipeline"] for one in scene.prometheus.ask(of_metric[1])} == {PIPELINE, "squatter"}
    assert len(scene.rows(variable("ads", "campaign")["query"])) >= 10


def test_every_metric_that_rules_and_dashboards_name_is_one_that_the_daemon_shows(scene):
    rules = [rule["expr"] for group in
             yaml.safe_load((program.ROOT / "deploy/prometheus/alerts.yml").read_text())["groups"]
             for rule in group["rules"]]
    texts = rules + [target["expr"] for _, target in targets(BOARDS["operations"])]
    used = {name for text in texts for name in re.findall(r"(?<![\w:])(?:tallymill|process)_\w+(?!\w*:)", text)}
    assert len(used) >= 20
    assert used - scene.daemon.metrics().names() == set()


def test_every_record_that_dashboards_and_alerts_ask_for_is_made_by_a_rule():
    rules = [rule for group in
             yaml.safe_load((program.ROOT / "deploy/prometheus/alerts.yml").read_text())["groups"]
             for rule in group["rules"]]
    made = {rule["record"] for rule in rules if "record" in rule}
    texts = [rule["expr"] for rule in rules] + [target["expr"] for _, target in targets(BOARDS["operations"])]
    asked = {name for text in texts for name in re.findall(r"\b\w+:tallymill_\w+:\w+", text)}
    assert asked == made


def test_the_alert_of_the_stopped_pipeline_fires_and_the_counting_one_has_none(scene):
    firing = scene.prometheus.ask('ALERTS{alertstate="firing"}')
    assert {(one["metric"]["alertname"], one["metric"].get("pipeline")) for one in firing} == \
        {("TallymillPipelineStopped", "squatter")}
    nothing_lost = scene.prometheus.ask(f'tallymill_gaps_total{{pipeline="{PIPELINE}"}}')
    assert [sample["value"][1] for sample in nothing_lost] == ["0"]


def test_a_number_on_the_dashboard_leads_back_to_its_offsets(scene):
    """By the sequence to the ledger's row, whose id the status shows for the last batch."""
    status = scene.daemon.status(PIPELINE)
    by_id = "SELECT sequence, ranges FROM tallymill.batch WHERE pipeline = %s AND id = %s"
    with psycopg.connect(scene.daemon.env["POSTGRES_DSN"]) as reader:
        (sequence, ranges), = reader.execute(by_id, (PIPELINE, status["last_batch_id"])).fetchall()
        assert sequence == status["last_batch"] and ranges
        shown = int(scene.samples(f'max by (pipeline) (tallymill_last_batch{{pipeline="{PIPELINE}"}})')[0])
        assert reader.execute("SELECT count(*) FROM tallymill.batch WHERE pipeline = %s AND sequence = %s",
                              (PIPELINE, shown)).fetchone()[0] == 1


@pytest.mark.parametrize("statement, why", [
    ("UPDATE campaign_stats SET clicks = 0", "read-only transaction"),
    ("SELECT * FROM tallymill.dead_letter", "permission denied"),
    ("SET default_transaction_read_only = off; DELETE FROM campaign_stats", "permission denied")])
def test_whoever_looks_at_dashboards_can_neither_write_nor_read_dead_letters(scene, statement, why):
    with pytest.raises(psycopg.Error, match=why):
        for one in statement.split("; "):
            scene.grafana.execute(one)
