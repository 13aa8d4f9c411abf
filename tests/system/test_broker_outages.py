"""A broker that restarts or dies is waited for."""

import os
import time

from rig.background import Traffic
from rig.oracle import wait_progress
from rig.producing import Producer


def test_clean_and_unclean_restarts_of_the_broker_change_nothing(kafka, topic, counting, oracle):
    with Traffic(kafka.brokers, topic, per_second=3_000):
        wait_progress(oracle)
        kafka.stop()
        kafka.start()
        wait_progress(oracle, 60)
        kafka.crash()
        kafka.start()
        wait_progress(oracle, 60)
    oracle.check(least=1_000)
    assert counting.state() == "running"


def test_without_a_broker_the_daemon_stays_up_and_idle(kafka, topic, counting, oracle):
    producer = Producer(kafka.brokers)
    producer.send(topic, {"key": "a", "amount": 1})
    producer.flush()
    kafka.stop()
    try:
        time.sleep(4)
        spent = cpu_seconds(counting.process.pid)
        time.sleep(5)
        spent = cpu_seconds(counting.process.pid) - spent
        assert counting.process.running() and counting.get("/healthz")[0] == 200
        assert spent < 0.5, f"{spent:.2f} s of CPU in 5 s without a broker"
    finally:
        kafka.start()
    producer = Producer(kafka.brokers)
    producer.send(topic, *[{"key": "a", "amount": 1}] * 10)
    producer.flush()
    oracle.check(least=11)


def cpu_seconds(pid: int) -> float:
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
