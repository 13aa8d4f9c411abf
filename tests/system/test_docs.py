"""What README and docs say is so: links lead somewhere, examples work, what they name is there."""

import functools
import re
import shutil
import subprocess

import pytest
import yaml

from rig import cookbook, program
from rig.pages import PAGES

HEAD = {"kafka": {"brokers": "localhost:9092"}, "postgres": {"dsn": "host=db"}}
PIPELINE = {"source": {"topics": ["events"]},
            "aggregations": {"totals": {"columns": {"events": "count()"}}}}


def blocks(language: str) -> list:
    return [block for page in PAGES for block in page.blocks() if block.language == language]


def test_links_lead_to_files_and_headings_that_exist():
    by_path = {page.path: page for page in PAGES}
    links = [(page, link) for page in PAGES for link in page.links()]
    assert len(links) >= 10
    broken = []
    for page, link in links:
        target, _, anchor = link.partition("#")
        path = (page.path.parent / target).resolve() if target else page.path
        if not path.exists() or anchor and anchor not in by_path[path].anchors():
            broken.append(f"{page.name}: {link}")
    assert broken == []


def test_every_page_is_reached_from_the_index():
    by_path = {page.path: page for page in PAGES}
    reached, left = set(), [program.ROOT / "docs/README.md"]
    while left:
        path = left.pop()
        if path in reached or path not in by_path:
            continue
        reached.add(path)
        left += [(path.parent / link.partition("#")[0]).resolve() for link in by_path[path].links()]
    assert [page.name for page in PAGES if page.path not in reached and page.name != "README.md"] == []


def test_files_and_folders_that_are_named_exist():
    named = [(page.name, path) for page in PAGES for path in page.paths()]
    assert len(named) >= 20
    assert [(page, path) for page, path in named if not list(program.ROOT.glob(path.rstrip("/")))] == []


def copy_lookups(folder):
    for pattern in ("*.csv", "*.ndjson"):
        for path in (program.ROOT / "config").rglob(pattern):
            shutil.copy(path, folder)


def holds_cases(block) -> bool:
    return re.search(r"^cases:", block.text, re.MULTILINE) is not None


@pytest.mark.parametrize("block", [block for block in blocks("yaml") if holds_cases(block)], ids=str)
def test_cases_that_are_shown_pass_on_the_shipped_configuration(block, tmp_path):
    for name in ("ad_campaigns.yaml", "ads.csv"):
        shutil.copy(program.ROOT / "config" / name, tmp_path)
    (tmp_path / "ad_campaigns.test.yaml").write_text(block.text)
    done = subprocess.run([program.daemon(), "test", tmp_path], capture_output=True, text=True, env={})
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("block", [block for block in blocks("yaml") if not holds_cases(block)], ids=str)
def test_a_configuration_passes_the_check(block, tmp_path):
    """A page may leave out the connections, or show nothing but daemon-wide settings."""
    shown = re.findall(r"^(\w+):", block.text, re.MULTILINE)
    rest = {key: value for key, value in {**HEAD, "pipelines": {"events": PIPELINE}}.items()
            if key not in shown}
    (tmp_path / "shown.yaml").write_text(block.text)
    if rest:
        (tmp_path / "rest.yaml").write_text(yaml.safe_dump(rest))
    copy_lookups(tmp_path)
    done = subprocess.run([program.daemon(), "check", tmp_path], capture_output=True, text=True,
                          env={"POSTGRES_DSN": "host=db"})
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_preview_that_is_shown_is_what_the_command_shows(tmp_path):
    page = next(page for page in PAGES if page.name == "docs/trying.md")
    events = next(block for block in page.blocks() if block.language == "json")
    (tmp_path / "events.ndjson").write_text(events.text)
    done = subprocess.run([program.daemon(), "preview", program.ROOT / "config/log_error_rates.yaml",
                           "--input", "events.ndjson"], capture_output=True, text=True, cwd=tmp_path, env={})

    def without_speed(text):
        return re.sub(r"in [\d.]+ s, \d+ a second", "in no time", text)
    assert without_speed(done.stdout) in [without_speed(block.text) for block in page.blocks()], done


def test_a_starter_that_is_shown_is_what_the_command_prints(tmp_path):
    page = next(page for page in PAGES if page.name == "docs/trying.md")
    (tmp_path / "events.ndjson").write_text(next(block for block in page.blocks() if block.language == "json").text)
    done = subprocess.run([program.daemon(), "init", "--input", "events.ndjson"], capture_output=True, text=True,
                          cwd=tmp_path, env={})
    assert done.stdout in [block.text for block in page.blocks()], done


def test_there_are_configurations_and_cases_to_check():
    assert len(blocks("yaml")) >= 4
    assert any(holds_cases(block) for block in blocks("yaml"))


@functools.cache
def help_of(name: str, chosen: str) -> str:
    """Returns what a program says that it takes, with the word that chooses what the daemon's does."""
    path = program.daemon() if name == "tallymill" else program.ROOT / name
    asked = [[path, "--help"]] + ([[path, chosen, "--help"]] if chosen else [])
    return "".join(subprocess.run(words, capture_output=True, text=True).stdout for words in asked)


def test_commands_that_are_shown_exist_and_take_what_they_are_given():
    commands = [(page.name, *command) for page in PAGES for command in page.commands()]
    assert len(commands) >= 10
    wrong = []
    for page, name, *words in commands:
        chosen = words[0] if words and re.fullmatch(r"[a-z][a-z-]*", words[0]) else ""
        text = help_of(name, chosen if name == "tallymill" else "")
        options = [word.partition("=")[0] for word in words if word.startswith("-")]
        wrong += [(page, name, word) for word in [chosen, *options]
                  if not re.search(rf"(?<![\w-]){word}(?![\w-])", text)]
    assert wrong == []


def test_statements_that_are_shown_run(make_daemon, topic, database):
    """Those about roles, which a server has for all its databases, run in the test of their page."""
    statements = [statement for block in blocks("sql") if block.page != "docs/security.md"
                  for statement in re.sub(r"--.*", "", block.text).split(";") if statement.strip()]
    assert len(statements) >= 15
    daemon = make_daemon("")
    for config in [program.ROOT / "config/ad_campaigns.yaml", *cookbook.RECIPES]:
        done = daemon.command("migrate", config)
        assert done.returncode == 0, done.stderr
    for statement in statements:
        database.query(statement)


def test_log_lines_that_are_explained_are_ones_that_the_daemon_writes():
    page = (program.ROOT / "docs/getting-started.md").read_text()
    lines = re.findall(r"^\| `([^`]+)` \|", page.partition("| Line |")[2], re.MULTILINE)
    assert len(lines) >= 5
    source = "".join(path.read_text() for path in (program.ROOT / "src").rglob("*.*"))
    assert [line for line in lines if f'"{line}"' not in source] == []


def test_metrics_that_are_asked_for_are_ones_that_the_daemon_has():
    reference = subprocess.run([program.daemon(), "docs", "metrics"], capture_output=True, text=True).stdout
    known = set(re.findall(r"^- `(\w+)`:", reference, re.MULTILINE))
    assert len(known) >= 25
    page = (program.ROOT / "docs/metrics.md").read_text()
    asked = {re.sub(r"_(bucket|sum|count)$", "", name)
             for name in re.findall(r"\b(?:tallymill|process)_\w+", page)}
    assert len(asked) >= 5 and asked <= known


def test_each_topic_prints_the_page_that_is_committed(tmp_path):
    listed = subprocess.run([program.daemon(), "docs"], capture_output=True, text=True).stdout
    topics = re.findall(r"^  ([a-z-]+) ", listed, re.MULTILINE)
    assert {"configuration", "errors", "exit-codes"} <= set(topics)
    written = subprocess.run([program.daemon(), "docs", "--write", tmp_path / "new"], capture_output=True, text=True)
    assert written.returncode == 0 and written.stdout == written.stderr == ""
    committed = program.ROOT / "docs/reference"
    assert {path.name: path.read_text() for path in (tmp_path / "new").iterdir()} == \
        {path.name: path.read_text() for path in committed.iterdir()}, "type: tallymill docs --write docs/reference"
    for topic in topics:
        page = subprocess.run([program.daemon(), "docs", topic], capture_output=True, text=True).stdout
        assert (committed / f"{topic}.md").read_text().endswith(page) and page


@pytest.mark.parametrize("name", ["data_lost", "tallymill_lag_seconds", "on_error", "startsWith", "dead_letter"])
def test_what_is_no_topic_is_looked_up(name):
    done = subprocess.run([program.daemon(), "docs", name], capture_output=True, text=True)
    assert done.returncode == 0 and f"`{name}`" in done.stdout


def test_what_is_nowhere_is_an_error_and_a_slip_of_a_topic_is_answered():
    done = subprocess.run([program.daemon(), "docs", "eror"], capture_output=True, text=True)
    assert done.returncode == 2 and done.stdout == "" and "errors" in done.stderr and done.stderr.count("\n") == 1


def test_pages_that_cannot_be_written_are_an_error(tmp_path):
    (tmp_path / "file").touch()
    done = subprocess.run([program.daemon(), "docs", "--write", tmp_path / "file"], capture_output=True, text=True)
    assert done.returncode == 1 and "cannot be written" in done.stderr
