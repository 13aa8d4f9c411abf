"""Whoever follows docs/getting-started.md literally, beside the demo, gets there."""

import os
import re
import shlex
import signal
import subprocess
import sys
import textwrap

import pytest

from ports import free_port
from process import Process, wait_until
from rig import program
from rig.pages import FENCE, PAGES

PAGE = next(page for page in PAGES if page.name == "docs/getting-started.md")
STEPS = re.search(r"^## Your own pipeline$.*?(?=^## )", PAGE.text, re.MULTILINE | re.DOTALL)[0]


def blocks(language: str) -> list[str]:
    return [textwrap.dedent(found[3]) for found in FENCE.finditer(STEPS) if found[2] == language]


@pytest.fixture
def demo(tmp_path):
    running = Process([sys.executable, "-u", program.ROOT / "deploy/demo.d/demo.py", "--build",
                       program.daemon().parents[1], "--stream", "ads", "--for", "10m", "--rate", "5000"],
                      tmp_path / "demo.log")
    wait_until(lambda: "First event committed" in running.text(), 60, "the demo to count")
    yield running
    running.send(signal.SIGINT)
    running.wait(60)


class Reader:
    """Somebody with a terminal in a folder, who types what the page says."""

    def __init__(self, folder, demo):
        exported = re.search(r"^ *export (.*)$", demo.text(), re.MULTILINE)[1]
        self.folder, self.port, self.daemon = folder, free_port(), None
        self.env = {**os.environ, **dict(word.split("=", 1) for word in shlex.split(exported)),
                    "PATH": ":".join((str(program.daemon().parent), str(program.daemon().parents[1] / "deploy/generate"),
                                      os.environ["PATH"]))}

    def types(self, line: str, code: int = 0) -> str:
        line = line.replace("9108", str(self.port))  # Which another daemon on this machine may have.
        done = subprocess.run(["bash", "-c", line], cwd=self.folder, env=self.env, capture_output=True, text=True,
                              timeout=60)
        assert done.returncode == code, (line, done.stdout, done.stderr)
        return done.stdout

    def runs(self, line: str):
        self.daemon = Process(shlex.split(line), self.folder / "daemon.log", env=self.env, cwd=self.folder)
        wait_until(lambda: "event_types: running" in self.types("curl -s http://127.0.0.1:9108/readyz || true"), 30,
                   "the pipeline to run", every=0.2)
        wait_until(lambda: self.counted() > 0, 30, "a first batch", every=0.2)

    def edits(self, file: str, diff: str):
        old, new = ("".join(f"{line[1:]}\n" for line in diff.splitlines() if line[0] in kept) for kept in (" -", " +"))
        text = (self.folder / file).read_text()
        shift = re.search(rf"^( *){re.escape(old.splitlines()[0].strip())}$", text, re.MULTILINE)[1]
        old, new = (textwrap.indent(textwrap.dedent(part), shift) for part in (old, new))
        assert text.count(old) == 1
        (self.folder / file).write_text(text.replace(old, new))

    def counted(self) -> int:
        return int(self.types("psql \"$POSTGRES_DSN\" -Atc 'SELECT coalesce(sum(events), 0) FROM event_types'"))


def test_a_pipeline_of_ones_own_is_written_checked_tried_run_killed_proven_and_changed(demo, tmp_path):
    reader, ran = Reader(tmp_path, demo), []
    (config,), (change,) = blocks("yaml"), blocks("diff")
    (tmp_path / "event_types.yaml").write_text(f"{config}http: {{port: {reader.port}}}\n")
    try:
        for line in "".join(blocks("")).splitlines():
            if line.startswith("tallymill run"):
                reader.runs(line)
            elif line.startswith("kill"):
                reader.types(line)
                assert reader.daemon.wait(5) == -signal.SIGKILL
            elif line.startswith("tallymill dead-letters"):
                wait_until(lambda line=line: "missing_field" in reader.types(line), 20, "the dead letter", every=0.5)
            elif line.startswith("tallymill plan"):
                reader.edits("event_types.yaml", change)
                assert "clicks" in reader.types(line, code=3)
            else:
                reader.types(line)
            ran.append(" ".join(line.split()[:2]))
        all_clicks = "sum(clicks) > 0 AND bool_and(clicks = CASE event_type WHEN 'click' THEN events ELSE 0 END)"
        assert reader.types(f'psql "$POSTGRES_DSN" -Atc "SELECT {all_clicks} FROM event_types"') == "t\n"
    finally:
        if reader.daemon:
            reader.daemon.kill()
    assert {f"tallymill {command}" for command in ("check", "preview", "run", "status", "verify", "dead-letters",
                                                   "plan", "reload", "replay")} <= set(ran)
    assert ran.count("tallymill run") == 2
