"""Completions, asked of the shells themselves."""

import os
import pathlib
import pty
import re
import select
import subprocess
import time

import pytest

from rig import program


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with the scripts, a program of the name, and files to complete."""
    folder = tmp_path_factory.mktemp("completions")
    (folder / "bin").mkdir()
    (folder / "bin/tallymill").symlink_to(program.daemon())
    for shell in ("bash", "zsh", "fish"):
        done = subprocess.run([program.daemon(), "completions", shell], capture_output=True, text=True)
        assert done.returncode == 0 and done.stderr == "", done
        (folder / f"script.{shell}").write_text(done.stdout)
    (folder / "functions").mkdir()
    (folder / "functions/_tallymill").symlink_to(folder / "script.zsh")
    (folder / "ads pipeline.yaml").touch()
    (folder / "ads.yaml").touch()
    return folder


def environment(folder: pathlib.Path) -> dict:
    return {"PATH": f"{folder}/bin:{os.environ['PATH']}", "HOME": str(folder), "TERM": "dumb", "LANG": "C.UTF-8",
            "INPUTRC": "/dev/null"}


def from_bash(folder, *words) -> set:
    """Returns what bash's own completion function proposes for the last word."""
    script = f"""
        source {folder}/script.bash
        COMP_WORDS=(tallymill "$@") COMP_CWORD=$#
        "$(complete -p tallymill | sed 's/.*-F \\([^ ]*\\) .*/\\1/')"
        ((${{#COMPREPLY[@]}} == 0)) || printf '%s\\n' "${{COMPREPLY[@]}}" """
    done = subprocess.run(["bash", "--norc", "-c", script, "bash", *words], capture_output=True, text=True,
                          cwd=folder, env=environment(folder))
    assert done.returncode == 0 and done.stderr == "", done
    return set(done.stdout.splitlines())


def from_fish(folder, *words) -> set:
    line = " ".join(["tallymill", *words])
    done = subprocess.run(["fish", "--no-config", "-c",
                           f"source {folder}/script.fish; complete -C '{line}'"],
                          capture_output=True, text=True, cwd=folder, env=environment(folder))
    assert done.returncode == 0 and done.stderr == "", done
    return {row.partition("\t")[0] for row in done.stdout.splitlines()}


def help_of(*words) -> str:
    return subprocess.run([program.daemon(), *words, "--help"], capture_output=True, text=True).stdout


def commands() -> set:
    return set(re.findall(r"^  ([a-z-]+) ", help_of().partition("Subcommands:")[2], re.MULTILINE))


@pytest.mark.parametrize("ask", [from_bash, from_fish])
def test_every_command_and_option_that_the_help_names_is_proposed(folder, ask):
    known = commands()
    assert {"run", "preview", "test", "dead-letters", "completions"} <= known
    assert ask(folder, "") >= known
    for command in known - {"dead-letters"}:
        listed = set(re.findall(r"^  (?:-\w,)?(--[a-z-]+)", help_of(command), re.MULTILINE)) | \
            set(re.findall(r"-c,(--config)", help_of(command)))
        assert listed
        assert {name for name in ask(folder, command, "--") if name.startswith("--")} >= listed, command
    assert ask(folder, "dead-letters", "") >= {"list", "show", "retry", "drop"}
    assert "--reason" in ask(folder, "dead-letters", "retry", "--")
    assert ask(folder, "dead-letters", "retry", "--al") == {"--all"}


@pytest.mark.parametrize("ask", [from_bash, from_fish])
def test_words_and_files_are_proposed_where_they_belong(folder, ask):
    assert ask(folder, "prev") == {"preview"}
    assert {"bash", "zsh", "fish"} == ask(folder, "completions", "")
    assert {"configuration", "errors", "exit-codes"} <= ask(folder, "docs", "")
    assert any(name.startswith("ads") for name in ask(folder, "run", "ad"))
    assert any(name.startswith("ads") for name in ask(folder, "preview", "ads.yaml", "--input", "ad"))
    assert any(name.startswith("ads") for name in ask(folder, "test", "a.test.yaml", "ad"))
    assert not ask(folder, "preview", "ads.yaml", "--last", "")


def test_bash_proposes_no_file_for_the_name_of_a_pipeline(folder):
    assert from_bash(folder, "run", "ad") == {"ads pipeline.yaml", "ads.yaml"}
    assert from_bash(folder, "preview", "--last", "5", "ad") == {"ads pipeline.yaml", "ads.yaml"}
    assert from_bash(folder, "preview", "ads.yaml", "ad") == set()
    assert from_bash(folder, "nonsense", "ad") == set()


class Terminal:
    """A shell on a terminal, at which somebody types."""

    def __init__(self, folder, *command):
        self.ends = pty.openpty()
        self.process = subprocess.Popen(command, stdin=self.ends[1], stdout=self.ends[1], stderr=self.ends[1],
                                        cwd=folder, env=environment(folder), start_new_session=True)
        self.shown = ""

    def type(self, text: str):
        os.write(self.ends[0], text.encode())

    def wait_for(self, text: str):
        end = time.monotonic() + 20
        while text not in self.shown:
            assert time.monotonic() < end, self.shown
            if select.select([self.ends[0]], [], [], 0.2)[0]:
                self.shown += os.read(self.ends[0], 65536).decode(errors="replace")

    def close(self):
        self.process.kill()
        self.process.wait()
        for end in self.ends:
            os.close(end)


@pytest.fixture
def terminal():
    open_ones = []

    def start(*arguments):
        open_ones.append(Terminal(*arguments))
        return open_ones[-1]

    yield start
    for each in open_ones:
        each.close()


def test_bash_completes_what_is_typed_at_a_terminal(folder, terminal):
    shell = terminal(folder, "bash", "--norc", "--noprofile", "-i")
    shell.type("PS1='$ '; source script.bash; echo re''ady\n")
    shell.wait_for("ready")
    shell.type("tallymill dead-l\tret\t'ads p\t--al\t")
    shell.wait_for("tallymill dead-letters retry 'ads pipeline.yaml' --all")


@pytest.mark.parametrize("way", ["autoload -U compinit; compinit -u -D; source ./script.zsh",
                                 "fpath=($PWD/functions $fpath); autoload -U compinit; compinit -u -D"])
def test_zsh_completes_what_is_typed_at_a_terminal(folder, terminal, way):
    shell = terminal(folder, "zsh", "--no-rcs", "-i")
    shell.type(f"PS1='$ '; {way}; echo re''ady\n")
    shell.wait_for("ready")
    shell.type("tallymill dead-l\tret\t--al\tads.y\t")
    shell.wait_for("ads.yaml")
    shell.type("\x01print -r -- \x05\n")
    shell.wait_for("\ntallymill dead-letters retry --all ads.yaml")


def test_an_unknown_shell_is_an_error(folder):
    done = subprocess.run([program.daemon(), "completions", "csh"], capture_output=True, text=True)
    assert done.returncode == 2 and "bash, zsh and fish" in done.stderr
