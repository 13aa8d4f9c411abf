"""The Debian package: installs on a bare Debian, counts there, is upgraded, and goes away without a trace."""

import json
import pathlib
import re
import subprocess

import pytest

from ports import free_port
from rig import program
from rig.bare_debian import BareDebian
from rig.containers import image_store

CONFIG = "/etc/tallymill/tallymill.yaml"
QUIETLY = {"DEBIAN_FRONTEND": "noninteractive"}


@pytest.fixture(scope="module")
def package(tmp_path_factory) -> pathlib.Path:
    folder = tmp_path_factory.mktemp("package")
    build = program.daemon().parents[1]
    done = subprocess.run(["cpack", "-G", "DEB", "--config", build / "CPackConfig.cmake", "-B", folder],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    made, = folder.glob("*.deb")
    return made


@pytest.fixture(scope="module")
def machine():
    machine = BareDebian(image_store())
    yield machine
    machine.remove()


def traces(machine) -> str:
    """Returns every file and every account that has the project's name."""
    return machine.must("sh", "-c", "find / -xdev -name '*tallymill*' -not -path '/proc/*' -not -path '/tmp/*'; "
                                    "grep -h tallymill /etc/passwd /etc/group; true")


def test_the_package_names_what_it_needs_and_its_configuration(package):
    fields = subprocess.run(["dpkg-deb", "--field", package], capture_output=True, text=True, check=True).stdout
    version = re.search(r"project\(tallymill VERSION ([\d.]+)", (program.ROOT / "CMakeLists.txt").read_text())[1]
    assert f"\nVersion: {version}\n" in f"\n{fields}"
    needs = re.search(r"^Depends: (.*)$", fields, re.MULTILINE)[1]
    for library in ("libc6", "libpq5", "libssl3", "libmicrohttpd12", "libcurl4"):
        assert re.search(rf"\b{library} \(>= ", needs), needs
    assert "adduser" in needs and "librdkafka" not in needs
    conffiles = subprocess.run(["dpkg-deb", "--info", package, "conffiles"], capture_output=True, text=True, check=True)
    assert conffiles.stdout.split() == ["/etc/default/tallymill", CONFIG]


def test_the_package_holds_its_unit_rules_dashboards_docs_and_bill_of_materials(package, tmp_path):
    subprocess.run(["dpkg-deb", "--extract", package, tmp_path], check=True)
    share = tmp_path / "usr/share"
    assert (tmp_path / "usr/lib/systemd/system/tallymill.service").exists()
    assert (share / "tallymill/prometheus/alerts.yml").exists()
    assert len(list((share / "tallymill/grafana/dashboards").glob("*.json"))) == 2
    assert (share / "doc/tallymill/docs/runbook.md").exists() and (share / "doc/tallymill/copyright").exists()
    bill = json.loads((share / "doc/tallymill/sbom.cdx.json").read_text())
    assert {"librdkafka", "libpq5", "libssl3"} <= {one["name"] for one in bill["components"]}


def test_the_package_holds_each_recipe_with_its_cases_where_the_page_says(package, tmp_path):
    subprocess.run(["dpkg-deb", "--extract", package, tmp_path], check=True)
    doc = tmp_path / "usr/share/doc/tallymill"
    shipped = sorted(path.name for path in (doc / "config/cookbook").iterdir())
    assert shipped == sorted(path.name for path in (program.ROOT / "config/cookbook").iterdir())
    done = subprocess.run([tmp_path / "usr/bin/tallymill", "test", "config/cookbook"], cwd=doc, capture_output=True,
                          text=True, env={})
    assert done.returncode == 0 and " 0 fail" in done.stdout, done


def test_a_bare_debian_installs_it_counts_with_it_and_is_rid_of_it_again(package, machine, topics, producer, database):
    before = traces(machine)
    machine.copy(package, "/tmp/")
    deb = f"/tmp/{package.name}"
    machine.must("apt-get", "update")
    machine.must("apt-get", "install", "-y", "--no-install-recommends", deb, env=QUIETLY)

    # As installed: a user without rights or a shell, a configuration that is right, nobody else's secrets.
    account = machine.must("getent", "passwd", "tallymill").strip().split(":")
    assert account[5:] == ["/nonexistent", "/usr/sbin/nologin"] and int(account[2]) < 1000
    assert "fine, 1 pipeline" in machine.must("tallymill", "check", "/etc/tallymill", user="tallymill")
    assert machine.run("cat", "/etc/default/tallymill", user="tallymill").returncode != 0


    # It counts.
    topics.create("app-logs")
    producer.send("app-logs", *[{"service": "shop", "level": level} for level in ("INFO", "INFO", "ERROR", "INFO")])
    producer.flush()
    dsn = f"host=127.0.0.1 port={database.server.port} user=postgres dbname={database.name}"
    machine.must("tallymill", "run", "--drain", "/etc/tallymill", user="tallymill",
                 env={"KAFKA_BROKERS": producer.brokers, "POSTGRES_DSN": dsn, "HTTP_PORT": free_port()})
    assert database.query("SELECT service, lines, error_rate FROM log_counts") == [("shop", 4, 0.25)]
    topics.delete("app-logs")

    # An upgrade leaves what somebody wrote as it is.
    machine.must("sh", "-c", f"echo '# ours' >> {CONFIG}")
    machine.must("dpkg", "--install", deb, env=QUIETLY)
    assert machine.must("tail", "-n", "1", CONFIG) == "# ours\n"

    # Removed: the configuration stays for the next time. Purged: nothing does.
    machine.must("apt-get", "remove", "-y", "tallymill", env=QUIETLY)
    assert machine.run("test", "-e", "/usr/bin/tallymill").returncode == 1
    assert machine.must("tail", "-n", "1", CONFIG) == "# ours\n"
    machine.must("apt-get", "purge", "-y", "tallymill", env=QUIETLY)
    assert traces(machine) == before
