"""The matrix in the docs and the tests are of one another."""

import pathlib
import re

from rig.program import ROOT


def test_each_row_of_the_matrix_has_a_test_and_each_test_a_row():
    page = (ROOT / "docs/exactly-once.md").read_text()
    rows = set(re.findall(r"\| (\d\d) \|", page))
    here = pathlib.Path(__file__).parent
    tests = {row for file in here.glob("test_*.py") for row in re.findall(r"def test_(\d\d)_", file.read_text())}
    assert len(rows) >= 35 and rows == tests
