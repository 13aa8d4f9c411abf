"""Secrets that are easy to find again are put wherever a secret can come from, things go wrong, and then
they are looked for wherever the daemon says or writes anything."""

import pathlib
import subprocess

import psycopg
from psycopg import sql
import pytest

from process import wait_until
from rig import config
from rig.certificates import Authority
from rig.databases import Database
from rig.secure_servers import SecureKafka, SecurePostgres
from rig.topics import Topics

# Each holds what somebody's quoting or scrubbing may stumble over; any part of it would be found.
POSTGRES = r"canary1@canary2:canary3/canary4 canary5'canary6\canary7?canary8#canary9"
KAFKA = "canary11=canary12;canary13,canary14\"canary15"
KEY = "canary21 canary22"


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority") / "old", "old")


@pytest.fixture(scope="module")
def postgres(scratch, authority):
    """Its log holds every statement, as it was sent."""
    server = SecurePostgres(scratch / "secure-postgres", authority)
    server.query("ALTER SYSTEM SET log_statement = 'all'")
    server.query("SELECT pg_reload_conf()")
    server.query("CREATE ROLE app LOGIN SUPERUSER")
    yield server
    server.stop()


@pytest.fixture(scope="module")
def kafka(scratch, authority):
    with SecureKafka.serving(scratch / "secure-kafka", authority) as broker:
        yield broker


@pytest.fixture(scope="module")
def topics(kafka):
    return Topics(kafka.brokers)


@pytest.fixture
def database(postgres):
    with psycopg.connect(postgres.dsn(), autocommit=True) as connection:
        connection.execute("SET log_statement = 'none'")  # The server's log is searched, too.
        connection.execute(sql.SQL("ALTER ROLE app PASSWORD {}").format(POSTGRES))
    return Database(postgres)


def written(source: str, secret: str, name: str, folder: pathlib.Path, env: dict) -> str:
    """Returns how a configuration names a secret that is kept in one of the ways there are."""
    (folder / name).write_text(secret + "\n")
    (folder / name).chmod(0o600)
    env[name.upper()] = secret
    return {"variable": f'"${{{name.upper()}}}"', "file": f"{{file: {name}}}",
            "command": f"{{command: [cat, {name}]}}", "text": yaml_text(secret)}[source]


def yaml_text(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def secure_daemon(sources, make_daemon, kafka, database, topic, authority, folder: pathlib.Path, **env):
    """A daemon that needs three secrets and says as much as it can."""
    authority.issue("app", folder / "client.crt", folder / "plain.key")
    subprocess.run(["openssl", "pkey", "-in", folder / "plain.key", "-aes256", "-passout", f"pass:{KEY}", "-out",
                    folder / "client.key"], check=True, capture_output=True)
    dsn = (f"host=localhost port={database.server.port} user=app dbname={database.name} sslmode=verify-full "
           f"sslrootcert={authority.certificate}")
    said = {name: written(source, secret, name, folder, env) for source, (name, secret) in zip(
        sources, (("pg_password", POSTGRES), ("kafka_password", KAFKA), ("key_password", KEY)))}
    daemon = make_daemon(config.counts(topic, head="log: {level: debug}", postgres=f"password: {said['pg_password']}",
                                       kafka=f"""
        options:
          debug: all
          security.protocol: SASL_SSL
          sasl.mechanism: SCRAM-SHA-512
          sasl.username: app
          sasl.password: {said['kafka_password']}
          ssl.ca.location: {authority.certificate}
          ssl.certificate.location: {folder}/client.crt
          ssl.key.location: {folder}/client.key
          ssl.key.password: {said['key_password']}
        """), brokers=kafka.secure, dsn=dsn, **env)
    for name in said:
        (daemon.folder / name).write_text((folder / name).read_text())
        (daemon.folder / name).chmod(0o600)
    daemon.config.chmod(0o600)
    return daemon


def outputs(daemon, *commands) -> dict[str, str]:
    """Returns what commands say, by their words."""
    found = {}
    for words in commands:
        done = daemon.command(words[0], daemon.config, *words[1:])
        found[" ".join(words)] = done.stdout + done.stderr
    return found


COMMANDS = [("check",), ("check", "--connect"), ("migrate", "--sql"), ("plan",), ("status",), ("verify", "counts"),
            ("dead-letters", "list", "counts"), ("examine", "counts"), ("replay", "counts", "counts", "--dry-run"),
            ("reset", "counts", "--dry-run"), ("status", "--json")]


def everything_stored(database) -> str:
    tables = database.query("SELECT table_name FROM information_schema.tables WHERE table_schema = 'tallymill'")
    rows = [row for (table,) in tables for row in database.query(f"SELECT t::text FROM tallymill.{table} t")]
    return str(rows) + str(database.query("SELECT application_name, query FROM pg_stat_activity"))


def must_not_know(texts: dict[str, str]):
    told = {name: text[max(0, text.index("canary") - 200):][:300] for name, text in texts.items() if "canary" in text}
    assert not told, told


@pytest.mark.parametrize("sources", [("variable", "file", "command"), ("command", "text", "variable"),
                                     ("text", "variable", "file"), ("file", "command", "text")], ids="/".join)
def test_no_secret_of_a_daemon_that_works_and_then_is_refused_is_found_anywhere(
        sources, kafka, postgres, topics, topic, database, producer, make_daemon, authority, tmp_path, oracle):
    daemon = secure_daemon(sources, make_daemon, kafka, database, topic, authority, tmp_path)
    daemon.start().wait_ready()
    producer.send(topic, *[{"key": "a", "amount": 1}] * 10)
    producer.raw(topic, b"no event")
    producer.flush()
    oracle.wait_settled()
    process = pathlib.Path(f"/proc/{daemon.process.pid}")
    texts = {path: daemon.get(path)[1] for path in ("/", "/metrics", "/api/status", "/api/pipelines/counts", "/readyz",
                                                     "/nowhere")}
    texts["command line"] = (process / "cmdline").read_text()
    texts |= outputs(daemon, *COMMANDS)
    assert "counts" in texts["status"]

    # Both servers refuse it from now on.
    kafka.set_password("app", "another")
    postgres.query("ALTER ROLE app PASSWORD 'another'")
    database.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'app'")
    wait_until(lambda: "28P01" in str(daemon.status()), 30, "the daemon to be refused")
    texts |= {f"refused {path}": daemon.get(path)[1]
              for path in ("/metrics", "/api/status", "/api/pipelines/counts", "/readyz")}
    texts |= {f"refused {name}": text for name, text in outputs(daemon, *COMMANDS[1:4]).items()}
    daemon.stop()
    texts["log"] = daemon.log()
    assert len(texts["log"]) > 10_000, "librdkafka says nothing although debug is on"
    texts["tables"] = everything_stored(database)
    texts["log of Postgres"] = (postgres.folder / "server.log").read_text()
    must_not_know(texts)


@pytest.fixture(autouse=True)
def kafka_password(kafka):
    kafka.set_password("app", KAFKA)


@pytest.mark.parametrize("dsn", [
    "postgresql://app:{0}@127.0.0.1:1/x", "postgresql://app:{0}@[::1/x", "postgres://app@127.0.0.1:1/x?password={0}",
    "host=127.0.0.1 port=1 password={0}", "host=127.0.0.1 port={0}", "host=127.0.0.1 pasword={0}", "password='{0}",
    "host=127.0.0.1 port=1 sslpassword={0}", "{0}"])
@pytest.mark.parametrize("secret", ["canary1", "canary1@canary2:canary3", "canary1 canary2=canary3"])
def test_a_connection_string_that_cannot_be_used_is_not_repeated(dsn, secret, topic, make_daemon):
    daemon = make_daemon(config.counts(topic, postgres="connect_timeout: 1s"), dsn=dsn.format(secret))
    texts = outputs(daemon, ("check",), ("status",), ("migrate",))
    assert texts["status"], "nothing is said of a database that cannot be reached"
    must_not_know(texts)


def test_a_secret_that_cannot_be_read_is_named_by_its_place_only(topic, make_daemon):
    daemon = make_daemon(config.counts(topic, postgres="password: {command: [sh, -c, 'echo canary1; echo canary2 >&2; "
                                                       "exit 1', canary3]}"))
    texts = outputs(daemon, ("check",), ("status",))
    assert "sh" in texts["status"]
    # What the command itself writes to stderr is the command's affair: the operator's own program.
    must_not_know({name: text.replace("canary2\n", "") for name, text in texts.items()})
