"""An aggregation rebuilt from the topic while the daemon goes on, exact whenever it is interrupted."""

import datetime
import os
import subprocess
import time

from process import wait_until
from rig import config
from rig import program
from rig.background import Traffic
from rig.oracle import wait_progress
from rig.producing import Producer

WINDOWED = """
    pipelines:
      windows:
        source:
          topics: [{topic}]
          start: earliest
          fields: {{key: string, at: {{type: timestamp, unit: ms}}}}
        event_time: {{field: at, unit: ms}}
        max_future: 1m
        interval: 100ms
        aggregations:
          windows:
            window: 10s
            group_by: [key]
            columns: {{n: count()}}
"""


def replay(daemon, pipeline, *arguments, code=0):
    done = daemon.command("replay", daemon.config, pipeline, "--aggregation", pipeline, *arguments,
                          timeout=120)
    assert done.returncode == code, done
    return done.stdout + done.stderr


def nothing_left(database, table):
    assert not database.table_exists(f"{table}_replay")
    for rows in ("pipeline", "checkpoint", "aggregation", "batch", "dead_letter", "instance"):
        assert not database.query(f"SELECT 1 FROM tallymill.{rows} WHERE pipeline LIKE '%replay%'"), rows


def test_a_spoilt_table_is_rebuilt_under_load_though_the_replay_is_killed(
        kafka, topic, producer, make_daemon, database, oracle):
    daemon = make_daemon(config.counts(topic)).start().wait_ready()
    with Traffic(kafka.brokers, topic, per_second=2_000):
        producer.raw(topic, b"bad", partition=0)
        producer.flush()
        wait_progress(oracle)
        time.sleep(3)
        database.query("UPDATE counts SET n = n + 5, total = 0 WHERE key < 'k2'")
        database.query("DELETE FROM counts WHERE key > 'k4'")
        plan = replay(daemon, "counts", "--dry-run")
        assert f"{topic}/0 from offset 0 on" in plan and not database.table_exists("counts_replay")
        for seconds in (0.3, 0.8, 1.5):
            running = subprocess.Popen(
                [program.daemon(), "replay", daemon.config, "counts", "--aggregation", "counts"],
                env={**os.environ, **daemon.env}, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL)
            time.sleep(seconds)
            running.kill()
            running.wait()
        wait_progress(oracle)
        if database.table_exists("counts_replay"):
            done = daemon.command("dead-letters", "retry", daemon.config, "counts", "--all")
            assert "still rejected" in done.stdout or "replay" in done.stderr
            refused = daemon.command("reset", daemon.config, "counts", "--truncate")
            assert refused.returncode == 1 and "--abandon" in refused.stderr
        assert "exchanged" in replay(daemon, "counts")
        nothing_left(database, "counts")
        daemon.kill9()
        daemon.start().wait_ready()
        wait_progress(oracle)
    oracle.check(least=1_000)
    assert daemon.command("verify", daemon.config, "counts", "--last", 20).returncode == 0


def test_windows_from_a_boundary_on_are_rebuilt_and_older_ones_left_alone(
        kafka, topics, topic, make_daemon, database, oracle):
    oracle.pipeline = oracle.table = "windows"
    daemon = make_daemon(config.with_head(WINDOWED.format(topic=topic))).start().wait_ready()
    producer = Producer(kafka.brokers)
    now = int(time.time()) // 10 * 10
    for i in range(600):
        at = (now - 600 + i) * 1000
        producer.send(topic, {"key": f"k{i % 3}", "at": at}, partition=i % 2, timestamp=at)
    producer.flush()
    oracle.wait_settled()
    before = database.query("SELECT window_start, key, n FROM windows ORDER BY 1, 2")
    assert len(before) == 180
    # What retention took belongs to older windows.
    topics.delete_records(topic, 0, before=50)
    assert "no longer holds" in replay(daemon, "windows", code=1)
    start = datetime.datetime.fromtimestamp(now - 295, datetime.timezone.utc)
    database.query("UPDATE windows SET n = 0 WHERE window_start >= %s", start)
    spoilt = database.query("SELECT count(*) FROM windows WHERE n = 0")[0][0]
    assert spoilt > 50
    replay(daemon, "windows", "--from", start.strftime("%Y-%m-%dT%H:%M:%SZ"))
    assert database.query("SELECT window_start, key, n FROM windows ORDER BY 1, 2") == before
    nothing_left(database, "windows")


def test_what_cannot_be_rebuilt_is_refused(topic, make_daemon, database):
    daemon = make_daemon(config.counts(topic)).start().wait_ready()
    assert replay(daemon, "counts", "--from", "2026-01-31T12:00:00Z", code=2)
    done = daemon.command("replay", daemon.config, "counts", "--aggregation", "other")
    assert done.returncode == 2 and "it has counts" in done.stderr
    assert daemon.command("replay", daemon.config, "counts").returncode == 2
    assert "there is no pipeline" in replay(daemon, "counts", "--abandon", code=1)


def test_a_replay_that_was_killed_before_its_first_batch_is_not_gone_on_with_from_elsewhere(
        kafka, topic, make_daemon, database, oracle):
    daemon = make_daemon(config.counts(topic)).start().wait_ready()
    Producer(kafka.brokers).send(topic, *[{"key": "a", "amount": 1}] * 10)
    oracle.check(least=10)
    # What a replay of another configuration leaves when it is killed once it has its lease.
    database.query("INSERT INTO tallymill.pipeline (pipeline, fingerprint, lease_instance, lease_session, "
                   "lease_counter) VALUES ('counts.replay.counts', 'another', 'dead', 'dead', 1)")
    assert "a replay with another --from or configuration is under way" in replay(daemon, "counts", code=1)
    oracle.check(least=10)


def test_an_interrupted_replay_can_be_abandoned(kafka, topic, make_daemon, database, oracle):
    daemon = make_daemon(config.counts(topic)).start().wait_ready()
    with Traffic(kafka.brokers, topic, per_second=2_000):
        wait_progress(oracle)
        running = subprocess.Popen(
            [program.daemon(), "replay", daemon.config, "counts", "--aggregation", "counts"],
            env={**os.environ, **daemon.env}, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        wait_until(lambda: database.table_exists("counts_replay"), 30, "a shadow")
        running.kill()
        running.wait()
    if database.table_exists("counts_replay"):
        database.query("UPDATE tallymill.pipeline SET heartbeat = now() - interval '1 min' "
                       "WHERE pipeline LIKE '%replay%'")
        replay(daemon, "counts", "--abandon")
    nothing_left(database, "counts")
    oracle.check(least=100)


def test_a_table_is_rebuilt_without_a_topic_that_is_gone_once_somebody_says_so(
        kafka, topics, make_daemon, database):
    stays, goes = topics.create(), topics.create()
    daemon = make_daemon(config.counts(f"{stays}, {goes}", kafka="metadata_refresh: 1s")).start().wait_ready()
    producer = Producer(kafka.brokers)
    for name in (stays, goes):
        producer.send(name, *[{"key": name, "amount": 1}] * 10)

    def rows():
        return dict(database.query("SELECT key, n FROM counts"))

    wait_until(lambda: rows() == {stays: 10, goes: 10}, 30, "both topics to be counted")
    topics.delete(goes)
    daemon.wait_state("stopped", 60)
    assert "tallymill resume --accept-topic" in replay(daemon, "counts", "--accept-topic", code=1)
    assert daemon.command("resume", daemon.config, "counts", "--accept-topic").returncode == 0
    wait_until(lambda: database.query("SELECT cause FROM tallymill.gap") == [("deleted",)] * 2, 60, "the gap")
    told = replay(daemon, "counts", code=1)
    assert f"topic {goes} is gone" in told and "tallymill replay --accept-topic" in told
    assert rows() == {stays: 10, goes: 10}
    nothing_left(database, "counts")
    falls_out = f"falls out of the table: {goes}/0: the topic is gone"
    assert falls_out in replay(daemon, "counts", "--accept-topic", "--dry-run")
    producer.send(stays, *[{"key": stays, "amount": 1}] * 5)
    told = replay(daemon, "counts", "--accept-topic")
    assert falls_out in told and "exchanged" in told
    nothing_left(database, "counts")
    producer.send(stays, *[{"key": stays, "amount": 1}] * 5)
    wait_until(lambda: rows() == {stays: 20}, 30, "what stays to be counted on")
    assert "exchanged" in replay(daemon, "counts", "--accept-topic")
    assert rows() == {stays: 20}
