"""Memory: the daemon's peak at 200,000 records a second and 10,000 groups."""

from . import latency
from .stage import AD_JOB
from .table import show

# A hundred pages by a hundred users, beside the table that is compared.
JOB = AD_JOB + """\
      pages_by_user:
        group_by: {{page: page_id, user: user_id}}
        columns: {{events: count(), views: count(event_type == "view")}}
"""
LIMIT = "memory_limit: 64MiB"


def measure(stage, options) -> dict:
    figures = latency.one(stage, "5s", 60, latency.RATE, job=JOB, more=LIMIT)
    show("200,000 records/s in 10,000 groups, interval 5 s, " + LIMIT,
         ["", "RSS MiB", "cores", "p99 ms"],
         [["daemon", figures["peak_rss_mib"], figures["cores"], figures["p99_ms"]]])
    return {"part": "memory", **figures, "exact": figures["differing_rows"] == 0}
