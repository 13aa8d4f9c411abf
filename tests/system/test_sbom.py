"""The bill of materials is valid, and complete: what a running daemon has loaded is in it."""

import json
import pathlib
import re
import subprocess

import pytest

from rig import program

SBOM = program.ROOT / "deploy/sbom"


def make_bill() -> str:
    build = program.daemon().parents[1]
    done = subprocess.run([SBOM, build], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def text() -> str:
    return make_bill()


@pytest.fixture(scope="module")
def components(text) -> list[dict]:
    return json.loads(text)["components"]


def linked(component: dict) -> str:
    return component["properties"][0]["value"]


def validate(text: str) -> subprocess.CompletedProcess:
    python = subprocess.run([program.ROOT / "deploy/install", "--print-schemas"], capture_output=True, text=True,
                            check=True).stdout.strip()
    return subprocess.run([python, program.ROOT / "tests/schemas/validate_sbom.py"], input=text, capture_output=True,
                          text=True)


def test_it_is_valid_against_the_published_schema_and_the_same_each_time(text):
    done = validate(text)
    assert done.returncode == 0, done.stdout + done.stderr
    assert validate(text.replace('"library"', '"book"', 1)).returncode == 1
    assert make_bill() == text


def owner(file: str) -> str:
    names = [file, file.removeprefix("/usr"), f"/usr{file.removeprefix('/usr')}"]
    return subprocess.run(["dpkg", "-S", *names], capture_output=True, text=True).stdout.split(":")[0]


def test_each_library_that_a_running_daemon_has_loaded_is_in_it(counting, components):
    maps = pathlib.Path(f"/proc/{counting.process.pid}/maps").read_text()
    loaded = set(re.findall(r"(/\S+\.so[.\d]*)$", maps, re.MULTILINE))
    # What libraries find in folders of their own while they run, and what that needs, is the machine's.
    plugins = {file for file in loaded if not re.fullmatch(r"(/usr)?/lib\w*(/[\w-]+-linux-gnu)?/[^/]+", file)}
    theirs = {owner(needed) for plugin in plugins for needed in re.findall(
        r"=> (/\S+)", subprocess.run(["ldd", plugin], capture_output=True, text=True).stdout)}
    shared = {one["name"] for one in components if linked(one) == "shared"}
    found = {owner(file) for file in loaded - plugins}
    assert len(found) >= 20
    assert found - theirs <= shared
    assert shared <= found, "it names what is not loaded"


def test_what_is_compiled_in_is_in_it(components):
    by_name = {one["name"]: one for one in components}
    install = (program.ROOT / "deploy/install.d/librdkafka.sh").read_text()
    assert linked(by_name["librdkafka"]) == "static"
    assert by_name["librdkafka"]["version"] == re.search(r"^librdkafka_version=(\S+)$", install, re.MULTILINE)[1]
    for carried in ("lz4", "snappy", "cJSON"):
        assert linked(by_name[carried]).startswith("static")
    headers = {one["name"] for one in components if linked(one) == "headers"}
    assert {"libcli11-dev", "libspdlog-dev", "libhowardhinnant-date-dev", "libxxhash-dev"} <= headers


def test_each_component_has_a_version_or_is_a_part_of_one_that_has(components):
    assert [one["name"] for one in components if "version" not in one and "a part of" not in linked(one)] == []


def test_the_notices_name_what_is_not_a_part_of_the_system(components):
    notices = (program.ROOT / "THIRD-PARTY-NOTICES").read_text().lower()
    assert [one["name"] for one in components if linked(one).startswith("static") and one["name"].lower() not in notices] == []
