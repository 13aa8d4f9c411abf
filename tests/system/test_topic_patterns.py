"""Topics by pattern: those that come are found and read from their first record, whatever happens."""

import uuid

import pytest
from confluent_kafka.admin import NewTopic

from process import wait_until
from rig import config
from rig.background import Traffic
from rig.folds import Expected, counts
from rig.log import read_log
from rig.oracle import Oracle, wait_progress
from rig.producing import Producer


class Family:
    """Topics whose names begin alike, and what a pipeline that reads them all must come to."""

    def __init__(self, topics, database):
        self.topics = topics
        self.database = database
        self.stem = f"ads{uuid.uuid4().hex[:8]}"
        self.pattern = f"'^{self.stem}-.*'"
        self.names = []

    def add(self, suffix: str, **options) -> str:
        self.names.append(self.topics.create(f"{self.stem}-{suffix}", **options))
        return self.names[-1]

    def oracle(self, topic: str) -> Oracle:
        return Oracle(self.topics, self.database, topic)

    def send(self, topic: str, count: int):
        """Keys are of one topic each: between topics there is no order."""
        producer = Producer(self.topics.brokers)
        for i in range(count):
            producer.send(topic, {"key": f"{topic}/{i % 7}", "amount": i}, partition=i % 2)
        producer.flush()

    def check(self, least: int = 1):
        """Waits for the end of every topic, then compares everything."""
        rows, read = {}, 0
        for name in self.names:
            self.oracle(name).wait_settled()
            records, _ = read_log(self.topics.brokers, name)
            rows |= counts(records).rows
            read += len(records)
        assert read >= least
        oracle = self.oracle(self.names[0])
        oracle.check_rows(Expected(rows))
        for batch in oracle.batches():
            oracle.check_balance(batch)
        assert sum(batch["records_read"] for batch in oracle.batches()) == read
        assert self.counted_topics() == set(self.names)

    def counted_topics(self) -> set[str]:
        return {name for name, in self.database.query("SELECT DISTINCT topic FROM tallymill.checkpoint")}


@pytest.fixture
def family(topics, database):
    family = Family(topics, database)
    yield family
    for name in family.names:
        if topics.partitions(name):
            topics.delete(name)


@pytest.mark.parametrize("start", ["earliest", "latest"])
def test_a_topic_that_is_made_while_the_daemon_runs_and_dies_is_counted_from_its_first_record(
        start, family, topics, make_daemon):
    stranger = topics.create(f"x-{family.stem}-x")
    first, second = family.add("eu"), family.add("us")
    daemon = make_daemon(config.counts(family.pattern, source=f"start: {start}",
                                       kafka="metadata_refresh: 1s")).start().wait_ready()
    family.send(stranger, 50)
    with Traffic(topics.brokers, first, per_second=2_000):
        wait_progress(family.oracle(first))
        third = family.add("new")
        family.send(third, 300)
        daemon.kill9()
        family.send(third, 300)
        family.send(second, 300)
        daemon.start().wait_ready()
        wait_until(lambda: third in family.counted_topics(), 30, "the new topic to be found")
        fourth = family.add("newer")
        family.send(fourth, 300)
        wait_until(lambda: fourth in family.counted_topics(), 30, "the next topic to be found")
    family.check(least=1_300)
    topics.delete(stranger)


@pytest.mark.parametrize("start", ["earliest", "latest"])
def test_the_first_topic_that_matches_is_counted_from_its_first_record(start, family, make_daemon):
    daemon = make_daemon(config.counts(family.pattern, source=f"start: {start}")).start()
    wait_until(lambda: "no topic matches" in daemon.status().get("detail", ""), 30, "the daemon to wait")
    code, text = daemon.get("/readyz")
    assert code == 503 and f"no topic matches {family.pattern} yet" in text
    daemon.kill9()
    family.send(family.add("eu"), 300)
    daemon.start().wait_ready()
    family.check(least=300)


def test_no_pattern_reads_a_topic_of_the_cluster_itself(family, topics, make_daemon, database):
    family.send(family.add("eu"), 100)
    both = "'^(__.*|" + family.pattern.strip("'").removeprefix("^") + ")'"
    daemon = make_daemon(config.counts(both)).start().wait_ready()
    family.oracle(family.names[0]).wait_settled()
    # Offsets that were published make sure that there is one.
    wait_until(lambda: "__consumer_offsets" in topics.admin.list_topics(timeout=30).topics, 30,
               "a topic of the cluster")
    daemon.stop()
    daemon.start().wait_ready()
    family.send(family.names[0], 100)
    family.oracle(family.names[0]).wait_settled()
    assert "__consumer_offsets" not in family.counted_topics()
    assert database.query("SELECT count(*) FROM tallymill.dead_letter") == [(0,)]


def test_a_topic_that_is_gone_stops_the_pipeline_and_is_named(family, topics, make_daemon):
    first, second = family.add("eu"), family.add("us")
    daemon = make_daemon(config.counts(family.pattern, kafka="metadata_refresh: 1s")).start().wait_ready()
    family.send(first, 100)
    family.send(second, 100)
    family.check(least=200)
    topics.delete(second)
    detail = daemon.wait_state("stopped")["detail"]
    assert f"{second} partition 0 [50, unknown) (deleted)" in detail
    assert first not in detail


def test_an_expression_of_evil_repute_takes_no_time(family, make_daemon):
    """Backtracking engines take longer than the universe lasts for this one."""
    long = family.add("a" * 200)
    family.send(long, 100)
    daemon = make_daemon(config.counts(f"'^({family.stem}-(a+)+)+b|{family.stem}-(a|a)+'")).start().wait_ready()
    family.check(least=100)
    assert daemon.stop() == 0


def test_two_hundred_topics_are_counted_within_the_memory_limit(family, topics, make_daemon, database):
    names = [f"{family.stem}-{i}" for i in range(200)]
    for created in topics.admin.create_topics([NewTopic(name, 2, 1) for name in names]).values():
        created.result(60)
    try:
        producer = Producer(topics.brokers)
        for name in names:
            for i in range(20):
                producer.send(name, {"key": name, "amount": i}, partition=i % 2)
        producer.flush()
        daemon = make_daemon(config.counts(family.pattern, head="memory_limit: 128MiB")).start().wait_ready()
        wait_until(lambda: database.query("SELECT sum(next_offset)::int FROM tallymill.checkpoint") == [(4_000,)],
                   60, "all records to be counted")
        assert database.query("SELECT key, n, total::int FROM counts ORDER BY key") == [
            (name, 20, sum(range(20))) for name in sorted(names)]
        assert daemon.peak_rss() < 128 << 20
    finally:
        for deleted in topics.admin.delete_topics(names).values():
            deleted.result(60)


def test_commands_know_the_topics_that_match(family, make_daemon):
    daemon = make_daemon(config.counts(family.pattern))
    missing = daemon.command("check", daemon.config, "--connect")
    assert missing.returncode != 0 and f"no topic matches {family.pattern} yet" in missing.stderr
    first, second = family.add("eu"), family.add("us")
    for name in (first, second):
        family.send(name, 100)
    preview = daemon.command("preview", daemon.config, "--last", 1000)
    assert preview.returncode == 0 and "200 records" in preview.stdout, preview.stderr
    daemon.start().wait_ready()
    family.check(least=200)
    for command, *arguments in (["check", "--connect"], ["verify", "counts"],
                                ["replay", "counts", "--aggregation", "counts"],
                                ["resume", "counts", "--accept-gap", "--dry-run"],
                                ["reset", "counts", "--truncate", "--dry-run"]):
        done = daemon.command(command, daemon.config, *arguments)
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    family.check(least=200)
