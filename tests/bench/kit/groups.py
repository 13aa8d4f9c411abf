"""Writing rows: a batch's upsert against COPY into a staging table and one merge of the same rows."""

import json

from .stage import Run
from .table import show


def measure(stage, options) -> dict:
    run = Run([stage.build / "tests/upsert_bench"], stage.next_log("upsert"))
    found = [json.loads(line) for line in run.output.splitlines() if line.startswith("{")]
    if not found:
        raise RuntimeError(f"upsert_bench measured nothing:\n{run.output}")
    show("Rows of eight counters, seconds without COMMIT, and how many times COPY and merge that is",
         ["rows", "insert", "bare", "ratio", "update", "bare", "ratio"],
         [[one["groups"], one["insert_seconds"], one["bare_insert_seconds"],
           one["insert_seconds"] / one["bare_insert_seconds"], one["update_seconds"],
           one["bare_update_seconds"], one["update_seconds"] / one["bare_update_seconds"]] for one in found])
    return {"part": "groups", "rows": found, "exact": True}  # The program compares the two tables itself.
