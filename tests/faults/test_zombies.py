"""Two instances: one that was thought dead comes back."""

import time

from process import wait_until
from rig import config


def text_of(topic, instance, **more):
    return config.counts(topic, interval="100ms", head=f"instance: {instance}", **more)


def test_03_zombie(judge, topic, make_daemon):
    zombie = make_daemon(text_of(topic, "one")).start().wait_ready()
    other = make_daemon(text_of(topic, "two")).start()
    other.wait_state("standby")
    with judge.load():
        judge.progress()
        zombie.freeze()
        other.wait_state("running")
        judge.progress()
        zombie.thaw()
        zombie.wait_state("standby")
        judge.progress()
    assert zombie.metrics().sum("tallymill_batches_dropped_total") == 1
    assert other.metrics().sum("tallymill_batches_dropped_total") == 0
    judge.check()


def test_04_zombie_holding_an_open_transaction(judge, topic, make_daemon, database):
    """The lease is over while its holder sits on the pipeline's row: the server frees the row."""
    bounded = "statement_timeout: 2s\nlock_timeout: 1s"
    zombie = make_daemon(text_of(topic, "one", postgres=bounded))
    zombie.start(failpoints="tx.after_cas=stop(14)@10")
    zombie.wait_ready()
    other = make_daemon(text_of(topic, "two", postgres=bounded)).start()
    other.wait_state("standby")
    with judge.load():
        zombie.wait_log("failpoint reached")
        zombie.freeze()  # All of it, not only the thread that holds the row.
        began = time.monotonic()
        # Its session idles in a transaction; idle_in_transaction_session_timeout ends that.
        other.wait_state("running")
        judge.progress()
        # The takeover, the time-out, one lock time-out and a try at taking the lease.
        assert time.monotonic() - began < 3 + 2 + 1 + 3
        zombie.thaw()
        wait_until(lambda: zombie.state() == "standby", 20, "the zombie to see it")
        judge.progress()
    assert zombie.metrics().sum("tallymill_batches_dropped_total") == 1
    judge.check()
