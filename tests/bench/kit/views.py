"""The ad job's table held against a count by another program."""

import pathlib

import psycopg


def differences(dsn: str, counts: pathlib.Path) -> int:
    """Returns how many rows of the table differ from the counts of bare_consumer."""
    counted = {}
    for line in counts.read_text().splitlines():
        window, campaign, views = line.split(",")
        counted[int(window), campaign] = int(views)
    if not counted:
        raise RuntimeError("nothing was counted, so nothing can be compared")
    with psycopg.connect(dsn) as connection:
        stored = {(window, campaign): views for window, campaign, views in connection.execute(
            "SELECT (extract(epoch FROM window_start) * 1000)::bigint, campaign, views FROM campaign_views")}
    return sum(1 for key in counted.keys() | stored.keys() if counted.get(key) != stored.get(key))
