"""A certificate authority of a test's own."""

import pathlib
import subprocess


class Authority:
    def __init__(self, folder: pathlib.Path, name: str):
        self.folder = folder
        self.name = name
        folder.mkdir()
        folder.chmod(0o755)
        self.certificate = folder / "ca.crt"
        self.key = folder / "ca.key"
        self._openssl("req", "-x509", "-newkey", "rsa:2048", "-noenc", "-days", "30", "-subj", f"/CN={name}",
                      "-keyout", self.key, "-out", self.certificate)

    def issue(self, subject: str, certificate: pathlib.Path, key: pathlib.Path):
        """Writes a certificate for `localhost` and its key, replacing what is there."""
        request = self.folder / "request"
        extensions = self.folder / "extensions"
        extensions.write_text("subjectAltName = DNS:localhost, IP:127.0.0.1\n")
        self._openssl("req", "-new", "-newkey", "rsa:2048", "-noenc", "-subj", f"/CN={subject}",
                      "-keyout", key, "-out", request)
        self._openssl("x509", "-req", "-in", request, "-days", "30", "-CA", self.certificate,
                      "-CAkey", self.key, "-CAcreateserial", "-extfile", extensions, "-out", certificate)

    @staticmethod
    def _openssl(*words):
        subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)
