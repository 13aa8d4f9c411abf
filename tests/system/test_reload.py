"""A changed configuration comes into force while the daemon runs, or is rejected whole."""

import signal
import time

import pytest

from process import wait_until
from rig import config
from rig.background import Traffic
from rig.growth import MORE, check_more
from rig.oracle import Oracle, wait_progress


def of(topic, *pipelines, head="", **interval):
    """Returns a configuration of pipelines that count the same, each into a table of its name."""
    sections = [config.counts(topic, name=name, table=name, interval=interval.get(name, "200ms"))
                .partition("pipelines:\n")[2] for name in pipelines]
    return config.with_head("pipelines:\n" + "".join(sections), head=head)


@pytest.fixture
def oracles(topics, database, topic):
    return {name: Oracle(topics, database, topic, pipeline=name, table=name) for name in ("a", "b", "c")}


def session(database, pipeline):
    """Returns who holds the pipeline; empty if nobody does."""
    return database.value("SELECT lease_session FROM tallymill.pipeline WHERE pipeline = %s", pipeline)


def states(daemon) -> dict:
    return {name: daemon.state(name) for name in ("a", "b", "c") if daemon.status(name)}


def test_pipelines_come_change_and_go_under_load_and_each_counts_each_record_once(
        kafka, topic, make_daemon, database, oracles):
    daemon = make_daemon(of(topic, "a", "b")).start().wait_ready()
    with Traffic(kafka.brokers, topic, per_second=2_000):
        for name in ("a", "b"):
            wait_progress(oracles[name])
        held = {name: session(database, name) for name in ("a", "b")}

        done = daemon.reload(of(topic, "a", "b", "c", b="500ms"))
        assert done.returncode == 0, done
        assert "added: c; changed: b; 1 pipeline is not touched" in done.stdout
        assert states(daemon) == {"a": "running", "b": "running", "c": "running"}
        assert session(database, "a") == held["a"]
        assert session(database, "b") not in ("", held["b"])
        assert daemon.metrics().sum("tallymill_takeovers_total", pipeline="a") == 1
        for oracle in oracles.values():
            wait_progress(oracle)

        done = daemon.reload(of(topic, "b", "c", b="500ms"))
        assert done.returncode == 0 and "removed: a; 2 pipelines are not touched" in done.stdout, done
        assert states(daemon) == {"b": "running", "c": "running"}
        assert session(database, "a") == ""
        assert 'pipeline="a"' not in daemon.metrics().text
        stood = oracles["a"].checkpoint()
        for name in ("b", "c"):
            wait_progress(oracles[name])
        assert oracles["a"].checkpoint() == stood

        done = daemon.reload(of(topic, "a", "b", "c", b="500ms"))
        assert done.returncode == 0 and "added: a; 2 pipelines are not touched" in done.stdout, done
        wait_progress(oracles["a"])
    for oracle in oracles.values():
        oracle.check(least=300)
    assert database.query("SELECT pipeline, count(*) FROM tallymill.instance GROUP BY 1 ORDER BY 1") == [
        ("a", 1), ("b", 1), ("c", 1)]
    assert daemon.stop() == 0


def test_a_broken_file_is_rejected_as_check_shows_it_and_the_former_one_goes_on(
        kafka, topic, make_daemon, oracle):
    good = config.counts(topic)
    daemon = make_daemon(good).start().wait_ready()
    assert daemon.metrics().sum("tallymill_config_last_reload_successful") == 1
    loaded = daemon.metrics().sum("tallymill_config_last_reload_success_timestamp_seconds")
    assert 0 <= time.time() - loaded < 60
    with Traffic(kafka.brokers, topic, per_second=1_000):
        wait_progress(oracle)
        daemon.config.write_text(good.replace("interval: 200ms", "intervall: 200ms")
                                 .replace("max(amount)", "maks(amount)"))
        checked = daemon.command("check", daemon.config)
        assert checked.returncode == 78 and checked.stderr.count("error:") == 2, checked
        for how in ([daemon.config], ["--port", daemon.http]):
            done = daemon.command("reload", *how)
            assert done.returncode == 1 and checked.stderr in done.stderr, done
        assert "configuration not reloaded" in daemon.log()
        metrics = daemon.metrics()
        assert metrics.sum("tallymill_config_last_reload_successful") == 0
        assert metrics.sum("tallymill_config_last_reload_success_timestamp_seconds") == loaded
        assert '"result":"rejected"' in daemon.get("/api/status")[1]
        assert daemon.ready()
        wait_progress(oracle)

        assert daemon.reload(good).returncode == 0
        metrics = daemon.metrics()
        assert metrics.sum("tallymill_config_last_reload_successful") == 1
        assert metrics.sum("tallymill_config_last_reload_success_timestamp_seconds") > loaded
    oracle.check(least=100)
    assert "dropped" not in daemon.log()


def test_what_a_start_would_refuse_is_refused_and_comes_into_force_by_a_reset(
        producer, topic, make_daemon, database, oracle):
    daemon = make_daemon(config.counts(topic, columns="more: count(amount > 30)")).start().wait_ready()
    producer.send(topic, *[{"key": "a", "amount": 20}] * 20)
    producer.flush()
    oracle.wait_settled()
    before = session(database, "counts")
    changed = config.counts(topic, columns=MORE)
    done = daemon.reload(changed)
    assert done.returncode == 1, done
    for words in ("+ counts: column more count", "tallymill reset", "nothing was changed"):
        assert words in done.stderr, done
    assert done.stderr.lower().count("nothing was changed") == 1, done
    assert "starting pipeline counts: the configuration changes what is counted" in done.stderr, done
    # The log has it line by line, as a person reads it.
    assert "\n  |   + counts: column more count" in daemon.log() and "u000a" not in daemon.log()
    assert session(database, "counts") == before and daemon.state() == "running"

    database.query("CREATE TABLE other (key text PRIMARY KEY, n bigint)")
    done = daemon.reload(of(topic, "other"))
    assert done.returncode == 1 and "pipeline other" in done.stderr and "ALTER TABLE" in done.stderr, done
    assert daemon.state() == "running"

    # Under the new file, while the daemon runs the former one.
    daemon.config.write_text(changed)
    assert daemon.command("pause", daemon.config, "counts").returncode == 0
    daemon.wait_state("paused", 10)
    database.query("DROP TABLE counts")
    assert daemon.command("reset", daemon.config, "counts").returncode == 0
    assert daemon.reload(changed).returncode == 0
    assert daemon.command("resume", daemon.config, "counts").returncode == 0
    daemon.wait_state("running", 10)
    oracle.wait_settled()
    assert database.query("SELECT key, n, more FROM counts") == [("a", 20, 20)]


def test_what_is_counted_more_comes_into_force_or_is_rejected_as_long_as_its_start_could_not_go_on(
        kafka, topic, make_daemon, database, oracle):
    daemon = make_daemon(config.counts(topic)).start().wait_ready()
    replay = "counts.replay.counts"
    with Traffic(kafka.brokers, topic, per_second=1_000):
        wait_progress(oracle)
        before = session(database, "counts")

        def rejected(words, **more):
            done = daemon.reload(config.counts(topic, columns=MORE, **more))
            assert done.returncode == 1 and words in done.stderr and "nothing was changed" in done.stderr, done
            assert session(database, "counts") == before and daemon.state() == "running"
            wait_progress(oracle)

        database.query("INSERT INTO tallymill.pipeline (pipeline, fingerprint) VALUES (%s, '')", replay)
        rejected("a replay is under way")
        database.query("DELETE FROM tallymill.pipeline WHERE pipeline = %s", replay)
        rejected('role "nobody_there" does not exist', postgres="readers: [nobody_there]")
        with database.connect() as reader, reader.transaction():
            reader.execute("SELECT count(*) FROM counts")
            rejected("lock timeout")
        done = daemon.reload(config.counts(topic, columns=MORE))
        assert done.returncode == 0 and "changed: counts" in done.stdout, done
        wait_progress(oracle)
    check_more(database, oracle.check(least=100))


def test_what_cannot_change_while_it_runs_is_named_and_what_can_is_applied(topic, make_daemon, producer, oracle):
    daemon = make_daemon(config.counts(topic)).start().wait_ready()
    done = daemon.reload(config.counts(topic, head="instance: other"))
    assert done.returncode == 1 and "needs a restart: instance\n" in done.stderr, done
    done = daemon.reload(config.counts(topic, head="log: {level: debug}"))
    assert done.returncode == 0 and "1 pipeline is not touched" in done.stdout, done
    producer.send(topic, {"key": "a", "amount": 1})
    producer.flush()
    oracle.wait_settled()
    daemon.wait_log("batch committed", seconds=10)


def test_while_postgres_is_away_only_what_need_not_ask_it_is_reloaded(
        kafka, postgres, topic, make_daemon, oracles):
    daemon = make_daemon(of(topic, "a", "b")).start().wait_ready()
    with Traffic(kafka.brokers, topic, per_second=1_000):
        for name in ("a", "b"):
            wait_progress(oracles[name])
        postgres.stop()
        try:
            done = daemon.reload(of(topic, "a", "b", "c", b="500ms"))
            assert done.returncode == 1 and "reload again when Postgres answers" in done.stderr, done
            assert states(daemon).keys() == {"a", "b"}
            done = daemon.reload(of(topic, "a"))
            assert done.returncode == 0 and "removed: b" in done.stdout, done
            assert states(daemon).keys() == {"a"}
        finally:
            postgres.start()
        wait_progress(oracles["a"])
        assert daemon.reload(of(topic, "a", "b", "c")).returncode == 0
        for oracle in oracles.values():
            wait_progress(oracle)
    for oracle in oracles.values():
        oracle.check(least=300)


def test_a_storm_of_signals_ends_with_the_last_file_in_force(kafka, topic, make_daemon, database, oracles):
    daemon = make_daemon(of(topic, "a", "b")).start().wait_ready()
    kept = session(database, "a")
    with Traffic(kafka.brokers, topic, per_second=1_000):
        for name in ("a", "b"):
            wait_progress(oracles[name])
        for i in range(200):
            daemon.config.write_text(of(topic, "a", *(["b"] if i % 2 else ["c"]), b=f"{200 + i}ms"))
            daemon.process.send(signal.SIGHUP)
            time.sleep(0.01)
        done = daemon.reload(of(topic, "a", "b", "c"))
        assert done.returncode == 0, done
        assert states(daemon) == {"a": "running", "b": "running", "c": "running"}
        assert session(database, "a") == kept
        for oracle in oracles.values():
            wait_progress(oracle)
    for oracle in oracles.values():
        oracle.check(least=300)
    assert daemon.stop() == 0


@pytest.mark.parametrize("waits_for", ["the check", "the last batch"])
def test_sigterm_during_a_reload_wins(waits_for, kafka, topic, make_daemon, database, oracles):
    """A table that is locked holds up whoever writes to it, and with its pipeline's row the check."""
    daemon = make_daemon(of(topic, "a", "b")).start().wait_ready()
    new = of(topic, "a", "b", "c", b="500ms") if waits_for == "the check" else of(topic, "a", "c")
    with Traffic(kafka.brokers, topic, per_second=1_000):
        for name in ("a", "b"):
            wait_progress(oracles[name])
        with database.connect() as other, other.transaction():
            other.execute("LOCK TABLE b IN ACCESS EXCLUSIVE MODE")
            time.sleep(0.5)  # Until a batch of b waits.
            daemon.config.write_text(new)
            daemon.process.send(signal.SIGHUP)
            daemon.wait_log("reloading the configuration")
            began = time.monotonic()
            daemon.stop()
            assert time.monotonic() - began < 10.5
        assert not database.table_exists("c")
        daemon.start().wait_ready()
        for name in states(daemon):
            wait_progress(oracles[name])
        seen = states(daemon)
    assert seen.keys() == ({"a", "b", "c"} if waits_for == "the check" else {"a", "c"})
    for name in seen:
        oracles[name].check(least=1_000)


def test_kill_9_in_the_middle_of_a_reload_and_a_start_with_the_new_file(
        kafka, topic, make_daemon, database, oracles):
    daemon = make_daemon(of(topic, "a", "b")).start().wait_ready()
    with Traffic(kafka.brokers, topic, per_second=1_000):
        for name in ("a", "b"):
            wait_progress(oracles[name])
        with database.connect() as other, other.transaction():
            other.execute("LOCK TABLE b IN ACCESS EXCLUSIVE MODE")
            time.sleep(0.5)
            # b is to go and cannot; a has gone and is to come back.
            daemon.config.write_text(of(topic, "a", "c", a="300ms"))
            daemon.process.send(signal.SIGHUP)
            wait_until(lambda: daemon.state("a") == "stopped", 10, "a to have ended")
            daemon.kill9()
        daemon.start().wait_ready()
        assert states(daemon) == {"a": "running", "c": "running"}
        for name in ("a", "c"):
            wait_progress(oracles[name])
        assert daemon.reload(of(topic, "a", "b", "c", a="300ms")).returncode == 0
        wait_progress(oracles["b"])
    for oracle in oracles.values():
        oracle.check(least=300)


def test_of_two_instances_one_counts_while_each_is_reloaded(kafka, topic, make_daemon, oracle):
    daemons = [make_daemon(config.counts(topic, head=f"instance: {name}")) for name in ("one", "two")]
    daemons[0].start().wait_ready()
    daemons[1].start().wait_state("standby")
    with Traffic(kafka.brokers, topic, per_second=1_000):
        wait_progress(oracle)
        for daemon, name in zip(daemons, ("one", "two")):
            done = daemon.reload(config.counts(topic, interval="100ms", head=f"instance: {name}"))
            assert done.returncode == 0, done
            wait_progress(oracle)
        wait_until(lambda: sorted(daemon.state() for daemon in daemons) == ["running", "standby"], 20,
                   "one that counts and one that is ready")
        wait_progress(oracle)
    oracle.check(least=100)
