"""A lookup from a table of Postgres: each batch uses one version whole and names it, whatever happens to the
table, to the daemon or to its rights meanwhile."""

import pytest

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
          shops: {{table: crm.shops, key: shop, refresh: 1s, on_miss: dead_letter}}
        derive:
          region: coalesce(lookup(shops, shop).region, "nowhere")
        aggregations:
          regions:
            group_by: [region]
            columns:
              n: count()
              total: sum(amount)
"""
EQUAL = 0


@pytest.fixture
def shops(database):
    database.query("CREATE SCHEMA crm")
    database.query("CREATE TABLE crm.shops (shop text PRIMARY KEY, region text, opened timestamptz)")
    database.query("INSERT INTO crm.shops VALUES ('a', 'north')")


@pytest.fixture
def regions(oracle):
    oracle.pipeline = "regions"
    return oracle


def text_for(topic, postgres=""):
    return config.with_head(PIPELINE.format(topic=topic), postgres=postgres)


def send(kafka, topic, shop, count):
    producer = Producer(kafka.brokers)
    for i in range(count):
        producer.send(topic, {"shop": shop, "amount": i}, partition=i % 2)
    producer.flush()


def move(database, region):
    database.query("UPDATE crm.shops SET region = %s WHERE shop = 'a'", region)


def wait_counted(kafka, topic, database, region):
    """Sends events until some are counted for the region."""
    def counted():
        send(kafka, topic, "a", 50)
        return database.value("SELECT n FROM regions WHERE region = %s", region)
    wait_until(counted, 60, f"events in {region}", every=0.3)


def hashes(oracle):
    return list(dict.fromkeys(batch["lookups"][0]["content_hash"] for batch in oracle.batches()))


def uses_of(oracle):
    """(partition, offset) of each record that was read: the version that its batch names."""
    uses = {}
    for batch in oracle.batches():
        for span in batch["ranges"]:
            for offset in range(int(span["from"]), int(span["to"])):
                uses[int(span["partition"]), offset] = batch["lookups"][0]["content_hash"]
    return uses


def test_batches_before_and_after_a_change_name_their_versions_and_verify_through_kill_9(
        kafka, topic, make_daemon, database, regions, shops):
    daemon = make_daemon(text_for(topic)).start().wait_ready()
    moves = ["north", "south", None, "east"]
    for i, region in enumerate(moves):
        move(database, region)
        wait_counted(kafka, topic, database, region or "nowhere")
        if i == 1:
            daemon.kill9()
            send(kafka, topic, "a", 50)
            daemon.start().wait_ready()
    regions.wait_settled()
    in_order = hashes(regions)
    assert len(in_order) == len(moves)
    assert database.value("SELECT count(*) FROM tallymill.lookup_version") == len(moves)

    region_of = {digest: region or "nowhere" for digest, region in zip(in_order, moves, strict=True)}
    uses = uses_of(regions)
    expected = {}
    for record in read_log(kafka.brokers, topic)[0]:
        region = region_of[uses[record.partition, record.offset]]
        n, total = expected.get(region, (0, 0))
        expected[region] = (n + 1, total + record.event()["amount"])
    rows = {region: (n, total) for region, n, total in database.query("SELECT region, n, total FROM regions")}
    assert rows == expected

    # The table of now is not what most of them were counted with, nor is it needed.
    database.query("DROP TABLE crm.shops")
    done = daemon.command("verify", daemon.config, "regions")
    assert done.returncode == EQUAL, done
    assert f"{len(regions.batches())} equal, 0 differ" in done.stdout


def test_a_table_that_does_not_change_is_one_version_however_often_it_is_read(
        kafka, topic, make_daemon, database, regions, shops):
    make_daemon(text_for(topic)).start().wait_ready()
    database.query("INSERT INTO crm.shops SELECT 's' || i, 'far' FROM generate_series(1, 1000) i")
    wait_until(lambda: (send(kafka, topic, "s7", 5), database.value(
        "SELECT n FROM regions WHERE region = 'far'"))[1], 60, "the new shops", every=0.3)
    regions.wait_settled()
    known = hashes(regions)
    scans = database.value("SELECT seq_scan FROM pg_stat_user_tables WHERE relname = 'shops'")
    database.query("UPDATE crm.shops SET opened = now()")  # Rows move; nothing that is read changes.
    wait_until(lambda: database.value(
        "SELECT seq_scan FROM pg_stat_user_tables WHERE relname = 'shops'") > scans + 3, 60, "reads", every=0.3)
    send(kafka, topic, "a", 5)
    regions.wait_settled()
    assert hashes(regions) == known


def test_what_happens_to_the_table_leaves_the_last_good_version_in_place(
        kafka, topic, make_daemon, database, regions, shops):
    daemon = make_daemon(text_for(topic)).start().wait_ready()
    send(kafka, topic, "a", 10)
    regions.wait_settled()
    steps = [
        ("ALTER TABLE crm.shops RENAME TO stores", "there is no table crm.shops",
         "ALTER TABLE crm.stores RENAME TO shops"),
        ("ALTER TABLE crm.shops ALTER region TYPE jsonb USING to_jsonb(region)", "is of type jsonb",
         "ALTER TABLE crm.shops ALTER region TYPE text USING region #>> '{}'"),
        ("ALTER TABLE crm.shops RENAME region TO area", "has no column region",
         "ALTER TABLE crm.shops RENAME area TO region"),
        ("DELETE FROM crm.shops", "there is no row", "INSERT INTO crm.shops VALUES ('a', 'north')"),
    ]
    age = lambda: daemon.metrics().sum("tallymill_lookup_age_seconds", lookup="shops")
    for spoil, said, mend in steps:
        database.query(spoil)
        daemon.wait_log(said)
        wait_until(lambda: age() > 3, 30, "the contents to grow old")
        wait_until(lambda: said in daemon.status("regions")["lookups"][0]["failure"], 30, "the status to tell")
        send(kafka, topic, "a", 10)
        regions.wait_settled()
        database.query(mend)
    daemon.wait_log("lookup can be loaded again", count=1)
    wait_until(lambda: age() < 3, 30, "the contents to be those of the table")
    assert daemon.state() == "running"
    assert daemon.log().count("there is no table crm.shops") == 1
    assert database.query("SELECT region, n FROM regions") == [("north", 50)]
    assert len(hashes(regions)) == 1


def test_a_role_that_may_not_read_it_is_told_what_to_run_and_goes_on_by_itself(
        kafka, topic, make_daemon, database, regions, shops):
    role = f"app_{database.name}"
    database.query(f"CREATE ROLE {role} LOGIN")
    try:
        database.query(f"GRANT CREATE ON DATABASE {database.name} TO {role}")
        database.query(f"GRANT CREATE ON SCHEMA public TO {role}")
        database.query(f"GRANT USAGE ON SCHEMA crm TO {role}")
        daemon = make_daemon(text_for(topic), dsn=database.dsn(role))
        grant = f'GRANT SELECT ("region", "shop") ON "crm"."shops" TO "{role}";'
        for command in (["check", "--connect"], ["plan"]):
            told = daemon.command(*command, "--config", daemon.config)
            assert told.returncode != 0 and grant in told.stdout + told.stderr, told
        daemon.start()
        assert grant in daemon.wait_state("stopped")["detail"]
        database.query(grant)
        daemon.wait_state("running", 60)
        told = daemon.command("check", "--connect", "--config", daemon.config)
        assert told.returncode == 0, told
        send(kafka, topic, "a", 10)
        regions.wait_settled()
        assert database.query("SELECT region, n FROM regions") == [("north", 10)]
        daemon.stop()
    finally:
        database.drop_role(role)


def test_check_connect_reads_the_rows_and_offline_check_needs_none(topic, make_daemon, database, shops):
    daemon = make_daemon(text_for(topic))
    database.query("DELETE FROM crm.shops")
    assert daemon.command("check", daemon.config).returncode == 0
    told = daemon.command("check", "--connect", daemon.config)
    assert told.returncode == 1
    assert "lookup shops: table crm.shops: there is no row" in told.stderr


def test_a_reload_to_a_table_that_is_not_there_is_rejected(
        kafka, topic, make_daemon, database, regions, shops):
    daemon = make_daemon(text_for(topic)).start().wait_ready()
    rejected = daemon.reload(text_for(topic).replace("crm.shops", "crm.sites"))
    assert rejected.returncode == 1 and "there is no table crm.sites" in rejected.stderr, rejected
    database.query("CREATE TABLE crm.sites AS SELECT shop, 'west' AS region FROM crm.shops")
    applied = daemon.reload(text_for(topic).replace("crm.shops", "crm.sites"))
    assert applied.returncode == 0, applied
    wait_counted(kafka, topic, database, "west")


def test_letters_that_missed_it_are_retried_with_the_table_of_now(
        kafka, topic, make_daemon, database, regions, shops):
    daemon = make_daemon(text_for(topic)).start().wait_ready()
    send(kafka, topic, "b", 4)
    regions.wait_settled()
    assert list(regions.dead_letters().values()) == ["lookup_miss"] * 4
    database.query("INSERT INTO crm.shops VALUES ('b', 'south')")
    retried = daemon.command("dead-letters", "retry", daemon.config, "regions", "--reason", "lookup_miss")
    assert retried.returncode == 0, retried
    wait_until(lambda: database.query("SELECT region, n FROM regions") == [("south", 4)], 30, "the retried")
    examined = daemon.command("examine", daemon.config, "regions", "--partition", "0", "--offset", "0")
    assert examined.returncode == 0, examined


def test_preview_and_cases_take_a_file_for_the_table(topic, make_daemon, database, tmp_path):
    daemon = make_daemon(text_for(topic), dsn="host=/nowhere")
    events = tmp_path / "events.ndjson"
    events.write_text('{"shop": "a", "amount": 1}\n{"shop": "b", "amount": 2}\n{"shop": "c", "amount": 3}\n')
    command = ["preview", daemon.config, "--input", events]
    told = daemon.command(*command)
    assert told.returncode != 0
    assert "--lookup shops=FILE" in told.stderr
    assert '\\copy (SELECT "shop"::text, "region"::text FROM "crm"."shops") TO shops.csv CSV HEADER' in told.stderr
    (tmp_path / "shops.csv").write_text('shop,region\na,north\nb,\nc,""\n')
    shown = daemon.command(*command, "--lookup", f"shops={tmp_path / 'shops.csv'}")
    assert shown.returncode == 0, shown
    assert "north" in shown.stdout and "nowhere" in shown.stdout  # b has none; c has an empty one.
    assert daemon.command(*command, "--lookup", f"other={events}").returncode == 2
    assert daemon.command(*command, "--lookup", "shops").returncode == 2

    cases = tmp_path / "regions.test.yaml"
    cases.write_text(
        f"config: {daemon.config}\nlookups: {{shops: shops.csv}}\ncases:\n"
        "  null and empty are told apart:\n    events:\n"
        "      - {value: {shop: b, amount: 1}}\n      - {value: {shop: c, amount: 1}}\n"
        "    rows:\n      regions: [{region: nowhere, n: 1, total: 1}, {region: '', n: 1, total: 1}]\n")
    passed = daemon.command("test", cases)
    assert passed.returncode == 0, passed
    cases.write_text(cases.read_text().replace("lookups: {shops: shops.csv}\n", ""))
    told = daemon.command("test", cases)
    assert told.returncode != 0 and "lookups: {shops: FILE}" in told.stderr, told


def test_a_lookup_stays_in_use_while_postgres_is_away_and_is_waited_for_at_a_start(
        kafka, topic, make_daemon, database, regions, shops):
    daemon = make_daemon(text_for(topic)).start().wait_ready()
    send(kafka, topic, "a", 10)
    regions.wait_settled()
    postgres = database.server
    postgres.stop()
    try:
        send(kafka, topic, "a", 10)
        daemon.wait_log("lookup not reloaded")
        second = make_daemon(text_for(topic) + "\ninstance: second\n").start()
        second.wait_log("waiting")
        assert second.state() == "starting"
        second.kill9()
    finally:
        postgres.start()
    regions.wait_settled()
    assert database.query("SELECT region, n FROM regions") == [("north", 20)]
    move(database, "south")
    wait_counted(kafka, topic, database, "south")
