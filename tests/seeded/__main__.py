"""python -m seeded [--bug NUMBER-OR-NAME]... [--write] | none; see tests/seeded/run --help."""

import argparse
import re
import sys
import time

from .bugs import ROOT, WAITING, Bug, all_bugs
from .hunt import red_live, red_program

PAGE = ROOT / "docs/tested-bugs.md"
HEAD = ("| | Bug | What it does | Noticed without the daemon by | Noticed with the daemon by |\n"
        "|---|---|---|---|---|\n")
BEGIN, END = "<!-- made by tests/seeded/run --write -->\n", "<!-- end -->\n"
NONE = "none"


def say(text: str):
    print(text, flush=True)


def row(bug: Bug, program: str | None, live: str | None) -> str:
    return f"| {bug.number} | `{bug.name}` | {bug.what} | {program or NONE} | {live or NONE} |\n"


def hunt(bugs: list[Bug]) -> tuple[dict[str, str], list[str]]:
    """Returns the table's rows by the bug's name, and the names of the bugs that nothing noticed."""
    rows, unnoticed = {}, []
    for bug in bugs:
        began = time.monotonic()
        program, live = red_program(bug.programs, bug.name), red_live(*bug.live, bug.name)
        rows[bug.name] = row(bug, program, live)
        if not program and not live:
            unnoticed.append(bug.name)
        say(f"{bug.number:2} {bug.name} ({time.monotonic() - began:.0f} s)\n     without the daemon: {program or NONE}"
            f"\n     with the daemon:    {live or NONE}")
    return rows, unnoticed


def run_without_bug(bugs: list[Bug]) -> int:
    """All the tests above must be green where no bug is seeded."""
    red = [red_program(sorted({program for bug in bugs for program in bug.programs}), None)]
    for folder in sorted({bug.live[0] for bug in bugs}):
        chosen = sorted({bug.live[1] for bug in bugs if bug.live[0] == folder})
        red.append(red_live(folder, " or ".join(chosen), None))
    red = [one for one in red if one]
    say("\n".join(red) if red else "green without a bug")
    return 1 if red else 0


def write(new: dict[str, str]):
    """Puts rows into the page, in place of those of the same bugs."""
    text = PAGE.read_text()
    before, rest = text.split(BEGIN)
    table, after = rest.split(END)
    rows = {re.search("`(.*?)`", line).group(1): line for line in table.splitlines(keepends=True) if "`" in line}
    for number, (name, what) in WAITING.items():
        rows[name] = f"| {number} | `{name}` | {what} | waits for `assignment: group` | |\n"
    rows.update(new)
    order = [*(bug.name for bug in all_bugs()), *(name for name, _ in WAITING.values())]
    PAGE.write_text(before + BEGIN + HEAD + "".join(rows[name] for name in order if name in rows) + END + after)


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests/seeded/run")
    parser.add_argument("without", nargs="?", choices=["none"])
    parser.add_argument("--bug", action="append", default=[])
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    bugs = all_bugs()
    if options.without:
        return run_without_bug(bugs)
    chosen = [bug for bug in bugs if not options.bug or {bug.name, str(bug.number)} & set(options.bug)]
    if not chosen:
        parser.error("no such bug; they are in src/base/seeded_bug.h")
    rows, unnoticed = hunt(chosen)
    if options.write:
        write(rows)
    say(f"{len(chosen) - len(unnoticed)} of {len(chosen)} bugs noticed" +
        (f"; not noticed: {', '.join(unnoticed)}" if unnoticed else ""))
    return 1 if unnoticed else 0


if __name__ == "__main__":
    sys.exit(main())
