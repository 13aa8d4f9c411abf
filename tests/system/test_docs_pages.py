"""Single pages say what the source says, and pictures can be read by everybody."""

import re
import xml.etree.ElementTree

import pytest

from rig import program
from rig.pages import PAGES

BY_NAME = {page.name: page for page in PAGES}
PICTURES = sorted((program.ROOT / "docs/pictures").glob("*.svg"))
SVG = "{http://www.w3.org/2000/svg}"
WIDEST_LETTER = 0.6  # Of a font's size, on average over a few words, in fonts without serifs.


def source(pattern: str) -> str:
    """Returns the sources, with the parts of a string that goes over several lines put together."""
    text = "\n".join(path.read_text() for path in sorted((program.ROOT / "src").rglob(pattern)))
    return re.sub(r'"\s*\n\s*"', "", text)


def first_cells(text: str) -> list[str]:
    return re.findall(r"^\| ((?:`[^`]+`(?:, )?)+)[^|]*\|", text, re.MULTILINE)


def part(page: str, heading: str) -> str:
    found = re.search(rf"^## {heading}$\n(.*?)(?=^## |\Z)", BY_NAME[page].text, re.MULTILINE | re.DOTALL)
    assert found, f"{page} has no part {heading}"
    return found[1]


def test_every_picture_has_words_for_who_cannot_see_it():
    pictures = [(page.name, *picture) for page in PAGES for picture in page.pictures()]
    assert len(pictures) >= 8
    assert [(page, file) for page, words, file in pictures if len(words) < 10] == []


def test_every_picture_that_is_drawn_is_shown():
    shown = {(page.path.parent / file).resolve() for page in PAGES for _, file in page.pictures()}
    assert len(PICTURES) >= 4 and set(PICTURES) <= shown


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: path.stem)
def test_a_picture_is_small_has_colours_for_the_dark_and_keeps_its_words_inside(path):
    assert path.stat().st_size < 8_000
    svg = xml.etree.ElementTree.parse(path).getroot()
    assert svg.find(f"{SVG}title").text and "prefers-color-scheme: dark" in svg.find(f"{SVG}style").text
    width, height = float(svg.get("width")), float(svg.get("height"))
    for text in svg.iter(f"{SVG}text"):
        kind, x = text.get("class", ""), float(text.get("x"))
        long = len(text.text) * WIDEST_LETTER * (11 if "note" in kind else 13)
        left = x if "left" in kind else x - long if "end" in text.get("style", "") else x - long / 2
        assert 0 <= left and left + long <= width and 0 < float(text.get("y")) < height, text.text


def test_concepts_name_each_table_of_the_schema_and_each_state_of_a_pipeline():
    kept = {cell.strip("`") for cell in first_cells(part("docs/concepts.md", "What is kept in Postgres"))}
    ddl = source("service_schema.cc")
    made = set(re.findall(r"CREATE (?:TABLE IF NOT EXISTS|OR REPLACE VIEW) \$S\.(\w+)", ddl))
    assert kept == made - {"schema_version"}
    states = {cell.strip("`") for cell in first_cells(part("docs/concepts.md", "State of a pipeline"))}
    assert states == set(re.search(r"enum class PipelineState[^{]*\{([^}]*)\}", source("*.h"))[1].replace(",", " ").split())


def test_troubleshooting_explains_each_reason_of_a_dead_letter():
    explained = [reason for cell in first_cells(part("docs/troubleshooting.md", "Dead letters"))
                 for reason in re.findall(r"`(\w+)`", cell)]
    assert sorted(explained) == sorted(re.findall(r'Word\{"(\w+)"', source("reason.h")))


def test_messages_that_troubleshooting_explains_are_ones_that_the_daemon_has():
    code = source("*.[ch]*")
    said = [text for cell in first_cells(part("docs/troubleshooting.md", "Connections"))
            for text in re.findall(r"`([^`]+)`", cell) if " " in text]
    assert len(said) >= 8
    assert [text for text in said if text not in code] == []
    codes = [text for cell in first_cells(part("docs/troubleshooting.md", "Changes"))
             for text in re.findall(r"`([a-z_]+)`", cell)]
    assert len(codes) >= 3
    assert [text for text in codes if f'"{text}"' not in code] == []
