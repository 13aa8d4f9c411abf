"""What the demo shows of each stream."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Stream:
    name: str
    topic: str
    pipeline: str
    config: str    # Under config/.
    title: str
    headings: tuple
    rows: str      # The query of the rows to show.
    total: str     # The query of one number: events counted so far.
    left_out: str  # Why that is less than was sent; empty if it is not.


ADS = Stream(
    name="ads", topic="ad-events", pipeline="ad_campaigns", config="ad_campaigns.yaml",
    title="campaign_stats, the newest window, highest spend first",
    headings=("window", "campaign", "impressions", "clicks", "spend", "ctr"),
    rows="""
        SELECT to_char(window_start, 'HH24:MI:SS'), left(campaign, 8), impressions, clicks,
               round(spend, 4), round(ctr, 4)
        FROM campaign_stats
        WHERE window_start = (SELECT max(window_start) FROM campaign_stats)
        ORDER BY spend DESC, campaign LIMIT 8""",
    total="SELECT coalesce(sum(impressions + clicks), 0)::bigint FROM campaign_stats",
    left_out="the table counts views and clicks; purchases do not pass its `where`")

LOGS = Stream(
    name="logs", topic="app-logs", pipeline="log_error_rates", config="log_error_rates.yaml",
    title="service_errors, the newest minute, highest error rate first",
    headings=("minute", "service", "lines", "errors", "error rate", "average ms", "slowest ms"),
    rows="""
        SELECT to_char(window_start, 'HH24:MI'), service, lines, errors, round(error_rate, 4),
               round(average_ms, 1), slowest_ms
        FROM service_errors
        WHERE window_start = (SELECT max(window_start) FROM service_errors)
        ORDER BY error_rate DESC, service LIMIT 8""",
    total="SELECT coalesce(sum(lines), 0)::bigint FROM service_errors",
    left_out="")

STREAMS = {stream.name: stream for stream in (ADS, LOGS)}
