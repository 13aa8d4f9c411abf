"""Certificates and passwords change while the daemon runs."""

import pytest

from process import wait_until
from rig import config
from rig.certificates import Authority
from rig.databases import Database
from rig.secure_servers import SecureKafka, SecurePostgres
from rig.topics import Topics


@pytest.fixture(scope="module")
def authorities(tmp_path_factory):
    folder = tmp_path_factory.mktemp("authorities")
    return [Authority(folder / name, name) for name in ("old", "new")]


@pytest.fixture(scope="module")
def secure_postgres(scratch, authorities):
    server = SecurePostgres(scratch / "secure-postgres", authorities[0])
    server.query("CREATE ROLE app LOGIN SUPERUSER")
    yield server
    server.stop()


@pytest.fixture(scope="module")
def secure_kafka(scratch, authorities):
    with SecureKafka.serving(scratch / "secure-kafka", authorities[0]) as kafka:
        yield kafka


class TestPostgres:
    @pytest.fixture
    def server(self, secure_postgres, authorities):
        """As at the start, whatever a test before has rotated."""
        secure_postgres.use(authorities[0])
        secure_postgres.query("ALTER ROLE app PASSWORD 'first-canary'")
        return secure_postgres

    @pytest.fixture
    def database(self, server):
        return Database(server)

    def start(self, make_daemon, database, topic, authority, password: str, **sections):
        dsn = (f"host=localhost port={database.server.port} user=app dbname={database.name} "
               f"sslmode=verify-full sslrootcert=root.crt")
        daemon = make_daemon(config.counts(topic, postgres=f"password: {password}", **sections), dsn=dsn)
        self.trust(daemon, authority)
        (daemon.folder / "password").write_text("first-canary\n")
        return daemon.start()

    @staticmethod
    def trust(daemon, authority):
        (daemon.folder / "root.crt").write_text(authority.certificate.read_text())

    @staticmethod
    def end_sessions(database):
        database.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'app'")

    @pytest.mark.parametrize("password", ["{file: password}", "{command: [cat, password]}"],
                             ids=["file", "command"])
    def test_43_postgres_password_rotated(self, password, server, authorities, judge, topic, make_daemon, database):
        daemon = self.start(make_daemon, database, topic, authorities[0], password).wait_ready()
        with judge.load():
            judge.progress()
            server.query("ALTER ROLE app PASSWORD 'second-canary'")
            (daemon.folder / "password").write_text("second-canary\n")
            self.end_sessions(database)
            assert judge.progress() < 10
            judge.progress()
        assert "canary" not in daemon.log()
        judge.check()

    def test_43_postgres_password_refused_for_a_while(self, server, authorities, judge, topic, make_daemon, database):
        """The server knows of the new password first: the pipeline says so, loudly, and finds back alone."""
        daemon = self.start(make_daemon, database, topic, authorities[0], "{file: password}").wait_ready()
        with judge.load(per_second=500):
            judge.progress()
            server.query("ALTER ROLE app PASSWORD 'second-canary'")
            self.end_sessions(database)
            assert "28P01" in daemon.wait_state("stopped")["detail"]
            assert not daemon.ready() and daemon.process.running()
            (daemon.folder / "password").write_text("second-canary\n")
            judge.progress(45)
        judge.check()

    def test_43_postgres_password_of_a_lookup_rotated(
            self, server, authorities, judge, topic, make_daemon, database):
        """A lookup's table is read on a connection of its own, each time with the password of then."""
        database.query("CREATE TABLE sizes (size text PRIMARY KEY, name text); INSERT INTO sizes VALUES ('0', 'small')")
        daemon = self.start(make_daemon, database, topic, authorities[0], "{file: password}",
                            columns="size: last(size)", pipeline="""
                                lookups: {sizes: {table: sizes, key: size, refresh: 1s, on_miss: keep}}
                                derive: {size: 'lookup(sizes, "0").name'}
                            """).wait_ready()
        failures = lambda: [lookup["failure"] for lookup in daemon.status("counts")["lookups"]]
        with judge.load(per_second=500):
            judge.progress()
            server.query("ALTER ROLE app PASSWORD 'second-canary'")
            wait_until(lambda: "28P01" in "".join(failures()), 20, "the table to be refused")
            judge.progress()  # With the connection and the contents that there are.
            database.query("UPDATE sizes SET name = 'tiny'")
            (daemon.folder / "password").write_text("second-canary\n")
            tiny = "SELECT count(*) FROM counts WHERE size = 'tiny'"
            wait_until(lambda: database.value(tiny), 20, "the new contents")
            wait_until(lambda: failures() == [""], 20, "the status to tell")
        assert "canary" not in daemon.log()
        judge.check()

    def test_43_postgres_certificate_rotated(self, server, authorities, judge, topic, make_daemon, database):
        daemon = self.start(make_daemon, database, topic, authorities[0], "{file: password}").wait_ready()
        with judge.load():
            judge.progress()
            server.use(authorities[1])
            self.end_sessions(database)
            daemon.wait_log("certificate verify failed")
            assert daemon.process.running()
            self.trust(daemon, authorities[1])
            assert judge.progress() < 10
            judge.progress()
        judge.check()


class TestKafka:
    @pytest.fixture
    def kafka(self, secure_kafka):
        """The test that rotates certificates is the last."""
        secure_kafka.set_password("app", "first-canary")
        return secure_kafka

    @pytest.fixture
    def topics(self, kafka):
        return Topics(kafka.brokers)

    def start(self, make_daemon, kafka, topic, authority, password: str):
        daemon = make_daemon(config.counts(topic, kafka=f"""
            options:
              security.protocol: SASL_SSL
              sasl.mechanism: SCRAM-SHA-512
              sasl.username: app
              sasl.password: {password}
              ssl.ca.location: root.crt
              ssl.certificate.location: client.crt
              ssl.key.location: client.key
            """), brokers=kafka.secure)
        self.give(daemon, authority)
        (daemon.folder / "password").write_text("first-canary\n")
        return daemon.start()

    @staticmethod
    def give(daemon, authority):
        (daemon.folder / "root.crt").write_text(authority.certificate.read_text())
        authority.issue("app", daemon.folder / "client.crt", daemon.folder / "client.key")

    @pytest.mark.parametrize("password", ["{file: password}", "{command: [cat, password]}"],
                             ids=["file", "command"])
    def test_43_kafka_password_rotated(self, password, kafka, authorities, judge, topic, make_daemon):
        daemon = self.start(make_daemon, kafka, topic, authorities[0], password).wait_ready()
        with judge.load():
            judge.progress()
            kafka.set_password("app", "second-canary")
            (daemon.folder / "password").write_text("second-canary\n")
            kafka.stop()
            kafka.start()
            judge.progress(40)
            judge.progress()
        assert "canary" not in daemon.log()
        judge.check()

    def test_43_kafka_certificates_rotated(self, kafka, authorities, judge, topic, make_daemon):
        """librdkafka reads certificates once, when its client is made: the daemon waits, loses nothing,
        and a restart takes the new ones."""
        daemon = self.start(make_daemon, kafka, topic, authorities[0], "{file: password}").wait_ready()
        with judge.load(per_second=500):
            judge.progress()
            self.give(daemon, authorities[1])
            kafka.use(authorities[1])
            kafka.stop()
            kafka.start()
            daemon.wait_log("source not available")
            assert daemon.process.running()
            daemon.stop()
            daemon.start().wait_ready()
            judge.progress()
        judge.check()
