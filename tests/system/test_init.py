"""Init: a starter file, and what becomes of one that nobody has touched."""

import collections
import datetime
import decimal
import json
import os
import pathlib
import subprocess

import pytest
import yaml

from rig import program
from rig.log import read_log

WITHOUT = {name: value for name, value in os.environ.items()
           if name not in ("KAFKA_BROKERS", "POSTGRES_DSN", "HTTP_PORT")}


def tallymill(*arguments, stdin: str | None = None, folder=None, **env):
    return subprocess.run([program.daemon(), *map(str, arguments)], input=stdin, text=True, capture_output=True,
                          timeout=120, cwd=folder, env={**WITHOUT, **env})


def init(*arguments, **options):
    return tallymill("init", *arguments, **options)


def must_pass(text: str, folder: pathlib.Path, **env) -> dict:
    """The text, which passes the check as it is."""
    path = folder / "tallymill.yaml"
    path.write_text(text)
    path.chmod(0o600)
    done = tallymill("check", path, **env)
    assert done.returncode == 0 and done.stderr == "", done.stderr + text
    return yaml.safe_load(text)


@pytest.fixture
def generated(kafka, topics):
    """Has the generator make a topic of its events."""
    made = []

    def make(*options):
        made.append(topics.unique_name("generated"))
        subprocess.run([program.generator(), "--brokers", kafka.brokers, "--topic", made[-1], "--partitions", "2",
                        *options], check=True, capture_output=True, timeout=60)
        return made[-1]

    yield make
    for topic in made:
        topics.delete(topic)


def counted(records, keys, time_of, amount: str) -> dict:
    """Events and the sum of an amount per minute and key, of the records themselves."""
    rows = collections.defaultdict(lambda: [0, decimal.Decimal(0)])
    for record in records:
        event = record.event()
        minute = time_of(event).replace(second=0, microsecond=0)
        row = rows[(minute, *(event[key] for key in keys))]
        row[0] += 1
        row[1] += decimal.Decimal(event[amount])
    return {key: tuple(row) for key, row in rows.items()}


def drained(path: pathlib.Path, database, columns: str, table: str) -> dict:
    """Returns what the daemon writes when it runs on the file, as counted() does."""
    path.write_text(path.read_text() + "http: {enabled: false}\n")
    done = tallymill("run", "--drain", path, POSTGRES_DSN=database.dsn())
    assert done.returncode == 0, done.stderr
    return {row[:-2]: row[-2:] for row in database.query(f'SELECT window_start, {columns} FROM "{table}"')}


def test_a_starter_of_ad_events_counts_them_as_it_is(generated, kafka, database, tmp_path):
    topic = generated("--count", "3000", "--rate", "3000")
    path = tmp_path / "ads.yaml"
    done = init("--brokers", kafka.brokers, "--topic", topic, "--name", "ads", "--output", path)
    assert done.returncode == 0 and done.stderr == "" and str(path) in done.stdout, done
    text = path.read_text()
    pipeline = yaml.safe_load(text)["pipelines"]["ads"]
    assert pipeline["event_time"] == {"field": "event_time", "unit": "ms"}
    assert pipeline["source"]["topics"] == [topic]
    assert pipeline["source"]["fields"] == {"ad_type": "string", "event_type": "string", "cost": "decimal"}
    aggregation = pipeline["aggregations"]["ads_per_minute"]
    assert aggregation["group_by"] == ["event_type", "ad_type"]
    assert aggregation["columns"] == {"events": "count()", "total_cost": "sum(cost)"}
    assert "in all 1000 records, 3 values: click, purchase, view" in text
    assert "# ad_id: string  # in all 1000 records, more than 100 values" in text
    assert f"tallymill preview {path}" in text

    assert tallymill("check", "--connect", path, POSTGRES_DSN=database.dsn()).returncode == 0
    shown = tallymill("preview", path, "--last", "3000")
    assert shown.returncode == 0 and "3000 used, 0 skipped, 0 rejected" in shown.stdout, shown

    records, _ = read_log(kafka.brokers, topic)
    expected = counted(records, ("event_type", "ad_type"), lambda event: datetime.datetime.fromtimestamp(
        int(event["event_time"]) // 1000, datetime.UTC), "cost")
    assert len(records) == 3000
    assert drained(path, database, "event_type, ad_type, events, total_cost", "ads_per_minute") == expected


def test_a_starter_of_log_lines_counts_them_by_their_own_time(generated, kafka, database, tmp_path):
    topic = generated("--stream", "logs", "--count", "2000", "--rate", "2000")
    done = init("--brokers", kafka.brokers, "--topic", topic, "--last", "2000")
    assert done.returncode == 0 and done.stderr == "", done
    pipeline, = must_pass(done.stdout, tmp_path)["pipelines"].values()
    assert pipeline["event_time"] == {"field": "time"}
    (table, aggregation), = pipeline["aggregations"].items()
    assert aggregation["group_by"] == ["level", "service"]
    assert aggregation["columns"]["total_latency_ms"] == "sum(latency_ms)"
    expected = counted(read_log(kafka.brokers, topic)[0], ("level", "service"),
                       lambda event: datetime.datetime.fromisoformat(event["time"]), "latency_ms")
    columns = "level, service, events, total_latency_ms"
    assert drained(tmp_path / "tallymill.yaml", database, columns, table) == expected


def test_without_records_it_is_a_starter_for_any_topic(tmp_path):
    done = init()
    assert done.returncode == 0 and done.stderr == "", done
    must_pass(done.stdout, tmp_path)
    done = init("--brokers", "kafka-1:9092,kafka-2:9092", "--name", "orders")
    assert done.returncode == 0
    (tmp_path / "remote.yaml").write_text(done.stdout)
    checked = tallymill("check", tmp_path / "remote.yaml")
    assert checked.returncode == 0 and "unencrypted" in checked.stderr, checked
    said = yaml.safe_load(done.stdout)
    assert said["kafka"] == {"brokers": "kafka-1:9092,kafka-2:9092"} and list(said["pipelines"]) == ["orders"]


def test_a_file_of_samples_needs_no_kafka(tmp_path):
    lines = ('{"service": "web", "ms": 12, "time": "2026-01-31T12:00:03Z", "tags": ["a"]}\n'
             '\n'
             '{"service": "web", "ms": 40, "time": "2026-01-31T12:00:09Z"}\r\n'
             '{"service": "mail", "time": "2026-01-31T12:00:10Z"}\n'
             '{"service": "mail"')
    more = '\n{"service": "mail", "time": "2026-01-31T12:00:11Z"}\n'
    done = init("--input", "-", "--topic", "app-logs", stdin=lines + more)
    assert done.returncode == 0 and "passed over: bad_json 1" in done.stderr, done
    said = must_pass(done.stdout, tmp_path)
    assert said["pipelines"]["app_logs"]["source"] == {
        "topics": ["app-logs"], "start": "earliest", "fields": {"service": "string", "ms": "int?"}}
    assert "# Left out: tags: an array in 1 of 4 records" in done.stdout
    (tmp_path / "events.ndjson").write_text(lines)
    again = init("--input", tmp_path / "events.ndjson", "--output", "new.yaml", folder=tmp_path)
    assert again.returncode == 0, again
    shown = tallymill("preview", "new.yaml", "--input", "events.ndjson", folder=tmp_path)
    assert shown.returncode == 0 and "3 used, 0 skipped, 1 rejected" in shown.stdout, shown


def test_nothing_is_overwritten(tmp_path):
    (tmp_path / "file.yaml").write_text("mine\n")
    (tmp_path / "link.yaml").symlink_to(tmp_path / "nowhere")
    for name in ("file.yaml", "link.yaml"):
        done = init("--output", tmp_path / name)
        assert done.returncode == 1 and done.stdout == "" and "nothing is overwritten" in done.stderr, done
    assert (tmp_path / "file.yaml").read_text() == "mine\n" and not (tmp_path / "nowhere").exists()
    done = init("--output", tmp_path / "no/such/folder.yaml")
    assert done.returncode == 1 and "folder.yaml" in done.stderr, done


def test_what_cannot_be_read_is_said_and_nothing_is_written(topic, producer, kafka, tmp_path):
    path = tmp_path / "out.yaml"

    def fails(*arguments, code=1, **options) -> str:
        done = init(*arguments, "--output", path, **options)
        assert done.returncode == code and done.stdout == "" and not path.exists(), done
        return done.stderr

    assert "topic no-such-topic does not exist" in fails("--brokers", kafka.brokers, "--topic", "no-such-topic")
    assert f"topic {topic}: no records" in fails("--brokers", kafka.brokers, "--topic", topic)
    assert "127.0.0.1:1" in fails("--brokers", "127.0.0.1:1", "--topic", topic)
    assert "is no topic" in fails("--brokers", kafka.brokers, "--topic", "a b", code=2)
    assert "standard input: no records" in fails("--input", "-", stdin="")
    assert "bad_json 1, not_an_object 1" in fails("--input", "-", stdin="{\n[]\n")
    assert "none.ndjson" in fails("--input", tmp_path / "none.ndjson")
    assert "no-such.yaml" in fails("--like", tmp_path / "no-such.yaml", code=78)
    for _ in range(3):
        producer.raw(topic, None, key=b"a")
    producer.raw(topic, b"{")
    producer.flush()
    assert "bad_json 1, without a value 3" in fails("--brokers", kafka.brokers, "--topic", topic)


def test_names_and_values_of_any_kind_make_a_file_that_passes(tmp_path):
    names = ["a.b", "it's", 'say "x"', "a`b", "a b", "größe", "日本", "in", "null", "true", "no", "_topic",
             "window_start", "events", "ctid", "${HOME}", "# a", "a: b", "x" * 70, "x" * 200, "A", "a", "", "\n", "\u202e", "[0]"]
    events = "\n".join(json.dumps({name: f"{name} {i % 2}"[-60:] for name in names} |
                                  {"in ner": {name: i * 0.5 for name in names}}) for i in range(8))
    done = init("--input", "-", stdin=events)
    assert done.returncode == 0, done
    must_pass(done.stdout, tmp_path)
    shown = tallymill("preview", tmp_path / "tallymill.yaml", "--input", "-", stdin=events)
    assert shown.returncode == 0 and "8 used, 0 skipped, 0 rejected" in shown.stdout, shown


def test_memory_is_bounded_whatever_the_records_are():
    process = subprocess.Popen([program.daemon(), "init", "--input", "-"], env=WITHOUT, text=True,
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    for number in range(2000):
        process.stdin.write(json.dumps({f"{number} {i}": {f"{i}": "x" * 50} for i in range(200)}) + "\n")
    process.stdin.write("x" * (64 << 20) + "\n")
    peak = next(int(line.split()[1]) for line in pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines()
                if line.startswith("VmHWM:"))
    process.stdin.close()
    shown = process.stdout.read()
    assert process.wait(60) == 0 and "There were more fields" in shown
    assert peak < 150 << 10, f"{peak} KiB"
