"""A lookup that changes while the daemon runs: each batch uses one version whole, and says which."""

import os

from process import wait_until
from rig import config
from rig.log import read_log
from rig.producing import Producer

PIPELINE = """
    pipelines:
      regions:
        source:
          topics: [{topic}]
          start: earliest
          fields: {{shop: string, amount: int}}
        interval: 200ms
        lookups:
          shops: {{file: shops.csv, key: shop, on_miss: {on_miss}}}
        derive:
          region: lookup(shops, shop).region
        aggregations:
          regions:
            group_by: [region]
            columns:
              n: count()
              total: sum(amount)
"""


def write_lookup(daemon, regions: dict):
    """Replaces the file in one step, as a deployment does."""
    path = daemon.folder / "shops.csv"
    fresh = path.with_suffix(".new")
    fresh.write_text("shop,region\n" + "".join(f"{shop},{region}\n" for shop, region in regions.items()))
    os.rename(fresh, path)


def make(make_daemon, topic, regions, on_miss="dead_letter"):
    daemon = make_daemon(config.with_head(PIPELINE.format(topic=topic, on_miss=on_miss)))
    write_lookup(daemon, regions)
    return daemon


def send(kafka, topic, shop, count):
    producer = Producer(kafka.brokers)
    for i in range(count):
        producer.send(topic, {"shop": shop, "amount": i}, partition=i % 2)
    producer.flush()


def test_each_batch_uses_one_version_and_the_ledger_says_which(
        kafka, topic, make_daemon, database, oracle):
    versions = [{"a": "north"}, {"a": "south"}, {"a": "east"}]
    daemon = make(make_daemon, topic, versions[0]).start().wait_ready()
    oracle.pipeline = "regions"
    for version in versions:
        write_lookup(daemon, version)

        def counted():
            send(kafka, topic, "a", 100)
            return database.value("SELECT n FROM regions WHERE region = %s", version["a"])
        wait_until(counted, 60, f"version {version} to be used", every=0.5)
    oracle.wait_settled()

    region_of = {}  # Content hash: region of shop a.
    uses = {}       # (partition, offset): content hash.
    for batch in oracle.batches():
        (use,) = batch["lookups"]
        for span in batch["ranges"]:
            for offset in range(int(span["from"]), int(span["to"])):
                uses[int(span["partition"]), offset] = use["content_hash"]
    assert database.value("SELECT count(*) FROM tallymill.lookup_version") == len(set(uses.values())) == 3
    # Hashes in the order of their first use are the versions in theirs.
    in_order = list(dict.fromkeys(batch["lookups"][0]["content_hash"] for batch in oracle.batches()))
    for digest, version in zip(in_order, versions):
        region_of[digest] = version["a"]
    rows = {}
    for record in read_log(kafka.brokers, topic)[0]:
        region = region_of[uses[record.partition, record.offset]]
        n, total = rows.get(region, (0, 0))
        rows[region] = (n + 1, total + record.event()["amount"])
    assert {r: (n, t) for r, n, t in database.query("SELECT region, n, total FROM regions")} == rows


def test_a_file_that_cannot_be_used_leaves_the_last_good_version_in_place(
        kafka, topic, make_daemon, database, oracle):
    daemon = make(make_daemon, topic, {"a": "north"}).start().wait_ready()
    oracle.pipeline = "regions"
    send(kafka, topic, "a", 10)
    oracle.wait_settled()
    for broken in ("shop,region\n", "shop,region\na,x\na,y\n", "no,header\n", ""):
        (daemon.folder / "shops.csv").write_text(broken)
        send(kafka, topic, "a", 10)
        oracle.wait_settled()
    wait_until(lambda: "shops" in daemon.log(), 30, "a line in the log")
    assert daemon.state() == "running"
    assert database.query("SELECT region, n FROM regions") == [("north", 50)]


def test_a_record_whose_key_is_not_there_is_treated_as_configured(
        kafka, topic, make_daemon, database, oracle):
    make(make_daemon, topic, {"a": "north"}, "dead_letter").start().wait_ready()
    oracle.pipeline = "regions"
    send(kafka, topic, "a", 4)
    send(kafka, topic, "nowhere", 3)
    oracle.wait_settled()
    assert database.query("SELECT region, n FROM regions") == [("north", 4)]
    assert list(oracle.dead_letters().values()) == ["lookup_miss"] * 3


def test_a_lookup_of_json_lines_is_read_and_taken_anew_when_it_changes(
        kafka, topic, make_daemon, database, oracle):
    text = PIPELINE.format(topic=topic, on_miss="dead_letter").replace("shops.csv", "shops.ndjson")
    daemon = make_daemon(config.with_head(text))
    path = daemon.folder / "shops.ndjson"
    path.write_text('{"shop": "a", "region": "north"}\n')
    daemon.start().wait_ready()
    oracle.pipeline = "regions"
    send(kafka, topic, "a", 10)
    oracle.wait_settled()
    assert database.query("SELECT region, n FROM regions") == [("north", 10)]
    fresh = path.with_suffix(".new")
    fresh.write_text('{"shop": "a", "region": "south"}\n')
    os.rename(fresh, path)

    def counted():
        send(kafka, topic, "a", 10)
        return database.value("SELECT n FROM regions WHERE region = 'south'")
    wait_until(counted, 60, "the new file to be used", every=0.5)


def test_without_its_lookup_the_daemon_does_not_start(topic, make_daemon):
    daemon = make(make_daemon, topic, {"a": "north"})
    (daemon.folder / "shops.csv").unlink()
    daemon.start()
    assert daemon.process.wait(20) != 0
    assert "shops.csv" in daemon.log()
