"""Dead letters looked at, offered again and dropped while the daemon goes on."""

import concurrent.futures
import json

from process import wait_until
from rig import config
from rig.background import Background
from rig.producing import Producer

PIPELINE = """
    pipelines:
      regions:
        source:
          topics: [{topic}]
          start: earliest
          fields: {{shop: string, amount: int}}
        interval: 100ms
        {more}
        lookups:
          shops: {{file: shops.csv, key: shop, on_miss: dead_letter}}
        derive:
          region: lookup(shops, shop).region
        aggregations:
          regions:
            group_by: [region]
            columns: {{n: count(), total: sum(amount)}}
"""
STILL_THERE = 3


def make(make_daemon, topic, more=""):
    daemon = make_daemon(config.with_head(PIPELINE.format(topic=topic, more=more)))
    write_shops(daemon, {"a": "north"})
    return daemon


def write_shops(daemon, shops):
    path = daemon.folder / "shops.csv"
    fresh = path.with_suffix(".new")
    fresh.write_text("shop,region\n" + "".join(f"{shop},{region}\n" for shop, region in shops.items()))
    fresh.rename(path)


def letters(daemon, command, *arguments, code=0):
    done = daemon.command("dead-letters", command, daemon.config, "regions", *arguments)
    assert done.returncode == code, done
    return done.stdout


def send(producer, topic, shop, count):
    for i in range(count):
        producer.send(topic, {"shop": shop, "amount": i}, partition=i % 2)
    producer.flush()


def regions(database):
    return dict(database.query("SELECT region, n FROM regions"))


def test_letters_are_counted_once_while_the_daemon_goes_on(
        kafka, topic, producer, make_daemon, database, oracle):
    oracle.pipeline = "regions"
    daemon = make(make_daemon, topic).start().wait_ready()
    send(producer, topic, "b", 40)
    producer.raw(topic, b"not json", partition=0)
    producer.flush()
    oracle.wait_settled()
    assert letters(daemon, "list").count("lookup_miss") == 40
    assert "40 not" in letters(daemon, "retry", "--reason", "lookup_miss", code=STILL_THERE)
    write_shops(daemon, {"a": "north", "b": "south"})
    offered = letters(daemon, "retry", "--all", "--dry-run").splitlines()
    assert len(offered) == 42 and offered[-1] == "41 would be offered again"
    busy = Producer(kafka.brokers)
    with Background(lambda: send(busy, topic, "a", 20), 0.05):
        # Two persons at once, and a daemon that is killed meanwhile.
        with concurrent.futures.ThreadPoolExecutor(3) as people:
            done = [people.submit(daemon.command, "dead-letters", "retry", daemon.config, "regions",
                                  "--reason", "lookup_miss") for _ in range(2)]
            wait_until(lambda: regions(database).get("south", 0) > 3, 30, "some letters to be counted")
            daemon.kill9()
            daemon.start().wait_ready()
            for one in done:
                assert one.result().returncode in (0, STILL_THERE), one.result()
        assert regions(database)["south"] == 40
        before = regions(database).get("north", 0)
        wait_until(lambda: regions(database).get("north", 0) > before, 30, "the daemon to go on")
    oracle.wait_settled()
    total = sum(oracle.checkpoint().values())
    assert regions(database) == {"north": total - 41, "south": 40}
    assert database.query("SELECT reason FROM tallymill.dead_letter") == [("bad_json",)]
    rows = database.query("SELECT count(*), sum(records_used) FROM tallymill.batch WHERE retried IS NOT NULL")
    assert rows == [(40, 40)]
    # Each number of the sequence has one row, and every one of them verifies, the retried ones too.
    assert database.value("SELECT count(*) = max(sequence) FROM tallymill.batch")
    done = daemon.command("verify", daemon.config, "regions", timeout=240)
    assert done.returncode == 0, done.stdout[-2000:]


def test_a_truncated_letter_is_read_from_the_topic_again_or_said_to_be_gone(
        topics, topic, producer, make_daemon, database, oracle):
    oracle.pipeline = "regions"
    daemon = make(make_daemon, topic, "dead_letters: {max_bytes: 5B}").start().wait_ready()
    send(producer, topic, "b", 4)
    oracle.wait_settled()
    write_shops(daemon, {"a": "north", "b": "south"})
    topics.delete_records(topic, 0, before=1)
    said = letters(daemon, "retry", "--all", code=STILL_THERE)
    assert "3 counted, 1 not" in said and "offset 0: gone" in said
    assert regions(database) == {"south": 3}
    assert "1 dropped" in letters(daemon, "drop", "--all")
    assert not database.query("SELECT * FROM tallymill.dead_letter")


def test_letters_are_shown_with_their_bytes_and_chosen_by_what_they_are(
        topic, producer, make_daemon, database, oracle):
    oracle.pipeline = "regions"
    daemon = make(make_daemon, topic).start().wait_ready()
    producer.raw(topic, b"\x1b[2Jbad\xff", partition=1, key=b"k", headers=[("h", b"v"), ("n", None)])
    send(producer, topic, "b", 2)
    oracle.wait_settled()
    shown = json.loads(letters(daemon, "show", "--reason", "bad_utf8"))
    assert shown["value_hex"] == b"\x1b[2Jbad\xff".hex() and shown["key"] == "k"
    assert shown["headers"] == [{"name": "h", "value": "v"}, {"name": "n", "value": None}]
    assert shown["partition"] == 1 and shown["offset"] == 0 and shown["truncated"] is False
    assert "\x1b" not in letters(daemon, "show")
    assert letters(daemon, "list", "--partition", "0").count("\n") == 1
    assert letters(daemon, "list", "--limit", "2").count("\n") == 2
    # Nothing is chosen: nothing is done.
    letters(daemon, "drop", code=2)
    letters(daemon, "retry", code=2)
    assert letters(daemon, "drop", "--reason", "bad_utf8", "--dry-run").count("\n") == 1
    assert database.value("SELECT count(*) FROM tallymill.dead_letter") == 3


def test_a_record_that_the_table_refused_is_counted_once_it_may_be(
        topic, producer, make_daemon, database, oracle):
    oracle.pipeline = "regions"
    daemon = make(make_daemon, topic).start().wait_ready()
    send(producer, topic, "a", 2)
    oracle.wait_settled()
    database.query("ALTER TABLE regions ADD CONSTRAINT small CHECK (total < 1000)")
    producer.send(topic, {"shop": "a", "amount": 5000}, partition=0)
    send(producer, topic, "a", 2)
    oracle.wait_settled()
    assert list(oracle.dead_letters().values()) == ["database"]
    assert "Postgres refuses it" in letters(daemon, "retry", "--all", code=STILL_THERE)
    database.query("ALTER TABLE regions DROP CONSTRAINT small")
    assert "1 counted" in letters(daemon, "retry", "--all")
    assert database.query("SELECT n, total::int FROM regions") == [(5, 5002)]
    send(producer, topic, "a", 2)
    oracle.wait_settled()
    assert regions(database) == {"north": 7}
