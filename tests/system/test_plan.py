"""What `plan` says of the next start is what the next start does, and nothing else."""

import pytest

from rig import config, program
from rig.background import Traffic
from rig.growth import MORE, check_more
from rig.oracle import wait_progress
from rig.plans import catalog, columns_of, count_and_stop, items, notes, plan, send, statements, stored
from rig.terminals import Terminal

OTHERS = """
      others:
        group_by: [key]
        columns: {n: count(), top: max(amount)}
"""


def test_a_new_database_gets_what_the_plan_says(topic, make_daemon, database):
    daemon = make_daemon(config.counts(topic))
    found = plan(daemon, database, 3)
    assert items(found) == [("add", "schema tallymill with the daemon's own tables, version 4", ""),
                            ("add", "table public.counts", "")]
    before = catalog(database)
    daemon.start().wait_ready()
    made = {table for _, table, _ in columns_of(catalog(database) - before)}
    assert all(f'"{table}"' in statements(found) or f'.{table} ' in statements(found) for table in made)
    assert "counts" in made and "checkpoint" in made
    daemon.stop()
    assert items(plan(daemon, database, 0)) == []


def test_what_is_added_counts_from_the_next_batch_on_and_a_replay_makes_it_whole(
        topic, producer, make_daemon, database, oracle):
    daemon = count_and_stop(make_daemon, topic, producer, oracle)
    batches = database.value("SELECT batch_sequence FROM tallymill.pipeline")
    daemon.config.write_text(config.counts(topic, columns=MORE) + OTHERS.strip("\n") + "\n")
    found = plan(daemon, database, 3)
    assert items(found) == [("add", "table public.counts counts more", ""), ("add", "table public.others", "")]
    assert notes(found).count(f"counts from batch {batches + 1} on") == 2
    before = catalog(database)
    daemon.start().wait_ready()
    gained = columns_of(catalog(database) - before)
    assert catalog(database) >= before
    assert gained == {("public", "counts", "more"), *(("public", "others", name) for name in ("key", "n", "top"))}
    assert "the configuration counts more from this batch on" in daemon.log()
    send(producer, topic, 30)
    oracle.wait_settled()
    assert database.query("SELECT n, more FROM counts") == [(50, 19)]
    assert database.query("SELECT n, top FROM others") == [(30, 29)]
    for aggregation in ("counts", "others"):
        said = f"tallymill replay {daemon.config} counts --aggregation {aggregation}"
        assert f"what was counted before, too: {said}" in notes(found)
        done = daemon.command(*said.split()[1:], timeout=120)
        assert done.returncode == 0, done
    assert database.query("SELECT n, more FROM counts") == [(50, 28)]
    assert database.query("SELECT n, top FROM others") == [(50, 29)]
    send(producer, topic, 1)
    oracle.check(least=51)
    assert database.query("SELECT n FROM others") == [(51,)]
    assert daemon.stop() == 0
    assert items(plan(daemon, database, 0)) == []


@pytest.mark.parametrize("end", ["stopped", "killed"])
def test_an_instance_that_counts_more_waits_for_the_one_that_does_not_and_then_is_exact(
        end, kafka, topic, make_daemon, database, oracle):
    old = make_daemon(config.counts(topic, head="instance: one")).start().wait_ready()
    with Traffic(kafka.brokers, topic, per_second=1_000):
        wait_progress(oracle)
        new = make_daemon(config.counts(topic, head="instance: two", columns=MORE)).start()
        assert "instance one holds it" in new.command("plan", new.config).stdout
        new.wait_state("standby")
        before = catalog(database)
        wait_progress(oracle)
        assert old.state() == "running" and catalog(database) == before
        if end == "stopped":
            assert old.stop() == 0
        else:
            old.kill9()
        new.wait_state("running")
        wait_progress(oracle)
        assert columns_of(catalog(database) - before) == {("public", "counts", "more")}
    check_more(database, oracle.check(least=100))


def test_what_counts_otherwise_is_refused_as_the_plan_says(topic, producer, make_daemon, database, oracle):
    daemon = count_and_stop(make_daemon, topic, producer, oracle)
    text = config.counts(topic)
    for changed in (text.replace("max(amount)", "min(amount)"), text.replace("          latest: last(amount)\n", ""),
                    text.replace("group_by: [key]", "where: amount > 3\n        group_by: [key]"),
                    text.replace("group_by: [key]", "window: 10s\n        group_by: [key]"),
                    text.replace("      counts:\n        group_by", "      tallies:\n        group_by")):
        assert changed != text
        daemon.config.write_text(changed)
        found = plan(daemon, database, 4)
        assert [(do, code) for do, _, code in items(found)] == [("refuse", "config_changed")]
        assert any("tallymill reset" in note for note in notes(found))
        assert any("tallymill replay" in note for note in notes(found))
        before = catalog(database), stored(database)
        assert daemon.start().process.wait(30) == 78
        assert (catalog(database), [rows for rows in stored(database) if "instance" not in rows[0]]) == \
            (before[0], [rows for rows in before[1] if "instance" not in rows[0]])


def test_a_schema_of_an_older_version_is_brought_up_to_date(topic, producer, make_daemon, database, oracle):
    daemon = count_and_stop(make_daemon, topic, producer, oracle)
    database.query("DROP TABLE tallymill.instance; ALTER TABLE tallymill.pipeline DROP COLUMN spec, DROP COLUMN "
                   "revisions; UPDATE tallymill.schema_version SET version = 2")
    assert items(plan(daemon, database, 3)) == [("change", "the daemon's own tables, from version 2 to 4", "")]
    before = catalog(database)
    daemon.start().wait_ready()
    assert {table for _, table, _ in columns_of(catalog(database) - before)} == {"pipeline", "instance"}
    assert columns_of(before) < columns_of(catalog(database))


def test_tables_that_were_touched_are_found_by_the_plan(topic, producer, make_daemon, database, oracle):
    daemon = count_and_stop(make_daemon, topic, producer, oracle)
    for change, back, code in [("RENAME TO elsewhere", "ALTER TABLE elsewhere RENAME TO counts", "table_renamed"),
                               ("ALTER COLUMN total TYPE numeric(10, 2)",
                                "ALTER TABLE counts ALTER COLUMN total TYPE numeric", "table_differs")]:
        database.query(f"ALTER TABLE counts {change}")
        found = plan(daemon, database, 4)
        assert [(do, code) for do, _, code in items(found)] == [("refuse", code)]
        before = catalog(database)
        detail = daemon.start().wait_state("stopped")["detail"]
        what = next(item["what"] for part in found["parts"] for item in part["items"])
        assert what in detail
        assert catalog(database) == before
        daemon.kill9()
        database.query(back)


def on_a_terminal(daemon, **env) -> str:
    terminal = Terminal([program.daemon(), "plan", daemon.config], **{**daemon.env, **env})
    assert terminal.finish() == 3
    terminal.close()
    return terminal.text


def test_colour_is_for_terminals_that_want_it(topic, make_daemon, database):
    daemon = make_daemon(config.counts(topic))
    assert "\x1b[32m+\x1b[0m table public.counts" in on_a_terminal(daemon, NO_COLOR="")
    assert "\x1b" not in on_a_terminal(daemon, NO_COLOR="1")
    piped = daemon.command("plan", daemon.config)
    assert piped.returncode == 3 and "\x1b" not in piped.stdout
    assert piped.stdout.endswith("2 to add, 0 to change, 0 refused. The next start does it.\n")


@pytest.mark.parametrize("words", [(), ("--json",)], ids=str)
def test_without_a_database_a_plan_fails_and_says_so(topic, make_daemon, words):
    daemon = make_daemon(config.counts(topic), dsn="host=127.0.0.1 port=1 dbname=none")
    done = daemon.command("plan", *words, daemon.config)
    assert done.returncode == 1 and done.stdout == "" and "127.0.0.1" in done.stderr
