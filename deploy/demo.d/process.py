"""A child process that is ended by its id, and whose output goes to a file."""

import os
import pathlib
import signal
import subprocess
import time


class ProcessEnded(Exception):
    """The process ended although it was needed; the message holds the end of its log."""


class Process:
    def __init__(self, argv, log: pathlib.Path, *, env=None, cwd=None, user=None,
                 keep=()):
        """`keep` are descriptors that it inherits."""
        self.log = log
        self.argv = [str(word) for word in argv]
        identity = {"user": user, "group": user, "extra_groups": []} if user else {}
        with open(log, "ab") as output:
            # A session of its own: Ctrl-C reaches only the parent, which then ends its children in
            # the order that it wants.
            self.popen = subprocess.Popen(
                self.argv, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                env={**os.environ, **(env or {})}, cwd=cwd, start_new_session=True,
                pass_fds=keep, **identity)

    @property
    def pid(self) -> int:
        return self.popen.pid

    def running(self) -> bool:
        return self.popen.poll() is None

    def check(self):
        """Raises ProcessEnded unless the process is running."""
        if not self.running():
            raise ProcessEnded(f"{self.argv[0]} ended with exit code {self.popen.returncode}:\n{self.tail()}")

    def tail(self, lines: int = 20) -> str:
        return "\n".join(self.text().splitlines()[-lines:])

    def text(self) -> str:
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def send(self, number: int):
        if self.running():
            self.popen.send_signal(number)

    def wait(self, seconds: float) -> int:
        return self.popen.wait(seconds)

    def stop(self, number: int = signal.SIGTERM, patience: float = 15):
        """Asks the process to end, and ends it if it does not."""
        if not self.running():
            return
        self.popen.send_signal(number)
        try:
            self.popen.wait(patience)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            self.popen.wait()

    def kill(self):
        if self.running():
            self.popen.kill()
        self.popen.wait()


def wait_until(condition, seconds: float, what: str, every: float = 0.05):
    """Returns the first true answer of `condition`, or raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds:g} s for {what}")
        time.sleep(every)
