"""Transactional producers: only what is committed counts, and offsets have holes."""

import random
import time

from process import wait_until
from rig.producing import TransactionalProducer


def test_aborted_transactions_are_not_counted_and_lag_reaches_zero(
        kafka, topics, topic, counting, oracle):
    producer = TransactionalProducer(kafka.brokers)
    chance = random.Random(3)
    for round_ in range(40):
        producer.begin()
        for i in range(chance.randrange(1, 60)):
            producer.send(topic, {"key": f"k{i % 7}", "amount": round_}, partition=i % 2)
        if chance.random() < 0.3:
            producer.client.flush(30)  # So that the aborted records are in the log.
            producer.abort()
        else:
            producer.commit()
    oracle.check(least=100)
    wait_until(lambda: counting.lag() == 0, 10, "lag to be 0")
    assert counting.metrics().sum("tallymill_lag_records") == 0


def test_a_topic_that_ends_in_an_aborted_transaction_is_read_to_its_end(
        kafka, topic, counting, oracle):
    producer = TransactionalProducer(kafka.brokers)
    producer.begin()
    producer.send(topic, *[{"key": "a", "amount": 1}] * 10, partition=0)
    producer.commit()
    producer.begin()
    producer.send(topic, *[{"key": "a", "amount": 1}] * 10, partition=0)
    producer.client.flush(30)
    producer.abort()
    oracle.check(least=10)
    assert oracle.checkpoint()[0] == 22  # Twice 10 records and a control record.


def test_an_open_transaction_holds_back_what_follows_and_nothing_else(
        kafka, topic, counting, database, oracle, producer):
    open_one = TransactionalProducer(kafka.brokers)
    open_one.begin()
    open_one.send(topic, {"key": "open", "amount": 1}, partition=0)
    open_one.client.flush(30)
    producer.send(topic, {"key": "behind", "amount": 1}, partition=0)
    producer.send(topic, {"key": "beside", "amount": 1}, partition=1)
    producer.flush()
    wait_until(lambda: database.table_exists("counts") and database.query("SELECT key FROM counts"),
               20, "the other partition")
    time.sleep(1)
    assert database.query("SELECT key FROM counts") == [("beside",)]
    open_one.commit()
    oracle.check(least=3)
