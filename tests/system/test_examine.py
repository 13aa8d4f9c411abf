"""A batch that fails, looked at record by record, while nothing is changed."""

from rig import config


def test_the_records_that_fail_are_found_before_anything_is_counted(
        topic, producer, make_daemon, database):
    daemon = make_daemon(config.counts(topic)).start().wait_ready()
    daemon.stop()
    database.query("ALTER TABLE counts ADD CHECK (key <> 'no')")
    for value in (b'{"key": "a", "amount": 1}', b"bad", b'{"key": "no", "amount": 1}', None):
        producer.raw(topic, value, partition=0)
    producer.raw(topic, b'{"key": "b", "amount": 1}', partition=1)
    producer.flush()
    done = daemon.command("examine", daemon.config, "counts")
    assert done.returncode == 0, done
    lines = done.stdout.splitlines()
    assert lines[0] == f"{topic}/0 offset 0: used by counts"
    assert lines[1].startswith(f"{topic}/0 offset 1: rejected: bad_json")
    assert lines[2].startswith(f"{topic}/0 offset 2: refused: ") and "23514" in lines[2]
    assert lines[3] == f"{topic}/0 offset 3: skipped"
    assert lines[4:] == [f"{topic}/1 offset 0: used by counts", "5 records"]
    done = daemon.command("examine", daemon.config, "counts", "--partition", "0", "--offset", "1",
                          "--limit", "1")
    assert done.stdout.count("\n") == 2 and "bad_json" in done.stdout, done
    assert not database.query("SELECT * FROM counts")
    assert not database.query("SELECT * FROM tallymill.dead_letter")
