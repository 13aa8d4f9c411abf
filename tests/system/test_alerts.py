"""Each alert fires when it must and only then, and leads whoever it wakes to what to do."""

import re
import subprocess

import pytest
import yaml

from rig import program
from rig.pages import PAGES

DEPLOY = program.ROOT / "deploy/prometheus"
CASES = program.ROOT / "tests/alerts"
RULES = [rule for group in yaml.safe_load((DEPLOY / "alerts.yml").read_text())["groups"]
         for rule in group["rules"] if "alert" in rule]
ALERTS = [rule["alert"] for rule in RULES]
RUNBOOK = next(page for page in PAGES if page.name == "docs/runbook.md")


def promtool(*arguments) -> subprocess.CompletedProcess:
    return subprocess.run(["promtool", *map(str, arguments)], capture_output=True, text=True)


@pytest.mark.parametrize("kind, file", [("config", "prometheus.yml"), ("rules", "alerts.yml")])
def test_promtool_accepts_what_prometheus_is_given(kind, file):
    done = promtool("check", kind, DEPLOY / file)
    assert done.returncode == 0, done.stdout + done.stderr


def test_alerts_fire_and_are_silent_as_their_cases_say():
    done = promtool("test", "rules", *sorted(CASES.glob("*.yml")))
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("SUCCESS") == len(ALERTS) >= 9


@pytest.mark.parametrize("alert", ALERTS)
def test_each_alert_has_cases_in_which_it_fires_and_whole_cases_in_which_it_does_not(alert):
    tests = yaml.safe_load((CASES / f"{alert}.yml").read_text())["tests"]
    answers = [[bool(one["exp_alerts"]) for one in test["alert_rule_test"] if one["alertname"] == alert]
               for test in tests]
    assert any(any(one) for one in answers), "it never fires"
    assert any(one and not any(one) for one in answers), "it is never silent throughout"


def test_each_alert_has_a_severity_a_summary_and_its_own_part_of_the_runbook():
    assert len(set(ALERTS)) == len(ALERTS)
    for rule in RULES:
        assert rule["labels"]["severity"] in ("page", "warn")
        assert rule["annotations"]["summary"]
        path, _, anchor = rule["annotations"]["runbook"].partition("#")
        assert path == RUNBOOK.name and anchor == rule["alert"].lower()


def test_the_runbook_says_of_each_alert_what_it_means_where_to_look_and_what_to_do():
    parts = dict(re.findall(r"^## (\w+)$\n(.*?)(?=^## |\Z)", RUNBOOK.text, re.MULTILINE | re.DOTALL))
    assert parts.keys() == set(ALERTS)
    for alert, text in parts.items():
        for word in ("What it means.", "Look.", "Do."):
            assert f"**{word}**" in text, f"{alert}: {word}"
