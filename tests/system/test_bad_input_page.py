"""The page about bad input names tests; they are there."""

import re

from rig.program import ROOT


def test_each_test_that_the_page_about_bad_input_names_exists():
    page = (ROOT / "docs/bad-input.md").read_text()
    rows = [line.split("|")[-2] for line in page.splitlines() if line.startswith("| ") and not line.startswith("|---")]
    named = {name for row in rows for name in re.findall(r"`([^`]+)`", row)}
    sources = "".join(path.read_text() for kind in ("*.cc", "*.py") for path in (ROOT / "tests").rglob(kind)
                      if path.name != "test_bad_input_page.py")
    missing = {name for name in named if not (
        (ROOT / "tests/config" / name).is_file() if name.endswith(".yaml") else
        f"def {name}(" in sources if name.startswith("test_") else f'TEST_CASE("{name}")' in sources)}
    assert len(named) > 90 and not missing, missing
