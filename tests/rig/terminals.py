"""A terminal that a program believes a person sits at."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time


class Terminal:
    """Runs a command with its output on a terminal of so many rows and columns."""

    def __init__(self, command, rows: int = 50, columns: int = 200, **env):
        self.end, inner = pty.openpty()
        fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.popen = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=inner,
                                      stderr=inner, start_new_session=True,
                                      env={**{key: value for key, value in os.environ.items() if key != "NO_COLOR"},
                                           "TERM": "xterm", **env})
        os.close(inner)
        self.text = ""

    def read(self, seconds: float = 0.05) -> str:
        """Returns everything that was written until now."""
        deadline = time.monotonic() + seconds
        while select.select([self.end], [], [], max(0, deadline - time.monotonic()))[0]:
            try:
                self.text += os.read(self.end, 65536).decode(errors="replace")
            except OSError:  # The program has ended.
                break
        return self.text

    def finish(self, number: int | None = None) -> int:
        """Waits until the command ends, after a signal if one is given, and returns its exit code."""
        if number is not None:
            self.popen.send_signal(number)
        code = self.popen.wait(20)
        self.read()
        return code

    def close(self):
        self.popen.kill()
        self.popen.wait()
        os.close(self.end)
