"""The two configurations under config/, run on the streams that they are for, are exact."""

import subprocess

import pytest

from process import wait_until
from recount.__main__ import recount
from rig import program

CONFIGS = program.ROOT / "config"
SHIPPED = {
    "ads": ("ad_campaigns.yaml", "ad-events", "ad_campaigns"),
    "logs": ("log_error_rates.yaml", "app-logs", "log_error_rates"),
}


def generate(brokers, stream, topic, *options):
    done = subprocess.run(
        [program.generator(), "--brokers", brokers, "--topic", topic, "--partitions", "4",
         "--stream", stream, *options], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(params=SHIPPED)
def shipped(request, kafka, topics, make_daemon):
    """A daemon on a shipped configuration, and the names of its stream, topic and pipeline."""
    config, topic, pipeline = SHIPPED[request.param]
    daemon = make_daemon("")
    daemon.config = CONFIGS / config
    yield daemon, request.param, topic, pipeline
    topics.delete(topic)


def test_the_benchmark_stream_and_the_log_stream_with_late_events_are_exact(
        shipped, kafka, topics, database):
    daemon, stream, topic, pipeline = shipped
    generate(kafka.brokers, stream, topic, "--count", "400000", "--rate", "60000", "--late")
    daemon.start().wait_ready()
    generate(kafka.brokers, stream, topic, "--count", "100000", "--rate", "40000", "--late", "--lz4")
    ends = topics.ends(topic)
    wait_until(lambda: dict(database.query(
        "SELECT partition::int, next_offset::bigint FROM tallymill.checkpoint "
        "WHERE pipeline = %s", pipeline)) == ends, 60, "the end of the topic", every=0.2)
    assert recount(stream, kafka.brokers, topic, database.dsn(), str(CONFIGS / "ads.csv"),
                   pipeline) == []
    assert daemon.stop() == 0


def test_the_recount_notices_a_row_that_is_wrong_missing_or_too_much(kafka, topics, make_daemon, database):
    config, topic, pipeline = SHIPPED["ads"]
    daemon = make_daemon("")
    daemon.config = CONFIGS / config
    generate(kafka.brokers, "ads", topic, "--count", "20000")
    daemon.start("--drain")
    assert daemon.process.wait(60) == 0

    def judge():
        return recount("ads", kafka.brokers, topic, database.dsn(), str(CONFIGS / "ads.csv"), pipeline)

    assert judge() == []
    key = database.value("SELECT campaign FROM campaign_stats ORDER BY campaign LIMIT 1")
    database.query("UPDATE campaign_stats SET clicks = clicks + 1 WHERE campaign = %s", key)
    assert any("clicks is" in line for line in judge())
    database.query("DELETE FROM campaign_stats WHERE campaign = %s", key)
    assert any("missing in the table" in line for line in judge())
    database.query("UPDATE campaign_stats SET campaign = 'nobody' WHERE campaign = "
                   "(SELECT max(campaign) FROM campaign_stats)")
    assert any("too much in the table" in line for line in judge())
    topics.delete(topic)


def test_the_lookup_that_is_shipped_is_the_one_that_the_generator_makes(tmp_path):
    made = tmp_path / "ads.csv"
    subprocess.run([program.generator(), "--write-lookup", made], check=True)
    assert made.read_bytes() == (CONFIGS / "ads.csv").read_bytes()
