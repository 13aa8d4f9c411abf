"""What a sceptic would write instead of the daemon: a consumer that counts the ad job's views in Python and,
every few seconds, puts them and its offsets into Postgres in one transaction. As careful as that allows and
no more: it checks no leases, keeps no dead letters, and trusts every answer.

    python -m kit.sceptic BROKERS TOPIC DSN ADS [--interval SECONDS]

Reads the topic from its start to its present end, and prints how many records that were."""

import argparse
import collections
import csv
import time

import orjson
import psycopg
from confluent_kafka import Consumer, TopicPartition

WINDOW_MS = 10_000
BATCH = 10_000

TABLES = """
CREATE TABLE IF NOT EXISTS campaign_views (window_start timestamptz, campaign text COLLATE "C", views bigint,
  PRIMARY KEY (window_start, campaign)) WITH (fillfactor = 70);
CREATE TABLE IF NOT EXISTS offsets (partition int PRIMARY KEY, next bigint);
"""
MERGE = """
INSERT INTO campaign_views AS t SELECT to_timestamp(ms / 1000.0), campaign, views FROM staging
ORDER BY ms, campaign ON CONFLICT (window_start, campaign) DO UPDATE SET views = t.views + EXCLUDED.views
"""


class Sceptic:
    def __init__(self, options):
        with open(options.ads, newline="") as rows:
            self.campaign_of = {row["ad_id"]: row["campaign_id"] for row in csv.DictReader(rows)}
        self.database = psycopg.connect(options.dsn)
        self.database.execute(TABLES)
        self.database.commit()
        self.consumer = Consumer({"bootstrap.servers": options.brokers, "group.id": "sceptic",
                                  "enable.auto.commit": False, "isolation.level": "read_committed",
                                  "check.crcs": True, "queued.max.messages.kbytes": 65536,
                                  "fetch.queue.backoff.ms": 5})  # Of itself a full queue waits for a second.
        partitions = self.consumer.list_topics(options.topic, timeout=30).topics[options.topic].partitions
        stored = dict(self.database.execute("SELECT partition, next FROM offsets"))
        self.next = {p: stored.get(p, 0) for p in partitions}
        self.ends = {p: self.consumer.get_watermark_offsets(TopicPartition(options.topic, p), timeout=30)[1]
                     for p in partitions}
        self.consumer.assign([TopicPartition(options.topic, p, at) for p, at in self.next.items()])
        self.views = collections.Counter()
        self.records = 0

    def run(self, interval: float):
        commit_at = time.monotonic() + interval
        while any(self.next[p] < end for p, end in self.ends.items()):
            for message in self.consumer.consume(BATCH, 0.1):
                self.count(message)
            if time.monotonic() >= commit_at:
                self.commit()
                commit_at = time.monotonic() + interval
        self.commit()

    def count(self, message):
        if message.error():
            raise RuntimeError(message.error())
        self.records += 1
        self.next[message.partition()] = message.offset() + 1
        event = orjson.loads(message.value())
        if event["event_type"] == "view":
            window = int(event["event_time"]) // WINDOW_MS * WINDOW_MS
            self.views[window, self.campaign_of[event["ad_id"]]] += 1

    def commit(self):
        with self.database.cursor() as cursor:
            cursor.execute("CREATE TEMP TABLE staging (ms bigint, campaign text, views bigint) ON COMMIT DROP")
            with cursor.copy("COPY staging FROM STDIN") as copy:
                for (window, campaign), views in self.views.items():
                    copy.write_row((window, campaign, views))
            cursor.execute(MERGE)
            cursor.executemany("INSERT INTO offsets VALUES (%s, %s) ON CONFLICT (partition) DO UPDATE "
                               "SET next = EXCLUDED.next", list(self.next.items()))
        self.database.commit()
        self.views.clear()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("brokers", "topic", "dsn", "ads"):
        parser.add_argument(name, metavar=name.upper())
    parser.add_argument("--interval", type=float, default=5)
    options = parser.parse_args()
    sceptic = Sceptic(options)
    sceptic.run(options.interval)
    print(f"{sceptic.records} records")


if __name__ == "__main__":
    main()
