"""The failpoints that the daemon has, as it lists them itself."""

import re


def known(daemon) -> list[str]:
    """Returns all names, in the order in which a process passes them."""
    done = daemon.command("run", "--unsafe-failpoints", "--config", daemon.config,
                          TALLYMILL_FAILPOINTS="nowhere=kill9")
    assert done.returncode == 2, done
    names = re.search(r"there are (.*)", done.stderr).group(1).strip().split(", ")
    assert len(names) > 20, done.stderr
    return names
