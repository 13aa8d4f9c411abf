"""Init on a cluster with TLS and passwords, which a configuration that is there describes."""

import os
import pathlib
import subprocess

import pytest
import yaml

from rig import config, program
from rig.certificates import Authority
from rig.secure_servers import SecureKafka
from rig.topics import Topics

WITHOUT = {name: value for name, value in os.environ.items()
           if name not in ("KAFKA_BROKERS", "POSTGRES_DSN", "HTTP_PORT")}


def tallymill(*arguments, folder=None, **env):
    return subprocess.run([program.daemon(), *map(str, arguments)], text=True, capture_output=True, timeout=120,
                          cwd=folder, env={**WITHOUT, **env})


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority") / "only", "only")


@pytest.fixture(scope="module")
def kafka(scratch, authority):
    with SecureKafka.serving(scratch / "init-kafka", authority) as broker:
        broker.set_password("app", "canary-1")
        yield broker


@pytest.fixture(scope="module")
def topics(kafka):
    return Topics(kafka.brokers)


def like_of(folder: pathlib.Path, authority, topic: str, password: str) -> pathlib.Path:
    authority.issue("app", folder / "client.crt", folder / "client.key")
    (folder / "password").write_text("canary-1\n")
    path = folder / "like.yaml"
    path.write_text(config.counts(topic, kafka=f"""
        options:
          security.protocol: SASL_SSL
          sasl.mechanism: SCRAM-SHA-512
          sasl.username: app
          sasl.password: {password}
          ssl.ca.location: {authority.certificate}
          ssl.certificate.location: {folder}/client.crt
          ssl.key.location: {folder}/client.key
        """))
    path.chmod(0o600)
    return path


@pytest.mark.parametrize("password, copied", [
    ('"${PASSWORD}"', "${PASSWORD}"), ("{file: password}", {"file": "password"}), ("canary-1", None),
    ('"${PASSWORD:-canary-1}"', None), ("{command: [cat, password]}", None)],
    ids=["variable", "file", "text", "default", "command"])
def test_its_settings_are_taken_over_and_no_secret_is(password, copied, authority, kafka, topic, producer,
                                                      tmp_path):
    producer.send(topic, *[{"key": f"k{i % 3}", "amount": i} for i in range(30)])
    producer.flush()
    env = {"PASSWORD": "canary-1", "KAFKA_BROKERS": kafka.secure}
    like = like_of(tmp_path, authority, topic, password)
    (tmp_path / "elsewhere").mkdir()
    done = tallymill("init", "--like", like, "--topic", topic, folder=tmp_path, **env)
    assert done.returncode == 0 and "canary" not in done.stdout + done.stderr, done
    path = tmp_path / "elsewhere/tallymill.yaml"
    path.write_text(done.stdout)
    path.chmod(0o600)
    checked = tallymill("check", path, **env)
    assert checked.returncode == 0 and checked.stderr == "", checked
    said = yaml.safe_load(done.stdout)
    assert said["kafka"]["brokers"] == "${KAFKA_BROKERS}"
    assert said["kafka"]["options"]["sasl.username"] == "app"
    pipeline, = said["pipelines"].values()
    assert pipeline["source"]["fields"] == {"key": "string", "amount": "int"}
    if isinstance(copied, dict):
        copied = {"file": str(tmp_path / copied["file"])}
    assert said["kafka"]["options"].get("sasl.password") == copied
    if copied is None:
        assert "# sasl.password: ...  # Not copied" in done.stdout
    else:
        shown = tallymill("preview", path, **env)
        assert shown.returncode == 0 and "30 used" in shown.stdout, shown


def test_a_password_that_is_wrong_is_said_without_it(authority, kafka, topic, tmp_path):
    like = like_of(tmp_path, authority, topic, "canary-2")
    done = tallymill("init", "--like", like, "--topic", topic, folder=tmp_path, KAFKA_BROKERS=kafka.secure)
    assert done.returncode == 1 and done.stdout == "" and kafka.secure in done.stderr, done
    assert "canary" not in done.stderr
