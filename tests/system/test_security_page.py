"""docs/security.md, statement by statement and command by command, on a Kafka and a Postgres that let nobody in
without TLS, a login and the rights that the page gives."""

import argparse
import shlex
import shutil
import subprocess
import time

from confluent_kafka import ConsumerGroupTopicPartitions, TopicPartition
from confluent_kafka.admin import (
    AclBinding, AclOperation, AclPermissionType, AdminClient, ResourcePatternType, ResourceType)
import psycopg
import pytest

from process import wait_until
from rig import program
from rig.certificates import Authority
from rig.databases import Database
from rig.pages import PAGES
from rig.secure_servers import SecureKafka, SecurePostgres
from rig.topics import Topics

PAGE = next(page for page in PAGES if page.name == "docs/security.md")
BLOCKS = PAGE.blocks()
AUTHORIZER = "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer\nsuper.users=User:ANONYMOUS\n"
AD = "21b71d1f-381a-462e-9a43-fcd4b5a10cf8"


def commands() -> list[str]:
    return [line for block in BLOCKS if block.language == "" for line in block.text.splitlines()]


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority") / "ca", "ca")


@pytest.fixture(scope="module")
def kafka(scratch, authority):
    """Who logs in may do nothing until the page's commands have said so; the plain listener is the administrator's."""
    with SecureKafka.serving(scratch / "security-page-kafka", authority, AUTHORIZER) as broker:
        broker.set_password("tallymill", "kafka password")
        yield broker


@pytest.fixture(scope="module")
def postgres(scratch, authority):
    server = SecurePostgres(scratch / "security-page-postgres", authority)
    yield server
    server.stop()


@pytest.fixture
def database(postgres):
    return Database(postgres)


@pytest.fixture
def daemon(kafka, postgres, database, authority, make_daemon):
    """On the configuration that the page shows, with this machine's names in it."""
    shown, = (block.text for block in BLOCKS if block.language == "yaml")
    pipelines = (program.ROOT / "config/ad_campaigns.yaml").read_text()
    daemon = make_daemon("")
    secrets = daemon.folder / "secrets"
    secrets.mkdir()
    for ours, theirs in ((kafka.secure, "kafka.example.net:9093"), (f"localhost port={postgres.port}", "db.example.net"),
                         (database.name, "metrics"), (str(secrets), "/etc/tallymill-secret"), (str(daemon.http), "9108")):
        assert theirs in shown, theirs
        shown = shown.replace(theirs, ours)
    daemon.config.write_text(shown + pipelines[pipelines.index("pipelines:"):])
    shutil.copy(program.ROOT / "config/ads.csv", daemon.folder)
    shutil.copy(authority.certificate, secrets / "ca.crt")
    authority.issue("tallymill", secrets / "client.crt", secrets / "client.key")
    (secrets / "kafka_password").write_text("kafka password\n")
    (secrets / "postgres_password").write_text("postgres password\n")
    return daemon


def grant(kafka, line: str):
    """Does what a command line of kafka-acls.sh says."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--bootstrap-server", required=True)
    parser.add_argument("--add", action="store_true", required=True)
    parser.add_argument("--allow-principal", required=True)
    parser.add_argument("--operation", required=True)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--topic")
    what.add_argument("--group")
    given = parser.parse_args(shlex.split(line)[1:])
    binding = AclBinding(ResourceType.TOPIC if given.topic else ResourceType.GROUP, given.topic or given.group,
                         ResourcePatternType.LITERAL, given.allow_principal, "*", AclOperation[given.operation.upper()],
                         AclPermissionType.ALLOW)
    admin = AdminClient({"bootstrap.servers": kafka.brokers})
    for done in admin.create_acls([binding]).values():
        done.result(30)


def shell(daemon, database, line: str) -> str:
    for ours, theirs in ((str(daemon.config.parent / "secrets"), "/etc/tallymill-secret"),
                         (str(daemon.config), "/etc/tallymill/tallymill.yaml"), (str(daemon.config.parent), "/etc/tallymill"),
                         (str(daemon.http), "9108")):
        line = line.replace(theirs, ours)
    env = {"PATH": f"{program.daemon().parent}:/usr/bin:/bin", "PGHOST": str(database.server.folder), "PGPORT": str(database.server.port),
           "PGUSER": "postgres", "PGDATABASE": database.name}
    done = subprocess.run(["bash", "-c", line], cwd=daemon.folder, env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, (line, done.stdout, done.stderr)
    return done.stdout + done.stderr


def offsets_of_group(kafka, group: str) -> int:
    asked = ConsumerGroupTopicPartitions(group, [TopicPartition("ad-events", p) for p in range(2)])
    admin = AdminClient({"bootstrap.servers": kafka.brokers})
    found = admin.list_consumer_group_offsets([asked])[group].result(30)
    return sum(max(0, partition.offset) for partition in found.topic_partitions)


def refused(database, user: str, statement: str) -> bool:
    with psycopg.connect(database.dsn(user), autocommit=True) as connection:
        try:
            connection.execute(statement)
            return False
        except psycopg.errors.InsufficientPrivilege:
            return True


def test_what_the_page_says_is_enough_and_no_more(kafka, database, daemon, producer):
    Topics(kafka.brokers).create("ad-events")
    for block in BLOCKS:
        if block.language == "sql":
            database.query(block.text)
    database.query("ALTER ROLE tallymill PASSWORD 'postgres password'")
    before, left = [], commands()
    while left and not left[0].startswith("curl"):
        line = left.pop(0)
        if line.startswith("kafka-acls.sh"):
            grant(kafka, line)
        elif "check --connect" in line:
            assert "warning" not in shell(daemon, database, line)
        else:
            shell(daemon, database, line)
        before.append(line.split()[0])
    assert {"tallymill", "psql", "kafka-acls.sh", "chmod"} <= set(before)

    daemon.start().wait_ready()
    click = {"ad_id": AD, "event_type": "click", "cost": "1.05", "event_time": time.time_ns() // 1_000_000}
    producer.send("ad-events", click, click, click)
    producer.flush()
    wait_until(lambda: database.value("SELECT sum(clicks) FROM campaign_stats") == 3, 30, "the clicks to be counted")
    wait_until(lambda: offsets_of_group(kafka, "tallymill.ad_campaigns") == 3, 30, "offsets for lag tools")
    for line in left:
        assert "alive" in shell(daemon, database, line)

    for statement in ("CREATE TABLE public.more ()", "DROP TABLE campaign_stats", "CREATE SCHEMA more",
                      "ALTER TABLE campaign_stats ADD more int"):
        assert refused(database, "tallymill", statement), statement
    for statement in ("SELECT * FROM tallymill.dead_letter", "DELETE FROM campaign_stats", "SELECT * FROM tallymill.checkpoint"):
        assert refused(database, "dashboards", statement), statement
    for statement in ("SELECT * FROM campaign_stats", "SELECT * FROM tallymill.status"):
        assert not refused(database, "dashboards", statement), statement
    assert daemon.stop() == 0
