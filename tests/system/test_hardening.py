"""What limits the harm that a bug or an intruder could do: how the program is built, what it leaves behind, whose
names it trusts, how many series it makes."""

import pathlib
import re
import subprocess

from rig import config, program


def readelf(*options) -> str:
    return subprocess.run(["readelf", "-W", *options, program.daemon()], check=True, capture_output=True, text=True).stdout


def test_the_program_is_built_to_be_hard_to_exploit():
    assert "Position-Independent Executable" in readelf("-h")
    headers = readelf("-l")
    assert "GNU_RELRO" in headers and re.search(r"GNU_STACK .* RW ", headers), "writable memory is executable"
    assert "NOW" in readelf("-d"), "addresses of functions stay writable"
    symbols = readelf("--dyn-syms")
    assert "__stack_chk_fail" in symbols and "_chk@" in symbols
    assert program.daemon().stat().st_mode & 0o7000 == 0


def test_a_daemon_that_crashes_leaves_no_core_of_its_memory(counting):
    limits = pathlib.Path(f"/proc/{counting.process.pid}/limits").read_text()
    assert re.search(r"Max core file size +0 +0 ", limits), limits


def test_the_daemon_keeps_nothing_on_disk(producer, topic, make_daemon, oracle, tmp_path):
    for name in ("home", "temporary"):
        (tmp_path / name).mkdir()
    daemon = make_daemon(config.counts(topic), HOME=str(tmp_path / "home"), TMPDIR=str(tmp_path / "temporary"))
    daemon.start().wait_ready()
    producer.send(topic, *[{"key": "a", "amount": 1}] * 100)
    producer.raw(topic, b"no event")
    producer.flush()
    oracle.wait_settled()
    opened = [path.readlink() for path in pathlib.Path(f"/proc/{daemon.process.pid}/fd").iterdir()]
    files = {str(path) for path in opened if str(path).startswith("/") and not str(path).startswith("/dev/")}
    assert files == {str(daemon.process.log)}
    assert daemon.stop() == 0
    assert {path.name for path in daemon.folder.iterdir()} == {"tallymill.yaml", "daemon.log"}
    assert [*(tmp_path / "home").iterdir(), *(tmp_path / "temporary").iterdir()] == []


def test_names_that_somebody_puts_before_ours_in_the_search_path_are_not_used(
        producer, topic, database, make_daemon, oracle):
    database.query("""
        CREATE SCHEMA before;
        CREATE TABLE before.counts (LIKE information_schema.sql_features);
        CREATE FUNCTION before.now() RETURNS timestamptz LANGUAGE sql AS 'SELECT NULL::timestamptz';
        CREATE FUNCTION before.greatest(bigint, bigint) RETURNS bigint LANGUAGE sql AS 'SELECT -1::bigint';
        CREATE FUNCTION before.never(numeric, numeric) RETURNS boolean LANGUAGE sql AS 'SELECT false';
        CREATE OPERATOR before.= (LEFTARG = numeric, RIGHTARG = numeric, FUNCTION = before.never);
        CREATE OPERATOR before.+ (LEFTARG = bigint, RIGHTARG = bigint, FUNCTION = before.greatest)""")
    ours = f"{database.dsn()} options='-c search_path=before,pg_catalog,public'"
    make_daemon(config.counts(topic), dsn=ours).start().wait_ready()
    for _ in range(3):
        producer.send(topic, *[{"key": "a", "amount": 1}] * 100)
        producer.flush()
        oracle.wait_settled()
    oracle.check()
    assert database.value("SELECT count(*) FROM before.counts") == 0


def test_nothing_in_a_record_makes_a_series_of_its_own(producer, topic, counting, oracle):
    def series():
        return {(name, tuple(sorted(labels.items()))) for name, labels, _ in counting.metrics().samples}
    producer.send(topic, {"key": "first", "amount": 1})
    producer.raw(topic, b"bad")
    producer.flush()
    oracle.wait_settled()
    before = series()
    for i in range(200):
        producer.send(topic, {"key": f"k{i}\" \n\\", "amount": 1}, key=f"key {i}", headers=[(f"h{i}", b"\xff")])
        producer.raw(topic, b"bad %d" % i, headers=[(f"g{i}", None)])
    producer.flush()
    oracle.wait_settled()
    more = {name for name, _ in series() - before}
    assert not more, more
