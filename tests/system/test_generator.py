"""The event generator makes the streams that it says it makes."""

import collections
import csv
import json
import re
import subprocess

import pytest

from rig import program
from rig.log import read_log

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
AD_EVENT = re.compile(
    rf'\{{"user_id": "{UUID}", "page_id": "{UUID}", "ad_id": "({UUID})", '
    r'"ad_type": "(banner|modal|sponsored-search|mail|mobile)", '
    r'"event_type": "(view|click|purchase)", "event_time": "(\d{13})", '
    r'"ip_address": "1.2.3.4", "cost": "0\.\d{4}"\}')


@pytest.fixture
def generate(kafka, topics):
    """Runs the generator on a topic that it makes itself; returns the records."""
    made = []

    def run(*options):
        topic = topics.unique_name("generated")
        made.append(topic)
        done = subprocess.run(
            [program.generator(), "--brokers", kafka.brokers, "--topic", topic, "--partitions", "3",
             *options], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr
        assert topics.partitions(topic) == 3
        return read_log(kafka.brokers, topic)[0]

    yield run
    for topic in made:
        topics.delete(topic)


def test_ad_events_have_the_benchmarks_form_and_come_from_a_thousand_ads(generate, tmp_path):
    lookup = tmp_path / "ads.csv"
    records = generate("--count", "60000", "--write-lookup", str(lookup))
    assert len(records) == 60_000
    campaign_of = {row["ad_id"]: row["campaign_id"] for row in csv.DictReader(lookup.open())}
    assert len(campaign_of) == 1_000
    assert set(collections.Counter(campaign_of.values()).values()) == {10}
    kinds, ads = collections.Counter(), set()
    for record in records:
        ad, _, kind, time = AD_EVENT.fullmatch(record.value.decode()).groups()
        kinds[kind] += 1
        ads.add(ad)
        assert record.key is None
        assert abs(int(time) - record.timestamp) < 1_000
    assert ads == campaign_of.keys()
    assert all(abs(count - 20_000) < 1_000 for count in kinds.values()), kinds
    assert {partition for partition, _ in map(lambda r: (r.partition, r.offset), records)} == {0, 1, 2}


def test_with_late_events_times_are_skewed_and_a_few_are_up_to_a_minute_late(generate):
    records = generate("--count", "400000", "--late")
    behind = [record.timestamp - int(record.event()["event_time"]) for record in records]
    skewed = [b for b in behind if b <= 1_000]
    late = [b for b in behind if b > 1_000]
    assert min(skewed) >= -51 and len(set(skewed)) >= 90
    assert 0 < len(late) < 20 and max(late) <= 61_000


def test_log_events_come_from_fifty_services_with_an_incident_now_and_then(generate):
    records = generate("--stream", "logs", "--rate", "4000", "--for", "25s")
    lines, errors = collections.Counter(), collections.Counter()
    for record in records:
        event = record.event()
        assert event.keys() == {"time", "service", "level", "message", "latency_ms", "trace_id"}
        moment = (event["service"], event["time"][:19])
        lines[moment] += 1
        errors[moment] += event["level"] == "ERROR"
    assert len({service for service, _ in lines}) == 50
    bad = {moment[0] for moment in lines if lines[moment] >= 40 and errors[moment] / lines[moment] > 0.1}
    assert 1 <= len(bad) <= 5, bad


def test_bids_have_the_benchmarks_envelope_and_its_hot_auctions_and_bidders(generate):
    records = generate("--stream", "bids", "--count", "50000", "--times-from", "1767225600000")
    bids = []
    for record in records:
        event = record.event()
        assert event.keys() == {"event_type", "person", "auction", "bid"}
        assert (event["event_type"], event["person"], event["auction"]) == (2, None, None)
        bids.append(event["bid"])
    assert all(bid.keys() == {"auction", "bidder", "price", "channel", "url", "dateTime", "extra"} for bid in bids)
    assert all(re.fullmatch(r"20\d\d-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}", bid["dateTime"]) for bid in bids)
    share = len(bids) / 100
    assert 48 < sum(bid["auction"] % 100 == 0 for bid in bids) / share < 53
    assert 73 < sum(bid["bidder"] % 100 == 1 for bid in bids) / share < 78
    assert 48 < sum(bid["channel"] in {"Google", "Facebook", "Baidu", "Apple"} for bid in bids) / share < 52
    assert min(bid["auction"] for bid in bids) == 1_000
    assert 1_000 + 3 * 50_000 // 46 - 100 < max(bid["auction"] for bid in bids) <= 1_002 + 3 * 50_000 // 46
    prices = sorted(bid["price"] for bid in bids)
    assert prices[0] >= 100 and prices[-1] <= 100_000_000 and 50_000 < prices[len(prices) // 2] < 200_000
    late = [bid for bid in bids if bid["dateTime"] < "2026-01-01"]
    assert 4_000 < len(late) < 5_500


def test_the_seed_decides_the_ids(tmp_path):
    def lookup(seed):
        path = tmp_path / f"{seed}.csv"
        subprocess.run([program.generator(), "--seed", seed, "--write-lookup", path], check=True)
        return path.read_text()
    assert lookup("7") == lookup("7") != lookup("8")


def test_the_rate_is_kept(generate):
    records = generate("--rate", "20000", "--for", "5s")
    assert abs(len(records) - 100_000) < 5_000


@pytest.mark.parametrize("wrong", [["--rate", "x"], ["--for", "5"], ["--stream", "cats"],
                                   ["--fields", "2"], ["--bytes", "100001"], ["--nope"], []])
def test_a_wrong_command_line_exits_with_2(wrong):
    done = subprocess.run([program.generator(), *wrong], capture_output=True, text=True)
    assert done.returncode == 2 and done.stderr


def test_shapes_count_their_ids_up_and_have_the_fields_and_the_size_that_were_asked_for(generate):
    records = generate("--stream", "shapes", "--count", "3000", "--fields", "20", "--bytes", "1000",
                       "--broken-every", "100")
    events = sorted((json.loads(record.value) for record in records), key=lambda event: event["id"])
    assert [event["id"] for event in events] == list(range(3_000))
    assert all(len(event) == 20 for event in events)
    assert [event["amount"] for event in events] == [
        "none" if number % 100 == 0 else number % 1_000 for number in range(3_000)]
    assert all(850 < len(record.value) <= 1_000 for record in records)
    assert len({event["text_1"] for event in events}) > 2_000
