"""Recipes: the page shows what is shipped, and on real Kafka and Postgres they come to what their cases say."""

import re
import shutil

import pytest

from rig import cookbook
from rig.pages import PAGES

PAGE = next(page for page in PAGES if page.name == "docs/cookbook.md")


def test_the_page_shows_each_recipe_as_it_is_shipped_and_no_other():
    shown = [block.text for block in PAGE.blocks() if block.language == "yaml"]
    shipped = [path.read_text() for path in cookbook.RECIPES]
    assert len(shown) == len(shipped) >= 6
    assert [text for text in shown if not any(whole.endswith("\n\n" + text) for whole in shipped)] == []
    for path in cookbook.RECIPES:
        assert f"`config/cookbook/{path.name}`" in PAGE.text


@pytest.mark.parametrize("path", cookbook.RECIPES, ids=lambda path: path.stem)
def test_a_recipe_comes_to_the_rows_of_its_first_case(path, kafka, topics, producer, make_daemon, database):
    recipe = cookbook.Recipe(path)
    topics.create(recipe.topic, partitions=1)
    try:
        for value, timestamp in recipe.records():
            producer.raw(recipe.topic, value, timestamp=timestamp)
        producer.flush()
        # The cases are of a January; what is older than its retention would be deleted.
        daemon = make_daemon(re.sub(r"^ +retention: .*\n", "", path.read_text(), flags=re.MULTILINE))
        for lookup in (*cookbook.FOLDER.glob("*.csv"), *cookbook.FOLDER.glob("*.ndjson")):
            shutil.copy(lookup, daemon.folder)
        daemon.start("--drain")
        assert daemon.process.wait(60) == 0
        assert recipe.differences(database) == []
    finally:
        topics.delete(recipe.topic)
