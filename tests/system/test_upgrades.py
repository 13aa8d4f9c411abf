"""Versions: what is released is written down, and a program does not touch what a newer one made."""

import re

from rig import config, program

VERSION = re.search(r"project\(tallymill VERSION ([\d.]+)", (program.ROOT / "CMakeLists.txt").read_text())[1]
SCHEMA = int(re.search(r"int schema_version = (\d+);",
                       (program.ROOT / "src/sink/postgres/service_schema.h").read_text())[1])


def test_an_older_program_refuses_a_newer_schema_and_changes_nothing(producer, topic, make_daemon, database, oracle):
    daemon = make_daemon(config.counts(topic)).start().wait_ready()
    producer.send(topic, *[{"key": "a", "amount": 1}] * 100)
    producer.flush()
    oracle.wait_settled()
    assert daemon.stop() == 0
    database.query("UPDATE tallymill.schema_version SET version = version + 1")
    producer.send(topic, *[{"key": "a", "amount": 1}] * 100)
    producer.flush()

    def stored():
        return [database.query(f"SELECT * FROM {table}") for table in
                ("counts", "tallymill.checkpoint", "tallymill.batch", "tallymill.schema_version")]
    before = stored()
    daemon.start()
    status = daemon.wait_state("stopped")
    assert f"has version {SCHEMA + 1}, and this tallymill works with version {SCHEMA}; run the newer tallymill" \
        in status["detail"]
    assert daemon.get("/readyz")[0] == 503
    assert daemon.metrics().sum("tallymill_pipeline_stopped", code="schema_version") == 1
    assert stored() == before


def test_a_command_that_finds_an_older_schema_says_so_and_what_to_run(producer, topic, make_daemon, database, oracle):
    daemon = make_daemon(config.counts(topic))
    daemon.start().wait_ready()
    producer.send(topic, *[{"key": "a", "amount": 1}] * 100)
    producer.flush()
    oracle.wait_settled()
    assert daemon.stop() == 0
    # As version 3 left them.
    database.query("ALTER TABLE tallymill.pipeline DROP COLUMN started; UPDATE tallymill.schema_version SET version = 3")
    for command, *arguments in (["resume", "counts", "--accept-gap"], ["resume", "counts", "--accept-topic", "--dry-run"],
                                ["reset", "counts", "--truncate"], ["replay", "counts", "--aggregation", "counts"],
                                ["examine", "counts"]):
        told = daemon.command(command, daemon.config, *arguments)
        assert told.returncode == 1, told
        assert f"has version 3, and this tallymill works with version {SCHEMA}; have `tallymill migrate` run" \
            in told.stderr, told
    assert daemon.command("pause", daemon.config, "counts").returncode == 0
    assert daemon.command("resume", daemon.config, "counts").returncode == 0
    assert daemon.command("migrate", daemon.config).returncode == 0
    assert daemon.command("resume", daemon.config, "counts", "--accept-gap").returncode == 0
    oracle.check(least=100)


def test_this_version_is_in_the_changes_and_in_the_notes_on_upgrading():
    changes = (program.ROOT / "CHANGELOG.md").read_text()
    assert re.search(rf"^## {re.escape(VERSION)}[, ]", changes, re.MULTILINE)
    notes = (program.ROOT / "docs/upgrading.md").read_text()
    minor = VERSION.rpartition(".")[0]
    assert re.search(rf"^\| {re.escape(minor)} \| {SCHEMA} \|$", notes, re.MULTILINE)
    assert f"schema in Postgres is version {SCHEMA}" in changes
