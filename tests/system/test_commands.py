"""The command line: what it accepts, what it answers, and with which exit code."""

import contextlib
import socket
import subprocess

import pytest

from rig import config, program


def test_help_and_version_need_no_configuration(make_daemon):
    daemon = make_daemon("")
    for arguments in (["--help"], ["run", "--help"], ["--version"]):
        done = daemon.command(*arguments)
        assert done.returncode == 0 and done.stdout, arguments


def test_a_wrong_command_line_exits_with_2_and_a_hint(make_daemon, topic):
    daemon = make_daemon(config.counts(topic))
    path = str(daemon.config)
    for arguments in ([], ["fly"], ["run", "--flsuh"], ["run", "--config"], ["run", "--config", ""],
                      ["run", "--config", path, "--config", path], ["run", path, "extra"]):
        done = daemon.command(*arguments)
        assert done.returncode == 2, (arguments, done)
        assert done.stderr.strip(), arguments


def test_words_that_no_shell_would_send_are_refused_with_2_and_one_line(make_daemon, topic):
    daemon = make_daemon(config.counts(topic))
    path = str(daemon.config).encode()
    for words in ([b"run", b"--config", path, b"--config", path], [b"run", b"--config", b""], [b"run", b"--conf\xff", path],
                  [b"run", b"\xff\xfe", path], [b"run", path, b"x" * 100_000], [b"run", *[b"x" * 1000] * 1000],
                  [b"run", path, b"--password", b"canary"], [b"run", path, b"--dsn=canary"]):
        done = subprocess.run([program.daemon(), *words], capture_output=True, timeout=30)
        assert done.returncode == 2 and done.stdout == b"", (words[1][:40], done)
        assert done.stderr.count(b"\n") == 1 and len(done.stderr) < 2000, (words[1][:40], len(done.stderr))


def test_a_wrong_configuration_exits_with_78_and_shows_every_problem(make_daemon, topic):
    text = config.counts(topic).replace("interval: 200ms", "intervall: 200ms") \
                               .replace("max(amount)", "maks(amount)")
    daemon = make_daemon(text)
    for command in ("check", "run"):
        done = daemon.command(command, "--config", daemon.config)
        assert done.returncode == 78, done
        for word in ("interval", "maks", "tallymill.yaml:"):
            assert word in done.stderr + done.stdout


def test_a_configuration_file_that_is_missing_exits_with_78(make_daemon):
    daemon = make_daemon("")
    daemon.config.unlink()
    assert daemon.command("run", "--config", daemon.config).returncode == 78


def test_check_of_a_good_configuration_is_offline_and_exits_with_0(make_daemon, topic):
    with socket.create_server(("127.0.0.1", 0)) as kafka, socket.create_server(("127.0.0.1", 0)) as postgres:
        daemon = make_daemon(config.counts(topic), brokers=f"127.0.0.1:{kafka.getsockname()[1]}",
                             dsn=f"host=127.0.0.1 port={postgres.getsockname()[1]}")
        done = daemon.command("check", "--config", daemon.config)
        assert done.returncode == 0, done
        for server in (kafka, postgres):
            server.setblocking(False)
            with pytest.raises(BlockingIOError):
                server.accept()


def test_check_connect_compares_with_topics_and_tables(make_daemon, topic, database):
    daemon = make_daemon(config.counts(topic))
    assert daemon.command("check", "--connect", "--config", daemon.config).returncode == 0
    daemon.config.write_text(config.counts("no-such-topic"))
    done = daemon.command("check", "--connect", "--config", daemon.config)
    assert done.returncode != 0 and "no-such-topic" in done.stdout + done.stderr
    database.query("CREATE TABLE counts (key integer PRIMARY KEY)")
    daemon.config.write_text(config.counts(topic))
    done = daemon.command("check", "--connect", "--config", daemon.config)
    assert done.returncode != 0 and "counts" in done.stdout + done.stderr


def with_pipelines(text: str, **topics: str) -> str:
    """Adds pipelines that read a topic each."""
    return text + "".join(f"  {name}:\n    source: {{topics: [{topic}]}}\n"
                          f"    aggregations: {{{name}: {{columns: {{n: count()}}}}}}\n" for name, topic in topics.items())


def test_check_connect_shows_what_is_wrong_everywhere(make_daemon, topic, database):
    database.query("CREATE TABLE counts (key integer PRIMARY KEY)")
    daemon = make_daemon(with_pipelines(config.counts(topic), other="no-such-topic", third="nor-this-one"))
    done = daemon.command("check", "--connect", "--config", daemon.config)
    lines = [line for line in done.stderr.splitlines() if line.startswith("tallymill: ")]
    assert done.returncode == 1 and len(lines) == 3, done
    assert "pipeline other: topic no-such-topic does not exist" in lines[0]
    assert "pipeline third: topic nor-this-one does not exist" in lines[1]
    assert "pipeline counts" in lines[2] and "counts" in lines[2]


def test_check_connect_names_a_cluster_and_a_server_that_do_not_answer_once_each(make_daemon, topic):
    daemon = make_daemon(with_pipelines(config.counts(topic), other=topic), brokers="127.0.0.1:1",
                         dsn="host=127.0.0.1 port=2")
    done = daemon.command("check", "--connect", "--config", daemon.config)
    kafka, postgres = done.stderr.splitlines()
    assert done.returncode == 1 and kafka.startswith("tallymill: Kafka at 127.0.0.1:1: "), done
    assert kafka.endswith("no broker answers") and "127.0.0.1" in postgres and "port 2" in postgres, done


def test_a_port_that_is_taken_exits_with_1_and_names_it(make_daemon, topic):
    daemon = make_daemon(config.counts(topic))
    with socket.create_server(("127.0.0.1", daemon.http)):
        daemon.start()
        assert daemon.process.wait(20) == 1
    assert str(daemon.http) in daemon.log()


def test_status_shows_pipelines_from_postgres(make_daemon, topic, producer, oracle):
    daemon = make_daemon(config.counts(topic)).start().wait_ready()
    producer.send(topic, *[{"key": "a", "amount": 1}] * 10)
    producer.flush()
    oracle.wait_settled()
    done = daemon.command("status", "--config", daemon.config)
    assert done.returncode == 0 and "counts" in done.stdout, done


def test_a_secret_is_shown_nowhere(make_daemon, topic, database):
    secret = "canary-s3cret"
    daemon = make_daemon(config.counts(topic), dsn=f"{database.dsn()} password={secret}")
    daemon.start().wait_ready()
    shown = [daemon.log(), daemon.metrics().text, daemon.get("/api/status")[1]]
    for command in ("check", "status"):
        done = daemon.command(command, "--config", daemon.config)
        shown += [done.stdout, done.stderr]
    daemon.kill9()
    # An unescaped @ and : in a URI make libpq's own error text show part of the password.
    broken = make_daemon(config.counts(topic), dsn=f"postgresql://postgres:{secret}@w0:rd@127.0.0.1:1/x")
    broken.start()
    with contextlib.suppress(subprocess.TimeoutExpired):
        broken.process.wait(3)
    shown.append(broken.log())
    assert not [text for text in shown if secret in text]
