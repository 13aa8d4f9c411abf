"""The benchmark: what the daemon does in a second, next to what a bare program does in the same run."""

import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[3]
for folder in (ROOT / "deploy/demo.d", ROOT / "tests"):
    sys.path.insert(0, str(folder))
