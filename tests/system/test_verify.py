"""Any batch of the ledger can be read again and comes to what it came to then, or the answer says why
nobody can tell."""

from process import wait_until
from rig import config
from rig.background import Traffic

EQUAL, DIFFERS, NOT_VERIFIABLE = 0, 1, 3


def verify(daemon, *arguments):
    return daemon.command("verify", daemon.config, "counts", *arguments)


def send(producer, topic, count):
    for i in range(count):
        producer.send(topic, {"key": f"k{i % 7}", "amount": i}, partition=i % 2)
    producer.flush()


def test_a_life_with_traffic_kills_and_bad_records_verifies_while_the_daemon_goes_on(
        kafka, topic, producer, make_daemon, oracle):
    daemon = make_daemon(config.counts(topic)).start().wait_ready()
    with Traffic(kafka.brokers, topic, per_second=2_000):
        for _ in range(3):
            producer.raw(topic, b"bad", partition=0)
            producer.flush()
            before = len(oracle.batches())
            wait_until(lambda: len(oracle.batches()) > before + 2, 30, "some batches")
            daemon.kill9()
            daemon.start().wait_ready()
        done = verify(daemon, "--last", 5)
        assert done.returncode == EQUAL and "5 equal" in done.stdout, done
    records = oracle.check(least=1_000)
    done = verify(daemon)
    assert done.returncode == EQUAL, done
    assert f"{len(oracle.batches())} equal, 0 differ" in done.stdout and records


def test_a_record_that_the_database_refused_is_rejected_again(
        topic, producer, make_daemon, database, oracle):
    daemon = make_daemon(config.counts(topic)).start().wait_ready()
    database.query("ALTER TABLE counts ADD CHECK (key <> 'no')")
    send(producer, topic, 20)
    producer.send(topic, {"key": "no", "amount": 1}, partition=0)
    send(producer, topic, 20)
    oracle.wait_settled()
    assert list(oracle.dead_letters().values()) == ["database"]
    database.query("DELETE FROM tallymill.dead_letter")
    done = verify(daemon)
    assert done.returncode == EQUAL, done


def test_what_differs_is_named(topic, producer, make_daemon, database, oracle):
    daemon = make_daemon(config.counts(topic)).start().wait_ready()
    send(producer, topic, 40)
    oracle.wait_settled()
    database.query("UPDATE tallymill.batch SET digests = jsonb_set(digests, '{tables,counts}', "
                   "to_jsonb(repeat('00', 32))) WHERE sequence = 1")
    done = verify(daemon, "--batches", "1")
    assert done.returncode == DIFFERS and "aggregation counts: other rows" in done.stdout, done


def test_what_the_topic_or_the_ledger_no_longer_holds_is_not_verifiable(
        topics, topic, producer, make_daemon, database, oracle):
    daemon = make_daemon(config.counts(topic)).start().wait_ready()
    done = verify(daemon)
    assert done.returncode == NOT_VERIFIABLE and "holds no such batch" in done.stderr, done
    send(producer, topic, 40)
    oracle.wait_settled()
    topics.delete_records(topic, 0, before=5)
    done = verify(daemon)
    assert done.returncode == NOT_VERIFIABLE, done
    assert f"retention took {topic} partition 0 [0, 5)" in done.stdout
    daemon.stop()
    topics.recreate(topic)
    done = verify(daemon)
    assert done.returncode == NOT_VERIFIABLE and "made anew" in done.stdout, done
    done = make_daemon(config.counts(topic), brokers="127.0.0.1:1").command(
        "verify", daemon.config, "counts", timeout=90)
    assert done.returncode == NOT_VERIFIABLE and "was not verified" in done.stderr, done


def test_a_pipeline_that_is_not_configured_and_a_wrong_span_are_refused(topic, make_daemon):
    daemon = make_daemon(config.counts(topic))
    done = daemon.command("verify", daemon.config, "other")
    assert done.returncode == 2 and "it has counts" in done.stderr, done
    for span in ("x", "..", "1..y"):
        assert verify(daemon, "--batches", span).returncode == 2, span
    assert verify(daemon, "--last", "0").returncode == 2
    assert "Exit codes" in daemon.command("verify", "--help").stdout
