"""A record that cannot be used is kept with its bytes and the reason, beside what was counted."""

from rig import config

GOOD = b'{"key": "a", "amount": 1}'
BAD = {
    b"": "bad_json",
    b"not json": "bad_json",
    b'{"key": "a", "amount": 1}{"key": "a"}': "bad_json",
    b'{"key": "a", "amount": 1,}': "bad_json",
    b"[1, 2]": "not_an_object",
    b'{"key": "a", "key": "b", "amount": 1}': "duplicate_key",
    b'{"amount": 1}': "missing_field",
    b'{"key": null, "amount": 1}': "null_field",
    b'{"key": 7, "amount": 1}': "wrong_type",
    b'{"key": "a", "amount": "x"}': "wrong_type",
    b'{"key": "a", "amount": 9223372036854775808}': "out_of_range",
    b'{"key": "a\\u0000b", "amount": 1}': "nul_character",
    b'{"key": "\xff", "amount": 1}': "bad_utf8",
    b'{"key": "' + b"k" * 3000 + b'", "amount": 1}': "key_too_long",
    b'{"key": "a", "amount": 1, "deep": ' + b"[" * 100 + b"]" * 100 + b"}": "too_deep",
}


def test_each_kind_of_bad_record_is_kept_with_its_bytes_and_its_reason(
        producer, topic, counting, database, oracle):
    for value in BAD:
        producer.raw(topic, GOOD, partition=0)
        producer.raw(topic, value, partition=0, key=b"\x00\x01", headers=[("h", b"\xfe"), ("h", None)])
    producer.flush()
    oracle.wait_settled()
    letters = database.query(
        'SELECT value, reason, key, headers, truncated, message FROM tallymill.dead_letter '
        'ORDER BY "offset"')
    found = {bytes(value): reason for value, reason, *_ in letters}
    assert found == BAD
    assert {(bytes(key), truncated) for _, _, key, _, truncated, _ in letters} == {(b"\x00\x01", False)}
    assert all(len(headers) == 2 for _, _, _, headers, _, _ in letters)
    assert database.query("SELECT key, n FROM counts") == [("a", len(BAD))]
    assert sum(b["records_rejected"] for b in oracle.batches()) == len(BAD)
    assert counting.metrics().sum("tallymill_dead_letters_total") == len(BAD)


def test_messages_and_log_never_hold_what_the_payload_holds(producer, topic, counting, database, oracle):
    canary = b"canary-7f3a"
    producer.raw(topic, b'{"key": "a", "amount": "' + canary + b'"}')
    producer.raw(topic, canary)
    producer.flush()
    oracle.wait_settled()
    messages = [message for (message,) in database.query("SELECT message FROM tallymill.dead_letter")]
    assert len(messages) == 2
    for text in (*messages, counting.log(), counting.metrics().text, counting.get("/api/status")[1],
                 counting.get("/api/pipelines/counts")[1]):
        assert canary.decode() not in text


def test_long_payloads_are_truncated_and_marked_and_none_are_kept_where_so_configured(
        kafka, producer, topic, make_daemon, database, oracle):
    make_daemon(config.counts(topic, pipeline="dead_letters: {max_bytes: 10B}")).start().wait_ready()
    producer.raw(topic, b"x" * 1000)
    producer.flush()
    oracle.wait_settled()
    assert database.query("SELECT value, truncated FROM tallymill.dead_letter") == [(b"x" * 10, True)]


def test_no_payload_is_kept_where_it_may_be_personal(producer, topic, make_daemon, database, oracle):
    make_daemon(config.counts(topic, pipeline="dead_letters: {payload: none}")).start().wait_ready()
    producer.raw(topic, b"personal", key=b"personal", headers=[("h", b"personal")])
    producer.flush()
    oracle.wait_settled()
    (row,) = database.query("SELECT key, value, headers::text, reason FROM tallymill.dead_letter")
    assert row[:2] == (None, None) and "personal" not in row[2] and row[3] == "bad_json"


def test_errors_are_skipped_and_counted_where_so_configured(producer, topic, make_daemon, database, oracle):
    make_daemon(config.counts(topic, pipeline="on_error: skip")).start().wait_ready()
    producer.raw(topic, b"bad")
    producer.raw(topic, GOOD)
    producer.flush()
    oracle.wait_settled()
    assert not database.query("SELECT * FROM tallymill.dead_letter")
    assert sum(b["records_skipped"] for b in oracle.batches()) == 1


def test_a_bad_record_stops_the_pipeline_where_so_configured(producer, topic, make_daemon, database, oracle):
    daemon = make_daemon(config.counts(topic, pipeline="on_error: stop")).start().wait_ready()
    for value in (GOOD, GOOD, b"bad", GOOD):
        producer.raw(topic, value, partition=0)
    producer.flush()
    detail = daemon.wait_state("stopped")["detail"]
    assert topic in detail and "2" in detail
    assert oracle.checkpoint()[0] == 2
    assert database.query("SELECT key, n FROM counts") == [("a", 2)]


def test_too_many_dead_letters_stop_the_pipeline_before_they_are_committed(
        producer, topic, make_daemon, database, oracle):
    daemon = make_daemon(config.counts(topic, pipeline="max_dead_letter_ratio: 0.1")).start()
    daemon.wait_ready()
    for _ in range(2_000):
        producer.raw(topic, GOOD, partition=0)
    producer.flush()
    oracle.wait_settled()
    for i in range(10_000):
        producer.raw(topic, GOOD if i % 2 else b"bad", partition=0)
    producer.flush()
    detail = daemon.wait_state("stopped")["detail"]
    assert "bad_json" in detail
    letters = database.value("SELECT count(*) FROM tallymill.dead_letter")
    read = oracle.checkpoint()[0]
    assert letters <= 0.1 * min(read, 10_000)
    assert database.value("SELECT n FROM counts") == read - letters
