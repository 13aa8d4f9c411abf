"""The container image is small, runs as nobody, and counts exactly."""

import json
import subprocess

import pytest

from ports import free_port
from process import wait_until
from recount.__main__ import recount
from rig import program
from rig.containers import Containers, image_store

LARGEST = 120_000_000  # Bytes, unpacked, Debian included.
TOPIC = "ad-events"


@pytest.fixture(scope="session")
def containers():
    containers = Containers(image_store())
    yield containers
    containers.end_all()


def test_the_image_is_small_and_names_no_user_of_the_machine(containers):
    image = containers.inspect()
    assert image["Size"] <= LARGEST
    assert image["Config"]["User"] == "65532:65532"


def test_the_image_holds_neither_a_compiler_nor_package_lists(containers):
    listed = containers.run("-c", "ls /usr/bin /var/lib/apt/lists", program="sh").stdout.split()
    assert "dpkg" in listed
    assert not {"gcc", "cc", "npm", "cmake"} & set(listed)
    assert not [name for name in listed if "Packages" in name]


def test_the_image_knows_which_commit_it_was_built_from(containers):
    commit = subprocess.run(["git", "-C", program.ROOT, "rev-parse", "--short", "HEAD"],
                            capture_output=True, text=True, check=True).stdout.strip()
    done = containers.run("--version")
    assert done.returncode == 0 and f"({commit})" in done.stdout, done


def test_the_image_says_what_it_is_made_of(containers):
    bill = json.loads(containers.run("/usr/local/share/doc/tallymill/sbom.cdx.json", program="cat").stdout)
    assert {"librdkafka", "libpq5", "libssl3"} <= {one["name"] for one in bill["components"]}


@pytest.mark.parametrize("config", ["ad_campaigns.yaml", "log_error_rates.yaml"])
def test_the_image_finds_its_own_configurations_good(containers, config):
    done = containers.run("check", f"/etc/tallymill/{config}", env={"POSTGRES_DSN": "host=db"})
    assert done.returncode == 0, done


def test_the_image_counts_the_benchmark_stream_exactly_and_tells_of_its_health(
        containers, kafka, topics, database):
    dsn = f"host=127.0.0.1 port={database.server.port} user=postgres dbname={database.name}"
    daemon = containers.start("daemon", env={
        "KAFKA_BROKERS": kafka.brokers, "POSTGRES_DSN": dsn, "HTTP_PORT": free_port()})
    done = containers.run("--brokers", kafka.brokers, "--topic", TOPIC, "--partitions", 4,
                          "--stream", "ads", "--count", 200_000, "--rate", 50_000, "--late", "--lz4",
                          program="tallymill-generate")
    assert done.returncode == 0, done

    def counted():
        daemon.check()
        return database.table_exists("tallymill.checkpoint") and dict(database.query(
            "SELECT partition::int, next_offset::bigint FROM tallymill.checkpoint")) == topics.ends(TOPIC)
    wait_until(counted, 60, f"the end of the topic; the daemon says: {daemon.tail()}", every=0.2)
    assert recount("ads", kafka.brokers, TOPIC, database.dsn(), str(program.ROOT / "config/ads.csv"),
                   "ad_campaigns") == []
    assert containers.healthy("daemon")
    assert containers.ask("stop", "--time", 15, "daemon").returncode == 0
    assert daemon.wait(15) == 0
    assert not containers.healthy("daemon")
    topics.delete(TOPIC)
