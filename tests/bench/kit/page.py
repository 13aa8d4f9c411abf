"""The tables of docs/performance.md and docs/sizing.md, made of the results that are committed beside them."""

import json
import pathlib
import re
import statistics

from . import ROOT, sizing

PAGES = [ROOT / "docs/performance.md", ROOT / "docs/sizing.md"]
RESULTS = ROOT / "docs/performance"
INSTRUCTIONS = ROOT / "tests/bench/instructions.json"


def written(page: str, results: pathlib.Path = RESULTS) -> str:
    """Returns the page with each table made anew."""
    def one(found):
        part, _, what = found[1].partition(" ")
        figures = figures_of(part, results)
        return (f"<!-- figures: {found[1]} -->\n{markdown(TABLES[found[1]](figures))}"
                f"{footer(part, figures, what)}<!-- end -->")
    return re.sub(r"<!-- figures: ([\w -]+) -->\n.*?<!-- end -->", one, page, flags=re.DOTALL)


def figures_of(part: str, results: pathlib.Path) -> dict:
    if part == "sizing":
        return {path.stem: json.loads(path.read_text()) for path in results.glob("*.json")}
    return json.loads((INSTRUCTIONS if part == "instructions" else results / f"{part}.json").read_text())


def footer(part: str, figures: dict, what: str) -> str:
    if part == "sizing":
        return f"\nCalculated from [performance](performance.md) as of {figures['scale']['machine']['at'][:10]}.\n"
    # Curves may have been measured apart.
    machine = figures.get("machines", {}).get({"idle": "small"}.get(what, what), figures.get("machine"))
    if machine is None:
        return f"\n`tests/run {part}`, on every change.\n"
    return (f"\n`tests/bench/run {part}`, {machine['at'][:10]}, commit {machine['commit']}, {machine['cpu']}, "
            f"{machine['cores']} cores, kernel {machine['kernel'].split('-')[0]}, {machine['postgres']}, "
            f"{machine['kafka']}, librdkafka {machine['librdkafka']}.\n")


def markdown(rows: list[list]) -> str:
    def cell(value) -> str:
        if isinstance(value, float):
            return f"{value:,.2f}" if value < 100 else f"{value:,.0f}"
        return f"{value:,}" if isinstance(value, int) else str(value)
    head, *body = [[cell(value) for value in row] for row in rows]
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *body]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def middle(values) -> float:
    return float(statistics.median(values))


def throughput(figures: dict):
    def of(name, figure):
        return middle(run[figure] for run in figures["runs"][name])
    parse = of("bare consume and parse", "events_per_second")
    return [["", "events/s", "of consume and parse", "CPU s per million"],
            *([name, int(of(name, "events_per_second")), of(name, "events_per_second") / parse,
               of(name, "cpu_seconds_per_million")] for name in figures["runs"])]


def bids(figures: dict):
    runs = figures["runs"]
    consume = middle(one["events_per_second"] for one in runs["bare consume"])
    return [["", "events/s", "of bare consume", "CPU s per million", "peak RSS MiB"],
            *([name, rate := middle(one["events_per_second"] for one in found), rate / consume,
               *(middle(one[figure] for one in found) for figure in ("cpu_seconds_per_million", "peak_rss_mib"))]
              for name, found in runs.items())]


def latency(figures: dict):
    return [["interval", "p50 ms", "p99 ms", "longest ms", "cores", "peak RSS MiB"],
            *([interval, one["p50_ms"], one["p99_ms"], one["max_ms"], one["cores"], one["peak_rss_mib"]]
              for interval, one in figures["intervals"].items())]


def rate(figures: dict):
    return [["records/s", "held", "p50 ms", "p99 ms", "cores of the daemon", "peak RSS MiB"],
            *([int(rate), f"{seconds}, {'yes' if one['held'] else 'no'}", one["p50_ms"], one["p99_ms"], one["cores"],
               one["peak_rss_mib"]]
              for tries, seconds in ((figures["probes"], "15 s"), (figures["held"], f"{figures['minutes']:g} min"))
              for rate, one in tries.items())]


def memory(figures: dict):
    return [["records/s", "groups", "peak RSS MiB", "cores"],
            [200_000, 10_000, figures["peak_rss_mib"], figures["cores"]]]


def startup(figures: dict):
    first, *rest = figures["starts"]
    return [["", "first record read, ms", "first row visible, ms"],
            ["new tables", first["first_read_ms"], first["first_row_ms"]],
            ["tables there", middle(one["first_read_ms"] for one in rest), middle(one["first_row_ms"] for one in rest)]]


def groups(figures: dict):
    return [["rows of 8 columns", "insert s", "COPY and merge s", "ratio", "update s", "COPY and merge s", "ratio"],
            *([one["groups"], one["insert_seconds"], one["bare_insert_seconds"],
               one["insert_seconds"] / one["bare_insert_seconds"], one["update_seconds"], one["bare_update_seconds"],
               one["update_seconds"] / one["bare_update_seconds"]] for one in figures["rows"])]


def outage(figures: dict):
    return [["what was away", "caught up after", "records/s while catching up",
             "of the live rate", "RSS before", "away", "catching up"],
            *([f"{one['away']}, {one['minutes']:g} min", f"{one['catch_up_seconds']} s", one["records_per_second"], one["of_live_rate"],
               *(f"{mib} MiB" if mib else "" for mib in one["rss_mib"].values())] for one in figures["outages"])]


def steady(figures: dict):
    minutes = figures["minutes"]
    tenth = max(1, len(minutes) // 10)
    names = {"records_per_second": "records/s", "commit_ms": "upsert and COMMIT ms", "p99_ms": "p99 ms",
             "rss_mib": "RSS MiB", "cores": "cores", "hot_share": "HOT share", "table_mib": "table MiB",
             "wal_mib_per_batch": "WAL MiB per batch"}
    by_hand = ["COPY and one merge", "", round(1000 * figures["copy_and_merge_seconds"]), *[""] * (len(names) - 2)]
    return [["medians of", *names.values()],
            *([title, *(middle(one[name] for one in some) for name in names)]
              for title, some in ((f"the first {tenth} minutes", minutes[:tenth]),
                                  (f"all {len(minutes)}", minutes), (f"the last {tenth}", minutes[-tenth:]))),
            by_hand]


def curve(name: str):
    def rows(figures: dict):
        return [[name, "events/s", "of bare consume", "CPU µs per event"],
                *([f"{one['size']:,}", one["events_per_second"], one["of_bare_consume"], one["cpu_us_per_event"]]
                  for one in figures["curves"][name])]
    return rows


def small(figures: dict):
    batch = figures["small"]["batch_ms"]
    return [["", *batch], ["a batch of ten events, ms", *batch.values()]]


def idle(figures: dict):
    return [["`fetch.wait.max.ms`", "50 idle pipelines", "50 Kafka clients alone"],
            *([f"{one['fetch_wait_ms']}", f"{one['cores']:.2%} of a core", f"{one['bare_cores']:.2%}"]
              for one in figures["small"]["idle"])]


def instructions(figures: dict):
    return [["between an event's bytes and its group", "instructions", "allocations"],
            ["an ad event", round(figures["instructions_per_event"]), round(figures["allocations_per_event"])]]


def profile(figures: dict):
    shares = sorted(figures["shares"].items(), key=lambda item: -item[1])
    return [["stage", "share of CPU", "functions that take most"],
            *([name, f"{share:.1%}", ", ".join(f"`{short(function)}`" for function in list(
                figures["functions"].get(name, {}))[:3])] for name, share in shares)]


def short(function: str) -> str:
    """The name alone, without namespaces, templates and parameters."""
    name = re.sub(r"\(anonymous namespace\)::|tallymill::", "", function.strip())
    return re.sub(r"[(<].*", "", name).split(" ")[-1] or function


CURVES = ("partitions", "groups", "columns", "aggregations", "pipelines", "bytes of an event",
          "fields of an event", "fields read", "dead-letter share", "lookup rows")
TABLES = {"throughput": throughput, "bids": bids, "latency": latency, "rate": rate, "memory": memory,
          "startup": startup, "groups": groups, "outage": outage, "steady": steady, "profile": profile,
          "instructions": instructions, "scale small": small, "scale idle": idle,
          "sizing costs": sizing.costs, "sizing loads": sizing.loads, "sizing checked": sizing.checked,
          **{f"scale {name}": curve(name) for name in CURVES}}
