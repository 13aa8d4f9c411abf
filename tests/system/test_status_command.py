"""`tallymill status`: once, again and again, for people and for scripts."""

import contextlib
import json
import os
import signal
import subprocess

import pytest

from process import wait_until
from rig import config, program
from rig.terminals import Terminal


@pytest.fixture
def counted(counting, producer, topic, oracle):
    """A daemon that has counted something and rejected something."""
    producer.send(topic, *[{"key": "a", "amount": 1}] * 10)
    producer.raw(topic, b"no event")
    producer.flush()
    oracle.wait_settled()
    return counting


def words(daemon, *more) -> list[str]:
    return [str(program.daemon()), "status", str(daemon.config), *more]


@contextlib.contextmanager
def watching(daemon, *more):
    """`status --watch` whose output goes into a file; hands out the process and what reads it."""
    path = daemon.folder / "watch.txt"
    with open(path, "w") as output:
        process = subprocess.Popen(words(daemon, "--watch", *more), stdout=output, stderr=subprocess.STDOUT,
                                   env={**os.environ, **daemon.env})
    try:
        yield process, path.read_text
    finally:
        process.kill()
        process.wait()


def interrupt(process) -> int:
    process.send_signal(signal.SIGINT)
    return process.wait(5)


@pytest.fixture
def on_terminal():
    """Runs `status` on terminals, none of which outlives the test."""
    terminals = []

    def start(daemon, *more, **settings) -> Terminal:
        terminals.append(Terminal(words(daemon, *more), **{**daemon.env, **settings}))
        return terminals[-1]

    yield start
    for terminal in terminals:
        terminal.close()


def test_a_pipe_gets_plain_tables_with_the_ids_of_the_last_batches(counted, database):
    done = counted.command("status", counted.config)
    assert done.returncode == 0 and "\x1b" not in done.stdout, done
    ids = [row[0] for row in database.query("SELECT id FROM tallymill.batch ORDER BY sequence DESC LIMIT 3")]
    assert ids and all(one in done.stdout for one in ids)
    first = done.stdout.splitlines()[1].split()
    assert first[:2] == ["counts", "running"] and first[-2:] == ["1", "0"]  # Dead letters, gaps.


def test_a_terminal_gets_colours_unless_it_wants_none(counted, on_terminal):
    terminal = on_terminal(counted)
    assert terminal.finish() == 0 and "\x1b[32mrunning\x1b[0m" in terminal.text
    for env in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        terminal = on_terminal(counted, **env)
        assert terminal.finish() == 0 and "running" in terminal.text and "\x1b" not in terminal.text


def test_json_is_one_document_that_agrees_with_postgres(counted, database, oracle):
    done = counted.command("status", counted.config, "--json")
    assert done.returncode == 0 and done.stdout.count("\n") == 1
    (pipeline,) = json.loads(done.stdout)["pipelines"]
    assert pipeline["state"] == "running" and pipeline["dead_letters"] == 1 and pipeline["gaps"] == 0
    assert {one["partition"]: one["next_offset"] for one in pipeline["partitions"]} == oracle.checkpoint()
    ledger = database.query("SELECT sequence, id, records_read, records_used, records_skipped, records_rejected, "
                            "rows_written FROM tallymill.batch ORDER BY sequence DESC LIMIT 3")
    keys = ("sequence", "id", "read", "used", "skipped", "rejected", "rows")
    assert [tuple(batch[key] for key in keys) for batch in pipeline["batches"]] == ledger
    assert pipeline["last_batch"] == ledger[0][0]


def test_a_pipeline_that_never_ran_is_listed_with_and_without_a_schema(topic, make_daemon, producer, oracle):
    daemon = make_daemon(config.counts(topic))
    done = daemon.command("status", daemon.config)
    assert done.returncode == 0 and done.stdout.splitlines()[1].split()[:3] == ["counts", "never", "ran"], done
    daemon.start().wait_ready()
    daemon.config.write_text(config.counts(topic, name="another", table="others"))
    both = json.loads(daemon.command("status", daemon.config, "--json").stdout)["pipelines"]
    assert [(one["name"], one["state"]) for one in both] == [("another", "never ran"), ("counts", "running")]


def test_watching_into_a_pipe_prints_one_block_after_another_until_it_is_interrupted(counted):
    with watching(counted) as (process, text):
        wait_until(lambda: text().count("PIPELINE  STATE") >= 2, 20, "two blocks")
        assert interrupt(process) == 0
        assert "\x1b" not in text()


def test_watching_on_a_terminal_draws_in_one_place(counted, on_terminal):
    terminal = on_terminal(counted, "--watch")
    wait_until(lambda: terminal.read().count("\x1b[H") >= 2, 20, "two drawings")
    assert terminal.finish(signal.SIGINT) == 0
    assert terminal.text.count("\x1b[2J") == 1 and terminal.text.count("counts") >= 2
    # It leaves the terminal as it was, whenever it ends.
    assert terminal.text.count("\x1b[?7l") == terminal.text.count("\x1b[?7h")


def test_a_low_terminal_is_told_how_much_it_does_not_show(counted, on_terminal):
    terminal = on_terminal(counted, "--watch", rows=5)
    wait_until(lambda: "more lines" in terminal.read(), 20, "the rest to be counted")
    assert terminal.finish(signal.SIGINT) == 0
    assert terminal.text.split("\x1b[H")[1].count("\n") == 4


def test_a_database_that_is_away_is_said_and_waited_for(counted, postgres, on_terminal):
    with watching(counted, "--json") as (process, text):
        def documents() -> list[dict]:
            return [json.loads(line) for line in text().splitlines(keepends=True) if line.endswith("\n")]
        wait_until(lambda: any("pipelines" in one for one in documents()), 20, "a document")
        terminal = on_terminal(counted, "--watch")
        wait_until(lambda: "running" in terminal.read(), 20, "a drawing")
        postgres.stop()
        try:
            wait_until(lambda: "error" in documents()[-1], 20, "the outage to be said")
            wait_until(lambda: "Postgres cannot be asked" in terminal.read(), 20, "the outage to be drawn")
        finally:
            postgres.start()
        assert "last seen at" in terminal.text
        wait_until(lambda: "pipelines" in documents()[-1], 20, "it to be seen again")
        assert interrupt(process) == 0 and terminal.finish(signal.SIGINT) == 0


def test_looking_once_at_a_database_that_is_away_fails(counted, make_daemon):
    elsewhere = make_daemon(counted.config.read_text(), dsn="host=127.0.0.1 port=1")
    for more in ([], ["--json"]):
        done = elsewhere.command("status", elsewhere.config, *more)
        assert done.returncode == 1 and done.stdout == "" and "Postgres" in done.stderr, done
