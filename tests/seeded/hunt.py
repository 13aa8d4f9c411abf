"""Runs tests until one is red, and says which."""

import html
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml

from .bugs import ROOT

BUILD = pathlib.Path(os.environ.get("TALLYMILL_BUILD", ROOT / "build/seeded"))
PROGRAM_SECONDS = 120
LIVE_SECONDS = 900


def environment(bug: str | None) -> dict:
    chosen = {"TALLYMILL_SEEDED_BUG": bug} if bug else {}
    return {**os.environ, "TALLYMILL_BUILD": str(BUILD), **chosen}


def is_green(command: list[str], seconds: float, output, bug: str | None, **how) -> bool:
    """Runs a command to its end, or until its time is over, which is no green either."""
    try:
        return subprocess.run(command, timeout=seconds, stdout=output, stderr=subprocess.DEVNULL,
                              env=environment(bug), **how).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def red_program(programs, bug: str | None) -> str | None:
    """Returns "program: test" of the first test program that is red."""
    for program in programs:
        with tempfile.TemporaryFile() as output:
            # It ends at the first failure; the test that it says last is the one that failed or hangs.
            if is_green([str(BUILD / "tests" / program), "-a", "-r", "xml"], PROGRAM_SECONDS, output, bug):
                continue
            output.seek(0)
            begun = re.findall(r'<TestCase name="([^"]*)"', output.read().decode(errors="replace"))
        return f"{program}: {html.unescape(begun[-1])}" if begun else f"{program}: does not start"
    return None


def red_live(folder: str, chosen: str, bug: str | None) -> str | None:
    """Returns "folder: test" of the first red test with the daemon on real Kafka and Postgres."""
    with tempfile.TemporaryDirectory() as scratch:
        report = pathlib.Path(scratch, "live.xml")
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "--junit-xml",
                   str(report), "-k", chosen]
        if is_green(command, LIVE_SECONDS, subprocess.DEVNULL, bug, cwd=ROOT / "tests" / folder):
            return None
        cases = xml.parse(report).iter("testcase") if report.exists() else []
        red = [case.get("name") for case in cases
               if case.find("failure") is not None or case.find("error") is not None]
    return f"{folder}: {red[0] if red else 'no test ended'}"
