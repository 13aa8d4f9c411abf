"""`tallymill reload` finds the daemon that it means, and no other."""

import signal
import subprocess

from rig import config, program
from rig.privileges import need_mounts
from rig.processes import children


def test_the_command_finds_its_daemon_or_says_why_not(topic, make_daemon):
    daemon = make_daemon(config.counts(topic))
    done = daemon.command("reload", daemon.config)
    assert done.returncode == 1 and f"port {daemon.http}" in done.stderr, done
    daemon.start().wait_ready()
    done = daemon.command("reload", "--pid", 1, daemon.config)
    assert done.returncode == 1 and f"is process {daemon.process.pid}, not 1" in done.stderr, done
    for how in ([daemon.config], ["--port", daemon.http], ["--pid", daemon.process.pid, daemon.config]):
        done = daemon.command("reload", *how)
        assert done.returncode == 0 and done.stdout.endswith("applied\n"), done
    assert daemon.state() == "running"
    done = daemon.reload(config.counts(topic).replace('"${HTTP_PORT}"', "1"))
    assert done.returncode == 1 and "say --address and --port" in done.stderr, done
    done = daemon.command("reload", "--port", daemon.http)
    assert done.returncode == 1 and "needs a restart: http.port\n" in done.stderr, done
    done = daemon.reload(config.counts(topic).replace("http: {", "http: {enabled: false, "))
    assert done.returncode == 1 and "SIGHUP" in done.stderr, done


def test_a_daemon_in_a_container_is_reloaded_there_and_from_nowhere_else(topic, make_daemon):
    """There it is process 1, which outside is somebody whom SIGHUP might end."""
    need_mounts()
    daemon = make_daemon(config.counts(topic))
    daemon.start(wrapper=["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"]).wait_ready()
    done = daemon.command("reload", daemon.config)
    assert done.returncode == 1 and "another container" in done.stderr, done
    inside = children(daemon.process.pid)[0]
    done = subprocess.run(["nsenter", "--target", str(inside), "--pid", "--mount", program.daemon(), "reload",
                           "--port", str(daemon.http)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and done.stdout.endswith("applied\n"), done


def test_a_drain_is_not_reloaded(kafka, topic, make_daemon, producer, oracle):
    producer.send(topic, *[{"key": "a", "amount": 1}] * 10)
    producer.flush()
    daemon = make_daemon(config.counts(topic)).start("--drain", failpoints="flush.begin=sleep(2000)")
    daemon.wait_log("started")
    daemon.process.send(signal.SIGHUP)
    daemon.wait_log("a drain reads its configuration once")
    assert daemon.process.wait(30) == 0
    oracle.check(least=10)
