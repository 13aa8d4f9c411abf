"""A column that a configuration gets while others go on, and what it has to come to."""

MORE = "more: count(amount > 10)"


def check_more(database, records):
    """Compares `more` with the events of exactly the batches of the configuration in force."""
    spans = [span for (ranges,) in database.query(
        "SELECT ranges FROM tallymill.batch WHERE fingerprint = (SELECT fingerprint FROM tallymill.pipeline)")
        for span in ranges]
    expected = {}
    for record in records:
        event = record.event()
        if event["amount"] > 10 and any(span["partition"] == record.partition and
                                        int(span["from"]) <= record.offset < int(span["to"]) for span in spans):
            expected[event["key"]] = expected.get(event["key"], 0) + 1
    assert expected and dict(database.query("SELECT key, more FROM counts WHERE more > 0")) == expected
