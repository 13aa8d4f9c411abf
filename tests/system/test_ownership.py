"""A table, its pipeline and its checkpoint belong together. Where they come apart, the daemon says so
before it reads anything, and names the ways out."""

from process import wait_until
from rig import config
from rig.oracle import Oracle
from rig.producing import Producer


def send(kafka, topic, count, key="a"):
    producer = Producer(kafka.brokers)
    producer.send(topic, *[{"key": key, "amount": 1}] * count)
    producer.flush()


def run_once(kafka, topic, make_daemon, oracle, count=50):
    """Counts something and stops, so that there is something to come apart."""
    daemon = make_daemon(config.counts(topic)).start().wait_ready()
    send(kafka, topic, count)
    oracle.check(least=count)
    assert daemon.stop() == 0
    return daemon


def refused(daemon, *words) -> str:
    """Starts a daemon that must not count: its pipeline stops, or the process ends with an error.
    Returns what it says."""
    daemon.start()
    wait_until(lambda: not daemon.process.running() or daemon.state() == "stopped", 30,
               "the pipeline to be refused")
    if not daemon.process.running():
        assert daemon.process.popen.returncode in (1, 78)
        said = daemon.log()
    else:
        said = daemon.status()["detail"]
        daemon.kill9()
    for word in words:
        assert word in said, said
    return said


def test_a_renamed_pipeline_carries_its_tables_and_checkpoints_over(
        kafka, topics, topic, make_daemon, database, oracle):
    run_once(kafka, topic, make_daemon, oracle)
    text = config.counts(topic, name="tallies", pipeline="renamed_from: counts")
    daemon = make_daemon(text).start().wait_ready()
    send(kafka, topic, 30)
    renamed = Oracle(topics, database, topic, pipeline="tallies")
    renamed.check(least=80)
    assert database.query("SELECT pipeline FROM tallymill.pipeline") == [("tallies",)]
    assert daemon.stop() == 0
    # It may stay in the configuration.
    daemon.start().wait_ready()
    send(kafka, topic, 5)
    renamed.check(least=85)


def test_a_table_of_another_pipeline_is_refused(kafka, topic, make_daemon, database, oracle):
    run_once(kafka, topic, make_daemon, oracle)
    said = refused(make_daemon(config.counts(topic, name="tallies")), "counts")
    assert "renamed_from" in said
    assert database.query("SELECT key, n FROM counts") == [("a", 50)]


def test_a_table_with_rows_and_no_owner_is_refused(topic, make_daemon, database):
    database.query('CREATE TABLE counts (key text COLLATE "C" PRIMARY KEY, n bigint NOT NULL DEFAULT 0, '
                   "total numeric, biggest bigint)")
    database.query("INSERT INTO counts (key, n) VALUES ('mine', 1)")
    refused(make_daemon(config.counts(topic)), "counts")
    assert database.query("SELECT key, n FROM counts") == [("mine", 1)]


def test_a_table_dropped_while_the_daemon_is_stopped_is_refused(
        kafka, topic, make_daemon, database, oracle):
    daemon = run_once(kafka, topic, make_daemon, oracle)
    database.query("DROP TABLE counts")
    send(kafka, topic, 5)
    refused(daemon, "counts")
    assert oracle.checkpoint() != {} and sum(oracle.checkpoint().values()) == 50


def test_a_table_replaced_by_another_of_its_name_is_refused(
        kafka, topic, make_daemon, database, oracle):
    daemon = run_once(kafka, topic, make_daemon, oracle)
    database.query("ALTER TABLE counts RENAME TO old_counts")
    database.query("CREATE TABLE counts (LIKE old_counts INCLUDING ALL)")
    refused(daemon, "counts")
    assert database.query("SELECT * FROM counts") == []


def test_a_table_dropped_while_the_daemon_runs_stops_the_pipeline(
        kafka, topic, counting, database, oracle):
    send(kafka, topic, 50)
    oracle.check(least=50)
    database.query("DROP TABLE counts")
    send(kafka, topic, 5)
    assert "counts" in counting.wait_state("stopped")["detail"]
    assert sum(oracle.checkpoint().values()) == 50
    assert not database.query("SELECT * FROM tallymill.dead_letter")


def test_a_checkpoint_deleted_while_the_daemon_is_stopped_is_refused(
        kafka, topic, make_daemon, database, oracle):
    daemon = run_once(kafka, topic, make_daemon, oracle)
    database.query("DELETE FROM tallymill.checkpoint")
    refused(daemon, "counts")
    assert database.query("SELECT key, n FROM counts") == [("a", 50)]


def test_a_checkpoint_deleted_while_the_daemon_runs_is_never_a_reason_to_count_again(
        kafka, topic, counting, database, oracle):
    send(kafka, topic, 50)
    oracle.check(least=50)
    database.query("DELETE FROM tallymill.checkpoint")
    send(kafka, topic, 5)
    wait_until(lambda: counting.state() == "stopped" or sum(oracle.checkpoint().values()) == 55, 30,
               "the pipeline to stop, or to put its checkpoint back")
    n = database.value("SELECT sum(n) FROM counts")
    assert n == (50 if counting.state() == "stopped" else 55)


def test_a_changed_configuration_never_adds_onto_the_old_rows(
        kafka, topic, make_daemon, database, oracle):
    run_once(kafka, topic, make_daemon, oracle)
    text = config.counts(topic).replace("total: sum(amount)", "total: sum(amount * 2)")
    refused(make_daemon(text), "counts")
    assert database.query("SELECT key, n FROM counts") == [("a", 50)]


def test_a_change_that_does_not_change_what_is_counted_goes_on(
        kafka, topic, make_daemon, database, oracle):
    run_once(kafka, topic, make_daemon, oracle)
    make_daemon(config.counts(topic, interval="300ms", head="workers: 1")).start().wait_ready()
    send(kafka, topic, 5)
    oracle.check(least=55)
