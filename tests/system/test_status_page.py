"""The status page, as a real browser shows it."""

import json
import re

import pytest

from process import wait_until
from rig import config
from rig.browser import Browser, Page
from rig.databases import Database

TAB, ENTER = ("Tab", 9), ("Enter", 13, "\r")

# Texts whose colour does not stand out from what is behind them, by the measure of WCAG.
PALE = """(() => {
  const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (colour) => channels(colour).slice(0, 3).map((value) => value / 255)
    .map((value) => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
    .reduce((sum, value, i) => sum + value * [0.2126, 0.7152, 0.0722][i], 0);
  const opaque = (colour) => colour.startsWith("rgb(");
  const behind = (node) => {
    for (; node; node = node.parentElement) {
      const colour = getComputedStyle(node).backgroundColor;
      if (opaque(colour)) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  return [...document.querySelectorAll("body *")]
    .filter((node) => node.checkVisibility() && [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim()))
    .filter((node) => !node.closest("svg, script, style, noscript"))
    .map((node) => {
      const [a, b] = [light(getComputedStyle(node).color), light(behind(node))].sort((x, y) => y - x);
      return {text: node.textContent.slice(0, 40), contrast: (a + 0.05) / (b + 0.05)};
    })
    .filter(({contrast}) => contrast < 4.5);
})()"""


@pytest.fixture(scope="module")
def browser(scratch):
    browser = Browser(scratch)
    yield browser
    browser.stop()


@pytest.fixture
def page(browser):
    """A page that must not complain."""
    page = Page(browser)
    yield page
    page.value("0")  # What it has to say until now has been heard.
    page.close()
    assert page.complaints == []


def show(page: Page, daemon, fragment: str = "") -> Page:
    page.open(f"http://127.0.0.1:{daemon.http}/{fragment}")
    page.wait("document.querySelector('#pipelines tbody th') !== null", "the pipelines")
    return page


def number(text: str) -> int:
    return int(text.replace(",", ""))


def two_pipelines(topic: str, other: str, **sections) -> str:
    second = config.counts(other, name="others", table="others").split("pipelines:\n")[1]
    return config.counts(topic, **sections) + second


def test_the_page_shows_what_postgres_holds(page, counting, database, producer, topic, oracle):
    producer.send(topic, *[{"key": f"k{i % 7}", "amount": i} for i in range(100)])
    for _ in range(3):
        producer.raw(topic, b"no event")
    producer.flush()
    oracle.wait_settled()
    show(page, counting)
    committed = database.query("SELECT sequence, records_read, records_skipped, records_rejected, rows_written, id "
                               "FROM tallymill.batch ORDER BY sequence DESC")
    page.wait(f"document.querySelectorAll('#batches tbody tr').length === {len(committed)}", "the batches")
    shown = [(*map(number, (row[0], *row[4:8])), row[1]) for row in page.rows("batches")]
    assert shown == committed
    ledger = database.query("SELECT r->>'topic', r->>'partition', r->>'from', r->>'to' FROM tallymill.batch b, "
                            "jsonb_array_elements(b.ranges) r ORDER BY b.sequence DESC, 1, 2")
    ranges = [line for row in page.rows("batches") for line in row[2].splitlines()]
    assert ranges == [f"{name}/{partition}: {first} to {behind}" for name, partition, first, behind in ledger]
    assert [row[:2] for row in page.rows("letters")] == [[reason, str(count)] for reason, count in database.query(
        "SELECT reason, count(*) FROM tallymill.dead_letter GROUP BY reason ORDER BY reason")]
    places = {f"{topic}/{partition}": str(offset) for partition, offset in oracle.checkpoint().items()}
    wait_until(lambda: {row[0]: row[1] for row in page.rows("partitions") if len(row) > 1} == places, 20,
               "the page to know where counting stands")
    page.wait("document.querySelector('#pipelines tbody tr').cells[3].textContent === '0'", "the lag to be 0")
    name, state, _, lag, *_, letters, holder = page.rows("pipelines")[0]
    assert (name, state, lag, letters) == ("counts", "running", "0", "3")
    assert holder == f"{page.rows('instances')[0][0]} (this one)"
    used = database.value("SELECT sum(records_used) FROM tallymill.batch")
    assert used == 100 and f"{used} records" in page.text("#latency-legend")
    # A dashboard's number leads to a row of this page.
    assert page.rows("batches")[0][0] == f"{counting.metrics().sum('tallymill_last_batch'):.0f}"


def test_the_page_asks_nobody_but_its_daemon_and_keeps_itself_up_to_date(page, counting, producer, topic):
    show(page, counting)
    producer.send(topic, {"key": "a", "amount": 1})
    producer.flush()
    page.wait("document.querySelector('#batches tbody th') !== null", "a batch")
    own = f"http://127.0.0.1:{counting.http}/"
    asked = {url for url in page.requests if not url.startswith("data:image/svg")}
    assert asked == {own, f"{own}api/status", f"{own}api/pipelines/counts"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_a_phone_and_a_wall_and_can_be_read(page, make_daemon, topics, topic, producer, scheme):
    other = topics.create()
    daemon = make_daemon(two_pipelines(topic, other)).start().wait_ready()
    producer.send(topic, {"key": "a", "amount": 1})
    producer.raw(topic, b"no event")
    producer.flush()
    page.scheme(scheme)
    show(page, daemon)
    page.wait("document.querySelector('#letters tbody th') !== null", "a dead letter")
    for width in (400, 1600):
        page.resize(width)
        assert page.value("document.documentElement.scrollWidth") <= width
        assert page.value(PALE) == []
    dark = sum(map(int, re.findall(r"\d+", page.value("getComputedStyle(document.body).backgroundColor"))[:3])) < 384
    assert dark == (scheme == "dark")
    topics.delete(other)


def test_the_keyboard_reaches_everything_and_keeps_its_place(page, make_daemon, topics, topic, producer):
    other = topics.create()
    daemon = make_daemon(two_pipelines(topic, other)).start().wait_ready()
    show(page, daemon)
    page.wait("document.querySelector('#h-details').textContent.includes('counts')", "the first pipeline")
    reachable = page.value("document.querySelectorAll('a[href], [tabindex=\"0\"]').length")
    seen = []
    for _ in range(reachable):
        page.press(*TAB)
        seen.append(page.value("""(() => {
          const node = document.activeElement;
          const {outlineStyle, outlineWidth} = getComputedStyle(node);
          return {node: [...document.querySelectorAll("*")].indexOf(node), text: node.textContent.slice(0, 20),
                  marked: outlineStyle !== "none" && parseFloat(outlineWidth) >= 2};
        })()"""))
    assert len({one["node"] for one in seen}) == reachable
    assert [one for one in seen if not one["marked"]] == []
    page.value("document.querySelector('a[href=\"#pipeline/others\"]').focus()")
    page.press(*ENTER)
    page.wait("document.querySelector('#h-details').textContent.includes('others')", "the second pipeline")
    asked = len(page.requests)
    wait_until(lambda: page.value("1") and len(page.requests) >= asked + 4, 20, "two more refreshes")
    assert page.value("document.activeElement.textContent") == "others"
    topics.delete(other)


HOSTILE = "<img src=x onerror=\"window.caught=1\"><script>window.caught=1</script>"


def test_texts_from_records_and_other_instances_do_nothing(page, make_daemon, topic, producer, database: Database):
    daemon = make_daemon(config.counts(topic, head=f"instance: {json.dumps(HOSTILE)}").replace(
        'http: {port: "${HTTP_PORT}"}', 'http: {port: "${HTTP_PORT}", dead_letter_samples: true}')).start().wait_ready()
    database.query("INSERT INTO tallymill.instance (pipeline, session, instance, state, version, revision, asks, counter, "
                   "seen) VALUES ('counts', 'x', %s, %s, %s, '', false, 0, now() + interval '1 h')", *[HOSTILE] * 3)
    producer.raw(topic, HOSTILE.encode(), key=HOSTILE.encode())
    producer.raw(topic, b"</td></table>\x1b]0;x\x07\xe2\x80\xae\xff")
    producer.flush()
    show(page, daemon)
    page.wait("document.querySelectorAll('#letters .sample').length === 2", "both samples")
    page.wait("document.querySelectorAll('#instances tbody tr').length === 2", "the other instance")
    assert f"value: {HOSTILE}" in page.text("#letters") and f"key: {HOSTILE}" in page.text("#letters")
    assert HOSTILE in page.text("#instances") and HOSTILE in page.text("#who")
    assert page.value("[window.caught ?? null, document.querySelectorAll('main img, main script').length]") == [None, 0]
    # Not even what got in as markup could run.
    page.value("document.body.insertAdjacentHTML('beforeend', '<b onclick=\"window.caught=1\">x</b>'), "
               "document.body.lastElementChild.click()")
    assert page.value("window.caught ?? null") is None
    page.value("0")
    assert "Content Security Policy" in json.dumps(page.complaints)
    page.complaints.clear()


def test_nothing_of_a_record_is_shown_unless_somebody_wants_it(page, counting, topic, producer):
    producer.raw(topic, b"canary")
    producer.flush()
    show(page, counting)
    page.wait("document.querySelector('#letters tbody th') !== null", "the dead letter")
    assert "canary" not in page.text() + counting.get("/api/pipelines/counts")[1] + counting.get("/api/status")[1]


def test_a_daemon_that_goes_away_is_missed_and_found_again(page, counting, topic, producer):
    show(page, counting)
    assert page.text("#connection") == "The daemon answers."
    counting.kill9()
    page.wait("document.querySelector('#connection').textContent.includes('does not answer since')", "the page to notice")
    assert page.rows("pipelines")[0][0] == "counts"  # What was known stays.
    assert page.complaints != [] and all("net::ERR_" in json.dumps(one) for one in page.complaints)
    counting.start()
    page.wait("document.querySelector('#connection').textContent === 'The daemon answers.'", "the page to notice", 30)
    page.wait("document.querySelector('#pipelines tbody td').textContent === 'running'", "the pipeline to run", 30)
    page.value("0")
    page.complaints.clear()  # The browser's own, of requests that nobody answered.


def test_a_pipeline_that_stops_says_why_and_what_to_do_while_others_go_on(page, make_daemon, topics, topic, producer):
    other = topics.create()
    text = two_pipelines(topic, other, pipeline="on_error: stop")
    daemon = make_daemon(text).start().wait_ready()
    show(page, daemon)
    page.wait("document.querySelector('#pipelines tbody td').textContent === 'running'", "it to run")
    producer.raw(topic, b"no event")
    producer.flush()
    page.wait("document.querySelector('#pipelines tbody td').textContent === 'stopped'", "it to be stopped")
    _, what, _, said, advice = page.rows("errors")[0]
    assert what == "stopped: bad_json" and "tallymill resume" in advice and said
    assert "tallymill resume" in page.text("#explained")
    assert "counts: stopped, was running" in page.text("#news")
    assert page.value("document.title").startswith("(1 of 2 in trouble)")
    assert [row[1] for row in page.rows("pipelines")] == ["stopped", "running"]
    topics.delete(other)
