"""Cases: they pass on the shipped configurations, and notice what is wrong."""

import os
import re
import shutil
import subprocess
import xml.etree.ElementTree

import pytest
import yaml

from rig import program

CONFIGS = program.ROOT / "config"
SHIPPED = [path for path in sorted(CONFIGS.rglob("*.yaml")) if not path.name.endswith(".test.yaml")]
WITHOUT = {name: value for name, value in os.environ.items()
           if name not in ("POSTGRES_DSN", "KAFKA_BROKERS", "HTTP_PORT")}

CONFIG = """
pipelines:
  p:
    source: {topics: [t], fields: {key: string, x: int}}
    lookups: {names: {file: names.csv, key: key, on_miss: stop}}
    aggregations:
      sums: {group_by: [key], columns: {n: count(), total: sum(x)}}
      named: {where: x > 1, group_by: ["names_name"], columns: {n: count()}}
    derive: {names_name: "lookup(names, key).name"}
"""
CASES = """
cases:
  sums are kept by key:
    events:
      - {value: {key: a, x: 1}}
      - {value: {key: a, x: 1}}
    rows:
      sums: [{key: a, n: 2, total: 2}]
"""


def run(*arguments, folder=None):
    return subprocess.run([program.daemon(), "test", *map(str, arguments)], capture_output=True, text=True,
                          env=WITHOUT, cwd=folder, timeout=60)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "p.yaml").write_text(CONFIG)
    (tmp_path / "names.csv").write_text("key,name\na,Anna\n")
    (tmp_path / "p.test.yaml").write_text(CASES)
    return tmp_path


def test_each_shipped_configuration_has_cases_that_pass():
    done = run(CONFIGS, CONFIGS / "cookbook")
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(SHIPPED) >= 8
    for path in SHIPPED:
        assert f"ok  {path.with_suffix('.test.yaml')}:" in done.stdout
    assert re.search(r"^\d+ cases: \d+ pass, 0 fail$", done.stdout, re.MULTILINE)


def columns_of(path) -> list:
    pipelines = yaml.safe_load(path.read_text())["pipelines"]
    return [(aggregation, name, expression) for pipeline in pipelines.values()
            for aggregation, spec in pipeline["aggregations"].items()
            for name, expression in spec["columns"].items()]


@pytest.mark.parametrize("config", SHIPPED, ids=lambda path: path.stem)
def test_the_cases_notice_each_column_that_counts_something_else(config, tmp_path):
    for lookup in (*config.parent.glob("*.csv"), *config.parent.glob("*.ndjson")):
        shutil.copy(lookup, tmp_path)
    shutil.copy(config.with_suffix(".test.yaml"), tmp_path)
    columns = columns_of(config)
    assert len(columns) >= 4
    for aggregation, name, expression in columns:
        lines = config.read_text().splitlines(keepends=True)
        begin = next(i for i, line in enumerate(lines) if line.strip().startswith(f"{aggregation}:"))
        at = next(i for i in range(begin, len(lines)) if lines[i].strip() == f"{name}: {expression}")
        lines[at] = lines[at].replace(expression, "last(_offset)")
        (tmp_path / config.name).write_text("".join(lines))
        done = run(tmp_path)
        assert done.returncode == 1, (aggregation, name, done.stdout + done.stderr)
        assert f"{name}: expected " in done.stdout


def test_a_case_that_fails_says_where_what_was_expected_and_what_came(folder):
    (folder / "p.test.yaml").write_text(CASES.replace("total: 2", "total: 3"))
    done = run("p.test.yaml", folder=folder)
    assert done.returncode == 1 and done.stderr == "", done
    assert done.stdout.splitlines() == [
        "FAIL  p.test.yaml:3: sums are kept by key",
        "    p.test.yaml:8: sums: the row of key a",
        "        total: expected 3, got 2",
        "1 case: 0 pass, 1 fail"]


def test_results_are_written_for_a_build_server(folder):
    (folder / "p.test.yaml").write_text(CASES + CASES.partition("cases:\n")[2].replace("sums are", "<&\"> are")
                                        .replace("total: 2", "total: 3"))
    assert run("p.test.yaml", "--junit", "out.xml", folder=folder).returncode == 1
    suites = xml.etree.ElementTree.parse(folder / "out.xml").getroot()
    assert suites.tag == "testsuites" and suites.get("tests") == "2" and suites.get("failures") == "1"
    good, bad = suites.iter("testcase")
    assert good.get("name") == "sums are kept by key" and not list(good)
    assert bad.get("name") == '<&"> are kept by key'
    assert "total: expected 3, got 2" in bad.find("failure").text
    assert run("p.test.yaml", "--junit", "none/out.xml", folder=folder).returncode == 1


def test_a_lookup_may_be_read_from_another_file_and_a_miss_may_stop(folder):
    (folder / "other.csv").write_text("key,name\na,Otto\n")
    (folder / "p.test.yaml").write_text("""
lookups: {names: other.csv}
cases:
  the other file's name is counted, and who has none stops the pipeline:
    events:
      - {value: {key: a, x: 2}}
      - {value: {key: b, x: 2}}
    rows: {named: [{names_name: Otto, n: 1}]}
    stops: {event: 2, reason: lookup_miss}
""")
    done = run("p.test.yaml", folder=folder)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("text, hint", [
    (CASES.replace("rows", "row"), "did you mean rows?"),
    (CASES.replace("sums: [", "sumz: ["), "did you mean sums?"),
    (CASES.replace("total: 2", "totl: 2"), "did you mean total?"),
    (CASES + "pipeline: q\n", "there is no pipeline q"),
    (CASES + "lookups: {name: x.csv}\n", "no lookup name"),
    (CASES + "lookups: {names: x.csv}\n", "x.csv"),
    (CASES + "config: none.yaml\n", "none.yaml"),
    ("cases: {}\n", "no case"),
    ("", "empty"),
], ids=str)
def test_a_file_that_is_wrong_is_told_with_78_and_its_place(folder, text, hint):
    (folder / "p.test.yaml").write_text(text)
    done = run("p.test.yaml", folder=folder)
    assert done.returncode == 78 and hint in done.stderr, done
    assert re.search(r"^[\w./-]+:(\d+:\d+:)? error: ", done.stderr, re.MULTILINE), done.stderr


def test_what_is_wrong_with_one_file_keeps_no_other_from_running(folder):
    (folder / "q.test.yaml").write_text("cases: {}\n")
    done = run(folder)
    assert done.returncode == 78 and "1 case: 1 pass, 0 fail" in done.stdout
    assert run(folder / "nothing").returncode == 78
    assert run().returncode == 2
