"""What the kernel knows of processes that others started."""

import os
import pathlib
import signal


def children(pid: int) -> list[int]:
    return [int(child) for task in pathlib.Path(f"/proc/{pid}/task").glob("*/children")
            for child in task.read_text().split()]


def signal_all(pids: list[int], number: int):
    """A process that is gone already is no error."""
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass


def kill_with_children(pid: int):
    """Ends a process and its children at once, as a power cut does."""
    everyone = [pid, *children(pid)]
    signal_all(everyone, signal.SIGSTOP)  # So that none reacts to the end of another.
    signal_all(everyone, signal.SIGKILL)


def cpu_seconds(pid: int) -> float:
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
