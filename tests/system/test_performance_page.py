"""docs/performance.md shows the results that are committed beside it, and nothing else."""

import re
import sys

from rig import program

sys.path.insert(0, str(program.ROOT / "tests/bench"))
from kit import page  # noqa: E402 (its folder has just been added)


def test_the_tables_are_made_of_the_committed_results():
    text = page.PAGE.read_text()
    assert page.written(text) == text, "tests/bench/run --draw --results docs/performance writes the page anew"


def test_every_result_was_exact_and_is_shown():
    text = page.PAGE.read_text()
    shown = {name for name in re.findall(r"<!-- figures: ([\w -]+) -->", text)}
    assert shown <= page.TABLES.keys()
    for path in page.RESULTS.glob("*.json"):
        assert '"exact": true' in path.read_text(), path
        assert any(name.split(" ")[0] == path.stem for name in shown), path


def test_pictures_are_there():
    for picture in re.findall(r"\]\((performance/[\w.]+)\)", page.PAGE.read_text()):
        svg = page.PAGE.parent / picture
        assert svg.exists() and svg.with_suffix(".png").exists(), picture
