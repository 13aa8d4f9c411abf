"""Fixtures: one Kafka and one Postgres per session, a database and a daemon per test. A conftest.py
imports those that its tests use."""

import pathlib
import shutil
import tempfile

import pytest

from private_kafka import PrivateKafka
from private_postgres import PrivatePostgres

from . import config as configs
from .daemon import Daemon
from .databases import Database
from .oracle import Oracle
from .producing import Producer
from .topics import Topics


@pytest.fixture(scope="session")
def scratch():
    """A folder that another user can enter, since Postgres does not run as root."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="tallymill-test-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def kafka(scratch):
    broker = PrivateKafka(scratch / "kafka")
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture(scope="session")
def postgres(scratch):
    server = PrivatePostgres(scratch / "postgres")
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def topics(kafka):
    return Topics(kafka.brokers)


@pytest.fixture
def database(postgres):
    database = Database(postgres)
    yield database
    database.drop()


@pytest.fixture
def topic(topics):
    name = topics.create()
    yield name
    if topics.partitions(name):
        topics.delete(name)


@pytest.fixture
def producer(kafka):
    return Producer(kafka.brokers)


@pytest.fixture
def make_daemon(kafka, database, tmp_path):
    """Makes daemons from the text of their configuration. Whatever happens, none outlives the test;
    if the test fails, pytest shows their logs."""
    daemons = []

    def make(text: str, *, dsn: str | None = None, brokers: str | None = None, **env) -> Daemon:
        folder = tmp_path / f"daemon-{len(daemons) + 1}"
        folder.mkdir()
        path = folder / "tallymill.yaml"
        path.write_text(text)
        daemon = Daemon(folder, path, {"KAFKA_BROKERS": brokers or kafka.brokers,
                                       "POSTGRES_DSN": dsn or database.dsn(), **env})
        daemons.append(daemon)
        return daemon

    yield make
    for daemon in daemons:
        daemon.end()
        if daemon.process:
            print(f"--- {daemon.process.log}\n{daemon.process.tail(60)}")


@pytest.fixture
def counting(make_daemon, topic):
    """The daemon on the configuration that most tests use, running and ready."""
    return make_daemon(configs.counts(topic)).start().wait_ready()


@pytest.fixture
def oracle(topics, database, topic):
    return Oracle(topics, database, topic)


def pytest_terminal_summary(terminalreporter):
    """Tests that this machine withholds a privilege from are counted apart, in the last line."""
    withheld = [report for report in terminalreporter.getreports("skipped")
                if "cannot run here" in str(report.longrepr)]
    if withheld:
        terminalreporter.write_line(f"cannot run here: {len(withheld)}")
