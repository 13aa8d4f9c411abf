"""Failpoints are armed on demand only."""

from rig import config


def test_a_variable_without_the_flag_is_refused_with_exit_code_2(make_daemon, topic):
    daemon = make_daemon(config.counts(topic))
    done = daemon.command("run", "--config", daemon.config, TALLYMILL_FAILPOINTS="tx.after_cas=kill9")
    assert done.returncode == 2
    assert "--unsafe-failpoints" in done.stderr and "TALLYMILL_FAILPOINTS" in done.stderr


def test_an_unknown_name_is_refused_with_exit_code_2_and_all_names(make_daemon, topic):
    daemon = make_daemon(config.counts(topic))
    done = daemon.command("run", "--unsafe-failpoints", "--config", daemon.config,
                          TALLYMILL_FAILPOINTS="tx.nowhere=kill9")
    assert done.returncode == 2
    assert "tx.nowhere" in done.stderr and "tx.after_cas" in done.stderr
