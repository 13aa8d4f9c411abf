"""Runs campaigns and prints what they came to. See tests/faults/run --help."""

import argparse
import random
import sys
import time
import traceback

from . import injections
from .laps import Lap, Servers
from .stopwatch import quantile

# Faults per lap: so many that a recount takes seconds.
LAPS = {"kills": 50, "failpoints": 1, "commits": 100, "zombies": 10, "failovers": 6, "brokers": 10}
SENTENCES = {
    "kills": "kill -9 at random moments; the time from the restart",
    "failpoints": "kill -9 at each failpoint's first N hits; the time from the restart",
    "commits": "connections cut around COMMIT, before and after in turn",
    "zombies": "the active instance frozen until the other takes over; the time includes the lease",
    "failovers": "Postgres killed and its standby promoted, every other time without the last commits",
    "brokers": "one of three brokers killed; the time until each partition has moved",
}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests/faults/run campaign")
    for name, sentence in SENTENCES.items():
        parser.add_argument(f"--{name}", type=int, default=0, metavar="N", help=sentence)
    parser.add_argument("--seed", type=int, help="repeats a campaign, or a lap of one that failed")
    chosen = parser.parse_args()
    if not any(getattr(chosen, name) for name in SENTENCES):
        parser.error("say what to inject: --kills 100, for example")
    return chosen


def new_lap(name: str, servers: Servers, seed: int) -> Lap:
    if name == "failovers":
        return Lap(servers, seed, servers.kafka(), servers.pair())
    if name == "brokers":
        return Lap(servers, seed, servers.cluster(), servers.postgres(), partitions=3, replicas=3,
                   min_insync_replicas=2)
    return Lap(servers, seed, servers.kafka(), servers.postgres())


def run_lap(name: str, lap: Lap, count: int):
    inject = injections.failpoint_hits if name == "failpoints" else getattr(injections, name)
    inject(lap, count)
    lap.judge.check(least=100, seconds=120)


class Total:
    def __init__(self, name: str):
        self.name = name
        self.faults = self.sent = self.lost = self.doubled = 0
        self.times = []
        self.began = time.monotonic()

    def add(self, lap: Lap):
        lost, doubled = lap.lost_and_doubled()
        self.faults += lap.faults
        self.sent += lap.judge.sent
        self.lost += lost
        self.doubled += doubled
        self.times += lap.stopwatch.times

    def line(self) -> str:
        p50, p99, most = (quantile(self.times, share) for share in (0.5, 0.99, 1))
        minutes = (time.monotonic() - self.began) / 60
        return (f"| {self.name} | {self.faults:,} | {self.sent:,} | {self.lost} | {self.doubled} "
                f"| {p50:.2f} s | {p99:.2f} s | {most:.2f} s | {minutes:.0f} min |")


HEAD = """\
| Campaign | Faults | Records sent | Lost | Doubled | First commit after it, p50 | p99 | Longest | Took |
|---|---|---|---|---|---|---|---|---|"""


def run_campaign(name: str, count: int, seed: int, servers: Servers) -> Total:
    """Raises what the judge raises, after it has said how to see it again."""
    total = Total(name)
    laps = [count] if name == "failpoints" else \
        [min(LAPS[name], count - done) for done in range(0, count, LAPS[name])]
    for number, faults in enumerate(laps):
        lap = new_lap(name, servers, seed + number)
        try:
            run_lap(name, lap, faults)
            total.add(lap)
        except BaseException:
            print(f"\n{name} failed in lap {number + 1} of {len(laps)}; once more with: "
                  f"tests/faults/run campaign --{name} {faults} --seed {lap.seed}", file=sys.stderr)
            for daemon in lap.daemons:
                print(f"--- {daemon.process.log}\n{daemon.process.tail(40)}", file=sys.stderr)
            raise
        finally:
            lap.end()
        print(f"{name}: {total.faults} faults, {total.sent:,} records, {total.lost} lost, "
              f"{total.doubled} doubled", file=sys.stderr)
    return total


def main() -> int:
    chosen = arguments()
    seed = chosen.seed if chosen.seed is not None else random.SystemRandom().randrange(10**6) * 1000
    print(f"seed {seed}", file=sys.stderr)
    servers = Servers()
    lines, wrong = [], 0
    with servers.ends:
        for name in SENTENCES:
            if count := getattr(chosen, name):
                try:
                    lines.append(run_campaign(name, count, seed, servers).line())
                except Exception:
                    traceback.print_exc()
                    lines.append(f"| {name} | failed; see above | | | | | | | |")
                    wrong = 1
    print(HEAD, *lines, f"\nSeed {seed}.", sep="\n")
    return wrong


if __name__ == "__main__":
    sys.exit(main())
