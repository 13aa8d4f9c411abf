"""What an operator tells a pipeline while the daemon runs, and each way on after a stop."""

from process import wait_until
from rig import config
from rig.background import Background, Traffic
from rig.oracle import SnapshotWatcher, wait_progress


def order(daemon, command, *arguments, code=0):
    done = daemon.command(command, daemon.config, "counts", *arguments)
    assert done.returncode == code, done
    return done.stdout + done.stderr


def send(producer, topic, count, key="a"):
    for i in range(count):
        producer.send(topic, {"key": key, "amount": i}, partition=i % 2)
    producer.flush()


def stored(database):
    return database.query("SELECT key, n FROM counts ORDER BY key")


def test_a_pause_under_load_loses_nothing_and_shows_itself(kafka, topic, make_daemon, database, oracle):
    daemon = make_daemon(config.counts(topic)).start().wait_ready()
    watcher = SnapshotWatcher(oracle)
    with Traffic(kafka.brokers, topic, per_second=2_000), Background(watcher.look, 0.05):
        for _ in range(2):
            wait_progress(oracle)
            assert "would be paused" in order(daemon, "pause", "--dry-run")
            assert daemon.state() == "running"
            order(daemon, "pause")
            daemon.wait_state("paused", 10)
            assert daemon.get("/readyz") == (200, "counts: paused (tallymill resume lets it go on)\n")
            assert "paused" in daemon.command("status", daemon.config).stdout
            before = oracle.checkpoint()
            daemon.kill9()
            daemon.start().wait_state("paused")
            assert oracle.checkpoint() == before
            order(daemon, "resume")
            daemon.wait_state("running", 10)
    watcher.check(oracle.check(least=1_000))


def test_a_loss_that_is_accepted_is_recorded_once_and_the_next_one_stops_again(
        topics, topic, producer, make_daemon, database):
    daemon = make_daemon(config.counts(topic)).start().wait_ready()
    send(producer, topic, 20)
    wait_until(lambda: stored(database) == [("a", 20)], 30, "the first records")
    for loss in (1, 2):
        daemon.stop()
        begin = topics.ends(topic)[0]
        send(producer, topic, 20, "b")
        topics.delete_records(topic, 0, before=begin + 4)
        daemon.start()
        detail = daemon.wait_state("stopped")["detail"]
        assert "tallymill resume --accept-gap" in detail
        said = order(daemon, "resume", "--accept-gap", "--dry-run")
        assert f"gone: {topic} partition 0 [{begin}, {begin + 4}) (retention)" in said
        assert daemon.state() == "stopped"
        order(daemon, "resume", "--accept-gap")
        daemon.wait_state("running", 10)
        wait_until(lambda: stored(database)[1:] == [("b", 16 * loss)], 30, "what is left")
        gaps = database.query("SELECT partition::int, from_offset::int, to_offset::int FROM "
                              "tallymill.gap ORDER BY from_offset")
        assert len(gaps) == loss and gaps[-1] == (0, begin, begin + 4)


def test_a_topic_made_anew_is_accepted_by_name(topics, topic, producer, make_daemon, database, oracle):
    daemon = make_daemon(config.counts(topic)).start().wait_ready()
    send(producer, topic, 20)
    wait_until(lambda: stored(database) == [("a", 20)], 30, "the first records")
    topics.recreate(topic)
    send(producer, topic, 10, "b")
    assert "--accept-topic" in daemon.wait_state("stopped", 60)["detail"]
    order(daemon, "resume")
    wait_until(lambda: daemon.log().count("pipeline stopped") > 1, 20, "a second stop")
    order(daemon, "resume", "--accept-topic")
    daemon.wait_state("running", 10)
    oracle.wait_settled()
    assert stored(database) == [("a", 20), ("b", 10)]
    assert database.value("SELECT count(*) FROM tallymill.gap WHERE cause = 'recreated'") == 2


def test_a_reset_counts_anew_beside_the_running_daemon(kafka, topic, make_daemon, database, oracle):
    daemon = make_daemon(config.counts(topic)).start().wait_ready()
    with Traffic(kafka.brokers, topic, per_second=2_000):
        wait_progress(oracle)
        assert "--truncate" in order(daemon, "reset", code=1)
        order(daemon, "reset", "--truncate", "--dry-run")
        assert order(daemon, "reset", "--truncate", "--start", "earliest")
        wait_progress(oracle)
    oracle.check(least=1_000, whole_ledger=False)
    assert database.value("SELECT min(sequence) FROM tallymill.batch") > 1


def test_a_changed_configuration_comes_into_force_by_a_reset(
        topic, producer, make_daemon, database, oracle):
    daemon = make_daemon(config.counts(topic)).start().wait_ready()
    send(producer, topic, 20)
    oracle.wait_settled()
    daemon.stop()
    daemon.config.write_text(config.counts(topic, columns="more: count(amount > 10)").replace("max(", "min("))
    assert daemon.start().process.wait(30) == 78
    assert "tallymill reset" in daemon.log()
    database.query("DROP TABLE counts")
    order(daemon, "reset")
    daemon.start().wait_state("running", 10)
    oracle.wait_settled()
    assert database.query("SELECT key, n, more FROM counts") == [("a", 20, 9)]


def test_a_dropped_pipeline_is_gone_and_a_paused_daemon_does_not_bring_it_back(
        topic, producer, make_daemon, database, oracle):
    daemon = make_daemon(config.counts(topic)).start().wait_ready()
    send(producer, topic, 20)
    oracle.wait_settled()
    assert "pause" in order(daemon, "drop", code=1)
    order(daemon, "pause")
    daemon.wait_state("paused", 10)
    order(daemon, "drop", "--tables", "--dry-run")
    assert stored(database) == [("a", 20)]
    order(daemon, "drop", "--tables")
    assert not database.table_exists("counts")
    assert daemon.state() == "paused"
    wait_until(lambda: database.value("SELECT count(*) FROM tallymill.pipeline") == 0, 3, "nothing")


def test_what_a_person_mends_goes_on_with_resume(topic, producer, make_daemon, database, oracle):
    """Stops whose cause lies in Postgres: renamed, overflowing."""
    daemon = make_daemon(config.counts(topic)).start().wait_ready()
    send(producer, topic, 20)
    oracle.wait_settled()
    database.query("UPDATE counts SET n = 9223372036854775807")
    send(producer, topic, 2)
    detail = daemon.wait_state("stopped")["detail"]
    assert "column n" in detail and "tallymill resume" in detail
    database.query("UPDATE counts SET n = 20")
    order(daemon, "resume")
    daemon.wait_state("running", 10)
    oracle.wait_settled()
    assert stored(database) == [("a", 22)]
    daemon.stop()
    database.query("ALTER TABLE counts RENAME TO elsewhere")
    daemon.start()
    assert "ALTER TABLE" in daemon.wait_state("stopped")["detail"]
    database.query("ALTER TABLE elsewhere RENAME TO counts")
    order(daemon, "resume")
    daemon.wait_state("running", 10)


def test_too_many_rejects_go_on_once_the_limit_is_raised(topic, producer, make_daemon, database, oracle):
    daemon = make_daemon(config.counts(topic, pipeline="max_dead_letter_ratio: 0.1")).start().wait_ready()
    for i in range(400):
        producer.raw(topic, b"bad" if i % 2 else b'{"key": "a", "amount": 1}', partition=0)
    producer.flush()
    assert "max_dead_letter_ratio" in daemon.wait_state("stopped")["detail"]
    daemon.stop()
    daemon.config.write_text(config.counts(topic))
    daemon.start().wait_ready()
    oracle.wait_settled()
    assert len(oracle.dead_letters()) == 200
