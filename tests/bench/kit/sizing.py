"""What an event, a row and a group cost, from the committed results, and what that makes of a load."""

import dataclasses
import math
import statistics

BASE_BYTES, BASE_COLUMNS = 250, 2  # Of the event that the curves of scale begin with.
MEBIBYTE = 2**20
# As src/daemon/memory_shares.cc divides memory_limit: the process, each pipeline, and the open batch's part of the rest.
PROCESS_MIB, PIPELINE_MIB, PARTS_OF_OPEN_BATCH = 32, 24, 5


@dataclasses.dataclass(frozen=True)
class Load:
    name: str
    events: int  # A second.
    bytes: int
    aggregations: int
    columns: int  # Of all its tables.
    rows: int  # Written per interval, of all its tables.
    interval: float  # Seconds.

    @property
    def rows_per_second(self) -> float:
        return self.rows / self.interval


LOADS = [Load("campaigns on a dashboard", 200_000, 250, 2, 10, 2_000, 5),
         Load("log error rates", 20_000, 1_000, 2, 13, 500, 3),
         Load("features per user", 10_000, 500, 2, 14, 60_000, 10),
         Load("cards, half a second old", 2_000, 400, 2, 11, 1_800, 0.5),
         Load("a million sensors, once a minute", 17_000, 200, 3, 13, 170_000, 5)]


class Costs:
    def __init__(self, results: dict):
        self.curves = {name: {one["size"]: one for one in points} for name, points in results["scale"]["curves"].items()}
        cpu, rss = "cpu_us_per_event", "peak_rss_mib"
        # The same event and job, measured once for each of these curves.
        self.event = statistics.median(self.curves[name][size][cpu] for name, size in (
            ("partitions", 4), ("groups", 1_000), ("aggregations", 1), ("pipelines", 1)))
        self.aggregation = self.slope("aggregations", cpu, 1, 20)
        self.column = self.slope("columns", cpu, 1, 50)
        self.kilobyte = 1_000 * self.slope("bytes of an event", cpu, 1_000, 10_000)
        self.field = self.slope("fields read", cpu, 4, 100)
        self.dead_letter = self.slope("dead-letter share", cpu, 0, 1)
        few, many = self.curves["groups"][10], self.curves["groups"][5_000_000]
        self.row = (many[cpu] - few[cpu]) * many["events"] / many["size"]
        self.group_bytes = MEBIBYTE * self.slope("groups", rss, 1_000_000, 5_000_000)
        self.idle_mib = results["memory"]["peak_rss_mib"]
        minutes = results["steady"]["minutes"]

        def per_row(name):
            return statistics.median(one[name] / one["rows_per_batch"] for one in minutes)
        self.commit_ms = results["scale"]["small"]["batch_ms"]["together"]
        self.row_in_postgres = 1_000 * per_row("commit_ms")
        self.row_wal = MEBIBYTE * per_row("wal_mib_per_batch")
        self.row_on_disk = MEBIBYTE * per_row("table_mib")

    def slope(self, name: str, figure: str, low: float, high: float) -> float:
        at = self.curves[name]
        return (at[high][figure] - at[low][figure]) / (high - low)

    def cores(self, load: Load) -> float:
        event = (self.event + self.kilobyte * (load.bytes - BASE_BYTES) / 1_000 +
                 self.column * (load.columns - BASE_COLUMNS) + self.aggregation * (load.aggregations - 1))
        return (load.events * event + load.rows_per_second * self.row) / 1e6

    def resident_mib(self, load: Load) -> float:
        return self.idle_mib + load.rows * self.group_bytes / MEBIBYTE

    def memory_limit_mib(self, load: Load) -> int:
        """In steps of 64 MiB: so that no batch is cut early for want of memory."""
        groups = PARTS_OF_OPEN_BATCH * load.rows * self.group_bytes / MEBIBYTE
        return 64 * math.ceil((PROCESS_MIB + PIPELINE_MIB + groups) / 64)

    def postgres_share(self, load: Load) -> float:
        return load.rows_per_second * self.row_in_postgres / 1e6 + self.commit_ms / 1_000 / load.interval

    def wal_mib_per_second(self, load: Load) -> float:
        return load.rows_per_second * self.row_wal / MEBIBYTE


def costs(results: dict):
    found = Costs(results)
    return [["one", "costs", ""],
            [f"event of {BASE_BYTES} bytes and 8 fields, into {BASE_COLUMNS} columns", found.event, "µs of CPU"],
            ["further aggregation", found.aggregation, "µs of CPU per event"],
            ["further column", found.column, "µs of CPU per event"],
            ["further kilobyte of an event", found.kilobyte, "µs of CPU"],
            ["further field that is read", found.field, "µs of CPU per event"],
            ["dead letter", found.dead_letter, "µs of CPU"],
            ["row written", found.row, "µs of CPU"],
            ["commit, however small", found.commit_ms, "ms of waiting for Postgres"],
            ["row written, in Postgres", found.row_in_postgres, "µs more"],
            ["row written, in Postgres", found.row_wal, "bytes of WAL"],
            ["row kept, in Postgres", found.row_on_disk, "bytes on disk, with its index"],
            ["group in a batch", found.group_bytes, "bytes of memory"]]


def loads(results: dict):
    found = Costs(results)
    return [["", "events/s", "bytes", "tables, columns", "rows per interval", "cores", "memory_limit",
             "Postgres is busy", "WAL MiB/s"],
            *([load.name, load.events, load.bytes, f"{load.aggregations}, {load.columns}",
               f"{load.rows:,} in {load.interval:g} s", found.cores(load), f"{found.memory_limit_mib(load)}MiB",
               f"{found.postgres_share(load):.1%}", found.wal_mib_per_second(load)] for load in LOADS)]


def measured(results: dict) -> list[tuple[Load, float, float]]:
    """Returns live runs as loads, with the cores and the resident memory that they took."""
    steady, five = results["steady"], results["latency"]["intervals"]["5s"]
    rate, held = next(iter(results["rate"]["held"].items()))

    def middle(name):
        return statistics.median(one[name] for one in steady["minutes"])
    return [
        (Load("an hour into 100,000 groups", round(middle("records_per_second")), BASE_BYTES, 1, 8, steady["groups"], 5),
         middle("cores"), middle("rss_mib")),
        (Load("the ad job", 200_000, BASE_BYTES, 1, 1, 200, 5), five["cores"], five["peak_rss_mib"]),
        (Load("the ad job, as fast as it goes", int(rate), BASE_BYTES, 1, 1, 200, 5), held["cores"], held["peak_rss_mib"])]


def checked(results: dict):
    found = Costs(results)
    return [["live run", "events/s", "cores", "by the formula", "RSS MiB", "by the formula"],
            *([load.name, load.events, cores, found.cores(load), rss, found.resident_mib(load)]
              for load, cores, rss in measured(results))]
