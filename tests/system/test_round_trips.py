"""How often a commit waits for Postgres: what a database in the next building costs."""

import pytest

from process import wait_until
from rig import config
from rig.background import Traffic
from rig.pg_proxy import PgProxy

ROUND_TRIP = 0.3
COUNTS = """
pipelines:
  counts:
    source:
      topics: [{}]
      start: earliest
      fields: {{key: string, amount: int}}
    interval: 100ms
    lookups:
      names: {{file: names.csv, key: key, on_miss: keep}}
    derive: {{name: 'lookup(names, key).name'}}
    aggregations:
      counts: {{group_by: [key], columns: {{n: count(), total: sum(amount)}}}}
      totals: {{group_by: [name], columns: {{n: count()}}}}
"""


@pytest.fixture
def far_away(postgres):
    proxy = PgProxy(postgres.port, delay=ROUND_TRIP)
    yield proxy
    proxy.close()


def test_a_batch_is_written_in_one_round_trip_and_committed_in_another(kafka, database, topic, make_daemon, far_away):
    daemon = make_daemon(config.with_head(COUNTS.format(topic)), dsn=far_away.dsn(database.name))
    (daemon.folder / "names.csv").write_text("key,name\nk1,one\n")
    daemon.start().wait_ready()
    with Traffic(kafka.brokers, topic, per_second=2_000):
        # The first batch stores the lookup.
        wait_until(lambda: commits(daemon) >= 2, 20, "the first commits")
        before = daemon.metrics()
        wait_until(lambda: commits(daemon) >= 12, 60, "more commits")
        after = daemon.metrics()
    for stage in ("upsert", "commit"):
        mean = after.mean_since(before, "tallymill_stage_duration_seconds", stage=stage)
        assert ROUND_TRIP <= mean < 1.5 * ROUND_TRIP, stage


def commits(daemon) -> float:
    return daemon.metrics().sum("tallymill_commits_total", outcome="acked")
