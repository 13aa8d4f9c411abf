"""Pictures of the results: PNG and SVG beside the JSON that they are made of."""

import json
import pathlib

import matplotlib

matplotlib.use("Agg")
matplotlib.rcParams["svg.hashsalt"] = "tallymill"  # The same picture twice is the same file twice.
from matplotlib import pyplot  # noqa: E402 (the backend is chosen first)


def draw(results: pathlib.Path):
    """Yields the files that it makes, for the parts that were measured."""
    for name, picture in (("throughput", throughput), ("latency", latency), ("scale", scale), ("steady", steady)):
        path = results / f"{name}.json"
        if not path.exists():
            continue
        found = json.loads(path.read_text())
        if not found.get("curves", True):
            continue
        figure = picture(found)
        figure.text(0.99, 0.005, f"{found['machine']['cpu']}, {found['machine']['cores']} cores, "
                    f"{found['machine']['at'][:10]}", ha="right", fontsize=6, color="gray")
        figure.tight_layout()
        for kind in ("png", "svg"):
            made = path.with_suffix(f".{kind}")
            figure.savefig(made, dpi=120, metadata={"Date": None} if kind == "svg" else {})
            yield made
        pyplot.close(figure)


def throughput(found: dict):
    figure, axes = pyplot.subplots(figsize=(7, 2.6))
    names = list(found["runs"])
    for at, name in enumerate(names):
        rates = sorted(run["events_per_second"] / 1e6 for run in found["runs"][name])
        middle = rates[len(rates) // 2]
        axes.barh(at, middle, color="tab:blue" if "daemon" in name else "lightgray")
        axes.text(middle, at, f" {middle:.2f} M/s", va="center", fontsize=8)
    axes.set_yticks(range(len(names)), names, fontsize=8)
    axes.invert_yaxis()
    axes.set_xlabel(f"million events a second, {found['events'] / 1e6:.0f} M events, medians")
    axes.margins(x=0.15)
    return figure


def latency(found: dict):
    figure, axes = pyplot.subplots(figsize=(7, 3.2))
    for interval, one in found["intervals"].items():
        axes.plot(one["percentiles_ms"], range(101), label=f"interval {interval}")
    axes.set_xscale("log")
    axes.set_xlabel("ms from written to visible")
    axes.set_ylabel("% of records")
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8)
    return figure


def scale(found: dict):
    curves = found["curves"]
    columns = 2
    figure, grid = pyplot.subplots(-(-len(curves) // columns), columns, figsize=(8, 2.3 * -(-len(curves) // columns)),
                                   squeeze=False)
    for axes, (name, points) in zip(grid.flat, curves.items()):
        sizes = [point["size"] for point in points]
        axes.plot(range(len(sizes)), [point["cpu_us_per_event"] for point in points], "o-", color="tab:red")
        axes.set_xticks(range(len(sizes)), [f"{size:,}" for size in sizes], fontsize=7)
        axes.set_ylim(bottom=0)
        axes.set_ylabel("CPU us/event", fontsize=7, color="tab:red")
        axes.tick_params(labelsize=7)
        axes.set_title(name, fontsize=8)
        other = axes.twinx()
        other.plot(range(len(sizes)), [point["events_per_second"] / 1e6 for point in points], "s--", color="tab:blue")
        other.set_ylim(bottom=0)
        other.set_ylabel("M events/s", fontsize=7, color="tab:blue")
        other.tick_params(labelsize=7)
    for axes in list(grid.flat)[len(curves):]:
        axes.axis("off")
    return figure


def steady(found: dict):
    names = {"p99_ms": "latency p99, ms", "commit_ms": "upsert and COMMIT, ms", "rss_mib": "RSS, MiB",
             "hot_share": "HOT share of updates", "wal_mib_per_batch": "WAL per batch, MiB",
             "table_mib": "table and index, MiB"}
    figure, grid = pyplot.subplots(3, 2, figsize=(8, 6), sharex=True)
    minutes = range(1, len(found["minutes"]) + 1)
    for axes, (name, title) in zip(grid.flat, names.items()):
        axes.plot(minutes, [one[name] for one in found["minutes"]])
        axes.set_ylim(bottom=0)
        axes.set_title(title, fontsize=8)
        axes.tick_params(labelsize=7)
    for axes in grid[-1]:
        axes.set_xlabel("minute", fontsize=8)
    return figure
