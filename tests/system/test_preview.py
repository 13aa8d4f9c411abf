"""Preview: what records would come to, before anything is installed, and without touching anything."""

import os
import pathlib
import pty
import re
import subprocess

import pytest

from rig import config, program

ALL_KINDS = """
      all_kinds:
        group_by: [key]
        columns:
          n: count()
          big: count(amount > 5)
          total: sum(amount)
          mean: avg(amount)
          part: ratio(amount > 5)
          lowest: min(amount)
          real: sum(weight)
          real_mean: avg(weight)
          word: last(word)
          seen: max(_timestamp)
          per: total / n
          scaled: real * 2 / n
"""
WITHOUT = {name: value for name, value in os.environ.items()
           if name not in ("POSTGRES_DSN", "HTTP_PORT", "NO_COLOR")}


def preview(*arguments, stdin: str | bytes | None = None, env=None, folder=None):
    text = not isinstance(stdin, bytes)
    return subprocess.run([program.daemon(), "preview", *map(str, arguments)], input=stdin, text=text,
                          capture_output=True, timeout=120, cwd=folder, env={**WITHOUT, **(env or {})})


def table(output: str, name: str) -> list[dict]:
    """Returns the rows that are shown of an aggregation, cells as text."""
    block = output.partition(f"\n{name}: ")[2].partition("\n\n")[0].splitlines()[1:]
    if not block:
        return []
    # Columns are two spaces apart; a title lies over its cells.
    rows = [re.split(r" {2,}", line.strip()) for line in block if not line.startswith("  ...")]
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def summary(output: str) -> str:
    return output.splitlines()[1].strip()


@pytest.fixture
def settings(topic, tmp_path):
    path = tmp_path / "counts.yaml"
    path.write_text(config.counts(topic))
    return path


def test_the_last_records_are_shown_as_the_daemon_would_write_them(
        topic, topics, producer, kafka, make_daemon, database):
    text = config.counts(topic, source="fields: {weight: double?, word: string?}") \
        .replace("      fields: {key: string, amount: int}\n", "") \
        .replace("fields: {weight: double?, word: string?}",
                 "fields: {key: string, amount: int, weight: double?, word: string?}") + ALL_KINDS
    daemon = make_daemon(text)
    producer.send(topic, *[{"key": f"k{i % 7}", "amount": i % 11, "weight": i * 0.1, "word": f"w {i}"}
                           for i in range(500)])
    producer.send(topic, {"key": "empty", "amount": 0})
    for bad in (b"{", b'{"key": 1, "amount": 1}', None):
        producer.raw(topic, bad)
    producer.flush()
    done = preview(daemon.config, "--limit", 100, env={"KAFKA_BROKERS": kafka.brokers})
    assert done.returncode == 0 and done.stderr == "", done
    assert summary(done.stdout).startswith("501 used, 1 skipped, 2 rejected")
    assert re.search(r"^2 dead letters: bad_json 1, wrong_type 1$", done.stdout, re.MULTILINE)
    assert re.search(rf"^  {topic}/\d offset \d+ +\(all\) +bad_json +the document", done.stdout, re.MULTILINE)
    assert re.search(r" in \d+\.\d\d s, \d+ a second$", done.stdout.splitlines()[0])
    # Nothing was made, and nobody's progress is known.
    assert not database.value("SELECT count(*) FROM pg_class WHERE relname IN ('counts', 'pipeline')")

    assert daemon.start("--drain").process.wait(60) == 0
    columns = list(table(done.stdout, "all_kinds")[0])
    stored = database.query("SELECT " + ", ".join(
        f"to_char({name} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS')" if name == "seen" else f"{name}::text"
        for name in columns) + ' FROM all_kinds ORDER BY key COLLATE "C"')
    shown = [[re.sub(r"(\.\d+)?Z$", "", cell) if name == "seen" else cell for name, cell in row.items()]
             for row in table(done.stdout, "all_kinds")]
    assert shown == [["null" if cell is None else cell for cell in row] for row in stored]
    assert [int(row["n"]) for row in table(done.stdout, "counts")] == \
        [int(n) for (n,) in database.query('SELECT n FROM counts ORDER BY key COLLATE "C"')]


def test_so_many_of_the_last_records_are_read_as_are_asked_for(topic, producer, kafka, settings):
    for partition in range(2):
        for i in range(50):
            producer.raw(topic, b'{"key": "%d", "amount": %d}' % (partition, i), partition=partition)
    producer.flush()
    done = preview(settings, "--last", 10, env={"KAFKA_BROKERS": kafka.brokers})
    rows = table(done.stdout, "counts")
    assert [(row["key"], row["n"], row["biggest"]) for row in rows] == [("0", "5", "49"), ("1", "5", "49")]
    # Again, because nobody keeps how far it was read.
    assert preview(settings, "--last", 10, env={"KAFKA_BROKERS": kafka.brokers}).stdout.splitlines()[1:] == \
        done.stdout.splitlines()[1:]


def test_a_topic_that_is_not_there_and_brokers_that_do_not_answer_are_errors(settings, kafka, tmp_path):
    missing = tmp_path / "missing.yaml"
    missing.write_text(config.counts("no-such-topic"))
    done = preview(missing, env={"KAFKA_BROKERS": kafka.brokers})
    assert done.returncode == 1 and "no-such-topic" in done.stderr and done.stdout == "", done
    done = preview(settings, env={"KAFKA_BROKERS": "127.0.0.1:1"})
    assert done.returncode == 1 and "127.0.0.1:1" in done.stderr, done


def test_a_file_needs_neither_kafka_nor_postgres_nor_their_variables(settings, tmp_path):
    events = tmp_path / "events.ndjson"
    events.write_text('{"key": "a", "amount": 1}\n\n{"key": "a", "amount": 2}\r\n{"key": "b"}\n{"key"')
    done = preview(settings, "--input", events)
    assert done.returncode == 0 and done.stderr == "", done
    assert table(done.stdout, "counts") == [{"key": "a", "n": "2", "total": "3", "biggest": "2", "latest": "2"}]
    assert f"{events}:4  (all)        missing_field" in done.stdout
    assert f"{events}:5  (all)        bad_json" in done.stdout
    again = preview(settings, "--input", "-", stdin=events.read_text())
    assert again.stdout.splitlines()[1:4] == done.stdout.splitlines()[1:4]
    assert "standard input:5" in again.stdout


def test_a_configuration_without_connections_is_enough_for_a_file(tmp_path):
    alone = tmp_path / "alone.yaml"
    alone.write_text("pipelines: {p: {source: {topics: [t]}, aggregations: {a: {columns: {n: count()}}}}}\n")
    done = preview(alone, "--input", "-", stdin="{}\n{}\n")
    assert done.returncode == 0 and table(done.stdout, "a") == [{"n": "2"}], done
    done = preview(alone)
    assert done.returncode == 78 and "kafka" in done.stderr and "postgres" not in done.stderr, done


def test_what_is_no_text_no_event_or_nothing_at_all_is_told(settings, tmp_path):
    done = preview(settings, "--input", "-", stdin=b"\xff\xfe\n\x00\n")
    assert done.returncode == 0 and b"bad_utf8 1" in done.stdout and b"bad_json 1" in done.stdout, done
    done = preview(settings, "--input", "-", stdin="")
    assert done.returncode == 0 and "standard input: no records" in done.stderr, done
    done = preview(settings, "--input", "-", stdin='[\n  {"key": "a"},\n  {"key": "b"}\n]\n')
    assert "jq -c" in done.stdout
    assert preview(settings, "--input", tmp_path).returncode == 1
    assert preview(settings, "--input", tmp_path / "none").returncode == 1
    assert preview(settings, "--input", "").returncode == 2


def test_a_terminal_gets_no_orders_from_records(settings):
    done = preview(settings, "--input", "-", stdin='{"key": "\\u001b[31m", "amount": 1}\n')
    assert "\x1b" not in done.stdout and r"\x1B[31m" in done.stdout


def on_a_terminal(*arguments, **env) -> str:
    ours, theirs = pty.openpty()
    process = subprocess.Popen([program.daemon(), *map(str, arguments)], stdout=theirs,
                               env={**WITHOUT, "TERM": "xterm", **env})
    os.close(theirs)
    shown = b""
    try:
        while piece := os.read(ours, 65536):
            shown += piece
    except OSError:
        pass
    os.close(ours)
    assert process.wait(30) == 0
    return shown.decode()


def test_colour_is_for_terminals_that_want_it(settings, tmp_path):
    events = tmp_path / "events.ndjson"
    events.write_text('{"key": "a", "amount": 1}\n')
    words = ("preview", settings, "--input", events)
    assert "\x1b[1m" in on_a_terminal(*words)
    for env in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        assert "\x1b" not in on_a_terminal(*words, **env)
    assert "\x1b" not in preview(*words[1:]).stdout


def test_a_record_that_would_stop_the_pipeline_is_told_with_1(topic, tmp_path):
    path = tmp_path / "stops.yaml"
    path.write_text(config.counts(topic, pipeline="on_error: stop"))
    done = preview(path, "--input", "-", stdin='{"key": "a", "amount": 1}\nbad\n{"key": "a", "amount": 1}\n')
    assert done.returncode == 1, done
    assert "would stop (bad_json): standard input:2: " in done.stdout
    assert table(done.stdout, "counts")[0]["n"] == "1"


def test_a_pipeline_is_named_where_there_are_several(topic, tmp_path):
    both = tmp_path / "both.yaml"
    one = config.counts(topic, name="ads", table="ads")
    other = config.counts(topic, name="logs", table="logs")
    both.write_text(one + other.partition("pipelines:\n")[2])
    event = '{"key": "a", "amount": 1}\n'
    for words, hint in ([], "name one of ads, logs"), (["lgos"], "did you mean logs?"):
        done = preview(both, *words, "--input", "-", stdin=event)
        assert done.returncode == 2 and hint in done.stderr, done
    assert preview(both, "logs", "--input", "-", stdin=event).stdout.startswith("logs: 1 record ")


def test_a_lookup_that_is_missing_is_an_error_of_the_configuration(tmp_path):
    path = tmp_path / "ads.yaml"
    path.write_text((program.ROOT / "config/ad_campaigns.yaml").read_text())
    done = preview(path, "--input", "-", stdin="{}\n")
    assert done.returncode == 78 and "ads.csv" in done.stderr and "ads.yaml:" in done.stderr, done


def test_no_secret_is_shown(topic, tmp_path, kafka):
    path = tmp_path / "secret.yaml"
    path.write_text(config.counts(topic, kafka="options: {sasl.password: canary-1}") + "\n")
    env = {"KAFKA_BROKERS": "127.0.0.1:1", "POSTGRES_DSN": "host=db password=canary-2"}
    for done in (preview(path, env=env), preview(path, "--input", "-", stdin="{}\n", env=env),
                 preview(path, "nothing", "--input", "-", stdin="{}\n", env=env)):
        assert "canary" not in done.stdout + done.stderr


def test_memory_is_bounded_however_many_lines_there_are(settings):
    process = subprocess.Popen([program.daemon(), "preview", settings, "--input", "-"], env=WITHOUT,
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    lines = b"".join(b'{"key": "%d", "amount": 1, "more": "%s"}\n' % (i % 10, b"x" * 1000) for i in range(1000))
    bad = b"{\n" * 1000
    for _ in range(200):
        process.stdin.write(lines + bad)
    process.stdin.write(b"x" * (64 << 20))
    # All but what a pipe holds has been read. What wait4() says has the test's own memory in it.
    peak = re.search(r"VmHWM:\s+(\d+) kB", pathlib.Path(f"/proc/{process.pid}/status").read_text())[1]
    process.stdin.close()
    shown = process.stdout.read().decode()
    assert process.wait(60) == 0 and summary(shown) == "200000 used, 0 skipped, 200001 rejected", shown
    assert "200001 dead letters: bad_json 200000, too_large 1" in shown
    assert int(peak) < 150 << 10, f"{peak} KiB"
