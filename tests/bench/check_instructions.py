#!/usr/bin/env python3
"""Instructions and allocations that one event costs between its bytes and its group, against what is
committed beside this file: more than 3 % more fails. Counted by valgrind, which always counts the same,
over rounds of one fixed input; what starts and ends the program is in every run and is taken off.

    check_instructions.py RECORD_PATH            compares
    check_instructions.py RECORD_PATH --commit   writes down what is counted now
"""

import argparse
import json
import pathlib
import re
import subprocess
import sys

COMMITTED = pathlib.Path(__file__).with_name("instructions.json")
TOLERANCE = 0.03
EVENTS = 20_000  # Of a round, as record_path.cc has it.
ROUNDS = (1, 4)
INSTRUCTIONS = (["--tool=callgrind", "--callgrind-out-file=/dev/null"], r"Collected : (\d+)")
ALLOCATIONS = (["--tool=memcheck", "--leak-check=no", "--undef-value-errors=no"],
               r"total heap usage: ([\d,]+) allocs")


def count(tool, program: str, rounds: int) -> int:
    options, pattern = tool
    ran = subprocess.run(["valgrind", *options, program, str(rounds)], capture_output=True, text=True)
    found = re.search(pattern, ran.stderr)
    if ran.returncode != 0 or not found:
        sys.exit(f"valgrind counted nothing; it ended with {ran.returncode}:\n{ran.stdout}{ran.stderr}")
    return int(found[1].replace(",", ""))


def per_event(tool, program: str) -> float:
    few, many = (count(tool, program, rounds) for rounds in ROUNDS)
    return (many - few) / ((ROUNDS[1] - ROUNDS[0]) * EVENTS)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("record_path", metavar="RECORD_PATH")
    parser.add_argument("--commit", action="store_true")
    options = parser.parse_args()
    counted = {"instructions_per_event": round(per_event(INSTRUCTIONS, options.record_path), 1),
               "allocations_per_event": per_event(ALLOCATIONS, options.record_path)}
    if options.commit:
        COMMITTED.write_text(json.dumps(counted, indent=2) + "\n")
    committed = json.loads(COMMITTED.read_text())
    worse = 0
    for name, value in counted.items():
        before = committed[name]
        grown = value > before * (1 + TOLERANCE)
        print(f"{name}: {value:,.4g}, committed {before:,.4g}{': too many' if grown else ''}")
        worse += grown
    if worse:
        print(f"An event became dearer. Where a profile shows why it has to be, {COMMITTED.name} is\n"
              "written anew with --commit.")
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main())
