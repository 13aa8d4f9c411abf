"""Events that are late, or ahead of their time, in one pipeline with an aggregation of each policy."""

import time

from rig import config

PIPELINE = """
    pipelines:
      counts:
        source:
          topics: [{topic}]
          start: earliest
          fields: {{key: string, at: {{type: timestamp, unit: ms}}}}
        event_time: {{field: at}}
        interval: 200ms
        max_future: 1m
        aggregations:
          accepting: {{window: 1s, late: accept, group_by: [key], columns: {{n: count()}}}}
          dropping: {{window: 1s, late_after: 1m, late: drop, group_by: [key], columns: {{n: count()}}}}
          keeping: {{window: 1s, late_after: 1m, late: dead_letter, group_by: [key], columns: {{n: count()}}}}
"""


def test_each_aggregation_has_its_policy_for_late_events_and_none_counts_those_ahead(
        topic, producer, make_daemon, database, oracle):
    now = time.time_ns() // 1_000_000
    # Seconds behind the record's own time, which alone decides; that lies an hour back.
    for key, behind in [("in time", 0), ("in time", 60), ("late", 61), ("late", 3600), ("ahead", -61),
                        ("in time", -60)]:
        recorded = now - 3_600_000
        producer.send(topic, {"key": key, "at": recorded - behind * 1000}, partition=0, timestamp=recorded)
    producer.flush()
    daemon = make_daemon(config.with_head(PIPELINE.format(topic=topic))).start().wait_ready()
    oracle.wait_settled()

    def counted(table):
        return dict(database.query(f"SELECT key, sum(n)::int FROM {table} GROUP BY key"))
    assert counted("accepting") == {"in time": 3, "late": 2}
    assert counted("dropping") == counted("keeping") == {"in time": 3}
    assert set(database.query('SELECT "offset"::int, aggregation, reason FROM tallymill.dead_letter')) == {
        (2, "keeping", "late"), (3, "keeping", "late"), (4, "", "in_future")}
    metrics = daemon.metrics()
    assert metrics.sum("tallymill_records_total", outcome="used") == 5
    assert metrics.sum("tallymill_records_total", outcome="rejected") == 1
    for table, late in [("accepting", 0), ("dropping", 2), ("keeping", 2)]:
        sums = [metrics.sum("tallymill_aggregation_records_total", aggregation=table, outcome=outcome)
                for outcome in ("folded", "filtered", "late")]
        assert sums == [5 - late, 0, late]
