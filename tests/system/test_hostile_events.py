"""Hostile events of all kinds through the daemon, and through a second opinion that shares no code with it.
tests/faults/run differential does the same with as many as one likes."""

from differential.comparison import compare, recount
from differential.send import send
from differential.tally import CONFIG
from process import wait_until

SEED, EVENTS, PARTITIONS = 20_260, 50_000, 4


def test_hostile_events_give_the_tables_and_dead_letters_of_an_independent_recount(
        kafka, topics, database, make_daemon):
    topic = topics.create(partitions=PARTITIONS, retention_ms=-1, max_message_bytes=2_000_000)
    made = send(kafka.brokers, topic, SEED, EVENTS, PARTITIONS)
    assert len(made) > 20, "a kind of hostile event is missing"
    daemon = make_daemon(CONFIG.format(topic=topic)).start("--drain")
    wait_until(lambda: not daemon.process.running(), 120, "the daemon to finish")
    assert daemon.process.popen.returncode == 0
    tally, ends = recount(kafka.brokers, topic)
    assert tally.records == EVENTS and len(tally.letters) > EVENTS / 10
    found = compare(database.dsn(), tally, ends)
    assert not found, f"{len(found)} differences with seed {SEED}:\n" + "\n".join(found[:20])
