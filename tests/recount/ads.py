"""What config/ad_campaigns.yaml must come to, said a second time."""

import csv
import decimal
import functools

import orjson

decimal.getcontext().prec = 60  # Sums are exact.

TABLES = {
    "campaign_stats": {
        "key": ["window_start", "campaign"],
        "columns": ["impressions", "clicks", "spend", "ctr"],
    },
}
WINDOW_MS = 10_000


def read_campaigns(path: str) -> dict[str, str]:
    with open(path, newline="") as file:
        return {row["ad_id"]: row["campaign_id"] for row in csv.DictReader(file)}


class Tally:
    def __init__(self, campaigns: dict[str, str]):
        self.campaigns = campaigns
        self.records = 0
        self.rejected = 0
        self.groups = {}  # (window in ms, campaign): [impressions, clicks, spend]

    def take(self, records):
        campaigns, groups, loads, number = self.campaigns, self.groups, orjson.loads, decimal.Decimal
        self.records += len(records)
        for record in records:
            try:
                event = loads(record.value())
                kind = event["event_type"]
            except (ValueError, TypeError, KeyError):  # No event, such as a record that somebody sent by hand.
                self.rejected += 1
                continue
            if kind == "view":
                index = 0
            elif kind == "click":
                index = 1
            else:
                continue
            campaign = campaigns.get(event["ad_id"])
            if campaign is None:
                self.rejected += 1
                continue
            time = int(event["event_time"])
            key = (time - time % WINDOW_MS, campaign)
            group = groups.get(key)
            if group is None:
                group = groups[key] = [0, 0, number(0)]
            group[index] += 1
            group[2] += number(event.get("cost", "0"))

    def merge(self, other):
        self.records += other.records
        self.rejected += other.rejected
        for key, theirs in other.groups.items():
            ours = self.groups.setdefault(key, [0, 0, decimal.Decimal(0)])
            for index, value in enumerate(theirs):
                ours[index] += value

    def rows(self, table: str):
        """Yields key and values as Postgres shows them; times as milliseconds."""
        assert table == "campaign_stats"
        for (window, campaign), (impressions, clicks, spend) in self.groups.items():
            ctr = decimal.Decimal(clicks) / impressions if impressions else None
            yield (window, campaign), (impressions, clicks, spend, ctr)


def make_tally(lookup: str):
    return functools.partial(_tally, lookup)


def _tally(lookup: str) -> Tally:
    return Tally(read_campaigns(lookup))
