"""Holds the tree against its layout: includes never go up or sideways, each vendor is named in one
folder, files stay small, every test file is in a target. Run as a ctest; `--self-test` plants one
violation of each kind and sees that it is noticed."""

import pathlib
import re
import sys
import tempfile

STAGES = ("source", "decode", "transform", "aggregate", "sink", "metrics")
BELOW_STAGES = ("config", "expression", "model", "base")
MAY_INCLUDE = {
    "base": (),
    "model": ("base",),
    "expression": ("model", "base"),
    "config": ("expression", "model", "base"),
    **{stage: BELOW_STAGES for stage in STAGES},
    "pipeline": STAGES + BELOW_STAGES,
    "daemon": ("pipeline",) + STAGES + BELOW_STAGES,
}

# Vendor header to the folder that may name it.
VENDORS = {
    r"yaml-cpp/": "config",
    r"spdlog/": "base",
    r"openssl/": "base",
    r"xxhash\.h": "base",
    r"date/": "model",
    r"re2/": "expression",
    r"librdkafka/": "source/kafka",
    r"simdjson\.h": "decode/json",
    r"libpq-fe\.h": "sink/postgres",
    r"zstd\.h": "sink/postgres",
    r"prometheus/": "metrics/prometheus",
    r"microhttpd\.h": "daemon",
    r"CLI/": "daemon",
}

LONGEST = 300
# Longer for a reason that a reader of the file can see.
LONGER = {
    "src/expression/parser.cc": "one grammar, read from top to bottom",
    "src/expression/infer.cc": "one fixed point over all kinds of node",
    "src/config/section.cc": "one reader of one table's entries",
    "src/config/yaml.cc": "the one file that names yaml-cpp",
}

INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.MULTILINE)


def source_files(root: pathlib.Path):
    return sorted(path for path in (root / "src").rglob("*") if path.suffix in (".h", ".cc"))


def layer_problems(path, name, includes):
    own = name.split("/")[1]
    if own not in MAY_INCLUDE:
        return [] if name in ("src/main.cc",) else [f"{name}: src/{own} is not a layer"]
    found = []
    for include in includes:
        other = include.split("/")[0]
        if other in MAY_INCLUDE and other != own and other not in MAY_INCLUDE[own] and "/" in include:
            found.append(f"{name}: {own} must not include {include}")
    if own == "pipeline":
        for include in includes:
            if include.startswith(("source/kafka", "sink/postgres", "decode/json", "metrics/prometheus")):
                found.append(f"{name}: the pipeline names the concrete {include}")
    return found


def vendor_problems(name, includes):
    folder = name.removeprefix("src/")
    return [
        f"{name}: {include} belongs to src/{home} alone"
        for include in includes
        for pattern, home in VENDORS.items()
        # Our own layers' paths never start like a vendor's but for metrics/prometheus/.
        if re.match(pattern, include) and not folder.startswith(home + "/")
    ]


def size_problems(name, text):
    lines = text.count("\n")
    if lines <= LONGEST or name in LONGER:
        return []
    return [f"{name}: {lines} lines, more than {LONGEST}"]


def test_placement_problems(root):
    found = []
    for path in sorted((root / "tests").rglob("*_test.cc")):
        parts = path.relative_to(root / "tests").parts
        in_unit = parts[0] == "unit" and len(parts) == 3 and (root / "src" / parts[1]).is_dir()
        if not in_unit and parts[0] not in ("pipeline", "integration"):
            found.append(f"tests/{'/'.join(parts)}: in no target")
    return found


def check(root: pathlib.Path) -> list[str]:
    files = source_files(root)
    found = [] if files else ["no source files: nothing was checked"]
    for path in files:
        name = path.relative_to(root).as_posix()
        text = path.read_text()
        includes = INCLUDE.findall(text)
        found += layer_problems(path, name, includes)
        found += vendor_problems(name, includes)
        found += size_problems(name, text)
    return found + test_placement_problems(root)


PLANTED = {
    "src/model/up.h": '#include "pipeline/pipeline.h"\n',
    "src/decode/sideways.h": '#include "sink/store.h"\n',
    "src/pipeline/concrete.cc": '#include "source/kafka/kafka_source.h"\n',
    "src/aggregate/vendor.cc": "#include <libpq-fe.h>\n",
    "src/base/long.cc": "//\n" * (LONGEST + 1),
    "src/utils/drawer.h": "\n",
    "tests/stray_test.cc": "\n",
}


def self_test() -> list[str]:
    missed = []
    for name, text in PLANTED.items():
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for path, content in (("src/base/fine.h", "\n"), (name, text)):
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_text(content)
            if not any(name in problem for problem in check(root)):
                missed.append(f"a planted violation went unnoticed: {name}")
    return missed


def main() -> int:
    root = pathlib.Path(__file__).resolve().parents[2]
    problems = self_test() if "--self-test" in sys.argv else check(root)
    print("\n".join(problems) or "fine")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
