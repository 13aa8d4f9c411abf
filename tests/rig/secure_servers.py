"""Kafka and Postgres that want to know who is there: TLS, certificates of clients, passwords."""

import contextlib
import pathlib
import shutil

from confluent_kafka.admin import AdminClient, ScramCredentialInfo, ScramMechanism, UserScramCredentialUpsertion
import psycopg

from ports import answers, free_port
from private_kafka import PrivateKafka
from private_postgres import PrivatePostgres
from process import wait_until

from .certificates import Authority

SECURE = """
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller},SECURE://127.0.0.1:{secure}
advertised.listeners=PLAINTEXT://127.0.0.1:{port},SECURE://localhost:{secure}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SECURE:SASL_SSL
listener.name.secure.sasl.enabled.mechanisms=SCRAM-SHA-512
listener.name.secure.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.secure.ssl.client.auth=required
listener.name.secure.ssl.keystore.type=PEM
listener.name.secure.ssl.keystore.location={folder}/broker.pem
listener.name.secure.ssl.truststore.type=PEM
listener.name.secure.ssl.truststore.location={folder}/trusted.pem
"""


class SecureKafka(PrivateKafka):
    """Beside its plain listener it has one with TLS, client certificates and SCRAM."""

    def __init__(self, folder: pathlib.Path):
        super().__init__(folder)
        self.secure_port = free_port()
        with open(self.settings, "a") as settings:
            settings.write(SECURE.format(port=self.port, controller=self.controller_port,
                                         secure=self.secure_port, folder=folder))

    @classmethod
    @contextlib.contextmanager
    def serving(cls, folder: pathlib.Path, authority: Authority, more: str = ""):
        """One that serves with a certificate of this authority, with more settings, until the context ends."""
        broker = cls(folder)
        with open(broker.settings, "a") as settings:
            settings.write(more)
        broker.use(authority)
        broker.start()
        try:
            yield broker
        finally:
            broker.stop()

    @property
    def secure(self) -> str:
        return f"localhost:{self.secure_port}"

    def use(self, authority: Authority):
        """Takes a certificate of this authority, and clients of it. In force from the next start on."""
        certificate, key = self.folder / "broker.crt", self.folder / "broker.key"
        authority.issue("broker", certificate, key)
        (self.folder / "broker.pem").write_text(key.read_text() + certificate.read_text())
        shutil.copy(authority.certificate, self.folder / "trusted.pem")

    def start(self):
        super().start()
        wait_until(lambda: answers(self.secure_port), 30, "the secure listener")

    def set_password(self, user: str, password: str):
        change = UserScramCredentialUpsertion(
            user, ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096), password.encode())
        admin = AdminClient({"bootstrap.servers": self.brokers})
        for done in admin.alter_user_scram_credentials([change]).values():
            done.result(30)


class SecurePostgres(PrivatePostgres):
    """Over TCP it lets in nobody without TLS and a password."""

    def __init__(self, folder: pathlib.Path, authority: Authority):
        super().__init__(folder, {"ssl": "on"})
        (self.data / "pg_hba.conf").write_text("local all all trust\nhostssl all all all scram-sha-256\n")
        self.use(authority)
        self.start()

    def use(self, authority: Authority):
        """Takes a certificate of this authority; a running server at once."""
        certificate, key = self.data / "server.crt", self.data / "server.key"
        authority.issue("postgres", certificate, key)
        for path in (certificate, key):
            path.chmod(0o600)
            if self.user:
                shutil.chown(path, self.user, self.user)
        if self.process:
            self.query("SELECT pg_reload_conf()")

    def query(self, text: str):
        with psycopg.connect(self.dsn(), autocommit=True) as connection:
            connection.execute(text)
