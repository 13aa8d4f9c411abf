"""The JSON Schema of configurations: it is one, it accepts what the loader accepts, and refuses what is misspelt or of
another type."""

import json
import re
import subprocess

import pytest

from rig import program
from rig.pages import PAGES

CASES = program.ROOT / "tests/config"

# What the loader refuses for the shape of what is written, not for what it means or for YAML that is none.
STRUCTURAL = """
    boolean_on boolean_quoted boolean_yes
    column_type defaults empty_mappings format_later format_unknown group_by_scalar
    identifier_aggregation identifier_digit identifier_dotted identifier_empty identifier_hyphen identifier_pipeline
    identifier_schema identifier_semicolon identifier_space identifier_table identifier_table_three_parts
    identifier_too_long later list_root number_fraction number_negative number_null number_quoted number_separator
    number_text number_too_large number_zero scalar_root section_of_another_kind
    several_problems sizes start topics_no_list unknown_key unknown_key_far_from_all unknown_key_of_another_section
    unknown_top_level_key window_fraction window_negative window_no_unit window_order window_unknown_unit words
""".split()

# Slips that no case has, each in a whole configuration.
SLIPS = {
    "a list for a section": ("http: {enabled: true, address: 0.0.0.0, port: 9200, dead_letter_samples: true}",
                             "http: [enabled]"),
    "a mapping for a word": ("on_error: skip", "on_error: {skip: true}"),
    "a list for a text": ("key: ad_id", "key: [ad_id]"),
    "a misspelt word": ("late: drop", "late: droop"),
    "a misspelt key of a column": ("type: numeric", "typ: numeric"),
    "a type that is none": ("ok: bool", "ok: boolean"),
    "a column's type that is none": ("type: numeric", "type: money"),
    "a secret of another form": ("{file: secrets/pg}", "{path: secrets/pg}"),
    "a command that is no list": ("command: [pass, show, kafka]", "command: pass show kafka"),
    "a port that is none": ("port: 9200", "port: 92000"),
    "a ratio in percent": ("max_dead_letter_ratio: 0.05", "max_dead_letter_ratio: 5"),
    "a size of powers of ten": ("max_bytes: 4KiB", "max_bytes: 4KB"),
    "a number for a duration": ("interval: 3s", "interval: 3"),
    "a start without its minus": ("start: -10m", "start: 10m"),
    "a key of a pipeline under defaults that cannot be there": ("log:", "defaults: {aggregations: {}}\nlog:"),
}


def schema() -> dict:
    done = subprocess.run([program.daemon(), "schema"], capture_output=True, text=True)
    assert done.returncode == 0 and done.stderr == ""
    return json.loads(done.stdout)


def validate(texts: dict) -> dict:
    """Returns what is wrong with the schema, under "schema", and with each text, under "texts"."""
    python = subprocess.run([program.ROOT / "deploy/install", "--print-schemas"], capture_output=True, text=True,
                            check=True).stdout.strip()
    asked = json.dumps({"schema": schema(), "texts": texts})
    done = subprocess.run([python, program.ROOT / "tests/schemas/validate_configs.py"], input=asked,
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def accepted() -> dict:
    """Returns all configurations that are shipped, shown, or cases of good ones."""
    files = [*program.ROOT.glob("config/*.yaml"), *program.ROOT.glob("deploy/**/tallymill.yaml"), *CASES.glob("*.good.yaml")]
    texts = {str(path.relative_to(program.ROOT)): path.read_text(encoding="utf-8-sig") for path in files
             if not path.name.endswith(".test.yaml") and "apiVersion:" not in path.read_text()}
    for page in PAGES:
        texts |= {str(block): block.text for block in page.blocks()
                  if block.language == "yaml" and not re.search(r"^cases:", block.text, re.MULTILINE)}
    return texts


def case(name: str) -> str:
    return (CASES / f"{name}.bad.yaml").read_text()


def test_the_schema_is_one_and_its_defaults_and_examples_fit_it():
    assert schema()["$schema"].endswith("2020-12/schema")
    assert validate({})["schema"] == []


def test_every_configuration_that_is_shipped_or_shown_is_accepted():
    texts = accepted()
    assert {"config/ad_campaigns.yaml", "tests/config/every_key.good.yaml"} <= set(texts) and len(texts) >= 15
    assert {name: wrong for name, wrong in validate(texts)["texts"].items() if wrong} == {}


def test_what_is_refused_for_its_shape_is_refused_by_the_schema_too():
    wrong = validate({name: case(name) for name in STRUCTURAL})["texts"]
    assert [name for name in STRUCTURAL if not wrong[name]] == []
    assert [name for name in STRUCTURAL if "no YAML" in wrong[name][0]] == []


@pytest.fixture(scope="module")
def slips() -> dict:
    good = (CASES / "every_key.good.yaml").read_text()
    assert all(good.count(before) == 1 for before, _ in SLIPS.values()), \
        [before for before, _ in SLIPS.values() if good.count(before) != 1]
    return {name: good.replace(before, after) for name, (before, after) in SLIPS.items()}


def test_slips_are_refused_by_the_schema_and_by_the_loader(slips, tmp_path):
    wrong = validate(slips)["texts"]
    assert [name for name, found in wrong.items() if not found] == []
    for name, text in slips.items():
        (tmp_path / "slip.yaml").write_text(text)
        done = subprocess.run([program.daemon(), "check", tmp_path / "slip.yaml"], capture_output=True, text=True)
        assert done.returncode == 78, name


def test_a_misspelt_key_is_refused_wherever_it_stands():
    good = (CASES / "every_key.good.yaml").read_text()
    keys = set(re.findall(r"^\s+(\w+):", good, re.MULTILINE)) | {"kafka", "postgres", "http", "log"}
    # Names that the user gives, and settings of librdkafka.
    keys -= {"events", "stats", "ads", "more", "users", "campaign", "at", "cost", "ok", "n", "spend"}
    assert len(keys) >= 40
    texts = {key: re.sub(rf"^(\s*){key}:", rf"\1{key}z:", good, count=1, flags=re.MULTILINE) for key in keys}
    assert [key for key, wrong in validate(texts)["texts"].items() if not wrong] == []
