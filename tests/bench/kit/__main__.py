"""python -m kit: see tests/bench/run --help."""

import argparse
import json
import pathlib
import shutil
import sys
import tempfile

from . import ROOT, bids, groups, latency, memory, outage, page, profile, rate, scale, startup, steady, throughput
from .machine import machine
from .stage import Stage

PARTS = {"throughput": throughput, "bids": bids, "latency": latency, "groups": groups, "memory": memory,
         "startup": startup, "scale": scale, "outage": outage, "rate": rate, "steady": steady,
         "profile": profile}


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="tests/bench/run", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="\n".join(f"{name:12}{part.__doc__.splitlines()[0]}" for name, part in PARTS.items()))
    parser.add_argument("parts", nargs="*", metavar="PART", help="all by default")
    parser.add_argument("--build", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--results", default=ROOT / "build/bench-results", type=pathlib.Path,
                        help="the folder of JSON files and plots; docs/performance's go into the pages, too")
    parser.add_argument("--events", type=int, default=20_000_000, help="events of a catch-up")
    parser.add_argument("--rounds", type=int, default=3, help="times that everything is measured")
    parser.add_argument("--minutes", type=float, help="of outage and rate (5 by default) and steady (60)")
    parser.add_argument("--rates", nargs="*", type=int, metavar="RATE", help="that rate tries, going up")
    parser.add_argument("--only", nargs="*", metavar="WHAT", help="curves of scale, or small, or what is away in outage; all by default, the others stay as they were")
    parser.add_argument("--draw", action="store_true", help="measure nothing, draw the results that are there")
    options = parser.parse_args()
    unknown = set(options.parts) - PARTS.keys()
    if unknown:
        parser.error(f"no part is called {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    choices = {"scale": (*scale.NAMES, "small"), "outage": outage.AWAY}
    for name in options.parts or PARTS if options.only else []:
        strange = set(options.only) - set(choices.get(name, ()))
        if strange:
            parser.error(f"{name} has no {', '.join(sorted(strange))}; it has {', '.join(choices.get(name, ('nothing to choose',)))}")
    options.results.mkdir(parents=True, exist_ok=True)
    right = True
    for name in [] if options.draw else options.parts or PARTS:
        scratch = pathlib.Path(tempfile.mkdtemp(prefix="tallymill-bench-", dir="/var/tmp"))
        scratch.chmod(0o755)
        try:
            with Stage(scratch, pathlib.Path(options.build)) as stage:
                figures = PARTS[name].measure(stage, options)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
        right = right and figures["exact"]
        path = options.results / f"{name}.json"
        path.write_text(json.dumps({"machine": machine(), **figures}, indent=2) + "\n")
        print(f"{name}: written to {path}")
    from . import plot  # What it draws with is installed for measuring only, and --help does without.
    for path in plot.draw(options.results):
        print(f"drawn: {path}")
    if options.results.resolve() == page.RESULTS:
        for path in page.PAGES:
            path.write_text(page.written(path.read_text()))
            print(f"written anew: {path}")
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())
