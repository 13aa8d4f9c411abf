"""What this machine lets a test do."""

import subprocess

import pytest


def need_mounts():
    """Skips a test that mounts something where that is withheld."""
    if subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode != 0:
        pytest.skip("cannot run here: CAP_SYS_ADMIN")
