"""docs/performance.md and docs/sizing.md show the results that are committed beside them, and nothing else."""

import json
import re
import sys

import pytest

from rig import program

sys.path.insert(0, str(program.ROOT / "tests/bench"))
from kit import page, sizing  # noqa: E402 (its folder has just been added)

PERFORMANCE = page.PAGES[0]


@pytest.mark.parametrize("path", page.PAGES, ids=lambda path: path.stem)
def test_the_tables_are_made_of_the_committed_results(path):
    text = path.read_text()
    assert "<!-- figures: " in text
    assert page.written(text) == text, "tests/bench/run --draw --results docs/performance writes the page anew"


def test_every_result_was_exact_and_is_shown():
    shown = {name for path in page.PAGES for name in re.findall(r"<!-- figures: ([\w -]+) -->", path.read_text())}
    assert shown <= page.TABLES.keys()
    for path in page.RESULTS.glob("*.json"):
        assert '"exact": true' in path.read_text(), path
        assert any(name.split(" ")[0] == path.stem for name in shown), path


def test_pictures_are_there():
    for picture in re.findall(r"\]\((performance/[\w.]+)\)", PERFORMANCE.read_text()):
        svg = PERFORMANCE.parent / picture
        assert svg.exists() and svg.with_suffix(".png").exists(), picture


def test_the_formulas_come_within_a_factor_of_two_of_what_live_runs_took():
    results = {path.stem: json.loads(path.read_text()) for path in page.RESULTS.glob("*.json")}
    costs = sizing.Costs(results)
    runs = sizing.measured(results)
    assert len(runs) >= 3
    for load, cores, resident in runs:
        assert 0.5 < costs.cores(load) / cores < 2, load
        assert 0.5 < costs.resident_mib(load) / resident < 2, load


def test_memory_is_divided_as_the_formula_says():
    source = (program.ROOT / "src/daemon/memory_shares.cc").read_text()
    assert f"process_share = {sizing.PROCESS_MIB} * mebibyte" in source
    assert f"least_per_pipeline = {sizing.PIPELINE_MIB} * mebibyte" in source
    assert f"parts_of_open_batch = {sizing.PARTS_OF_OPEN_BATCH};" in source
    page_text = (program.ROOT / "docs/sizing.md").read_text()
    assert (f"= {sizing.PROCESS_MIB} MiB + {sizing.PIPELINE_MIB} MiB per pipeline + "
            f"{sizing.PARTS_OF_OPEN_BATCH} × groups") in page_text
