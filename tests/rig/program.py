"""Where the programs under test are."""

import os
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]


def find(name: str, path_in_build: str) -> pathlib.Path:
    """Returns a program of the build that tests/run chose, or of the newest one."""
    chosen = os.environ.get("TALLYMILL_BUILD")
    builds = [pathlib.Path(chosen)] if chosen else list(ROOT.glob("build/*"))
    found = [build / path_in_build / name for build in builds if (build / path_in_build / name).exists()]
    if not found:
        raise FileNotFoundError(f"{name} is not built; tests/run builds it, or set TALLYMILL_BUILD")
    return max(found, key=lambda path: path.stat().st_mtime)


def daemon() -> pathlib.Path:
    return find("tallymill", "src")


def generator() -> pathlib.Path:
    return find("tallymill-generate", "deploy/generate")
