"""Sends hostile events, each partition's by its own seed, in as many processes as there are processors."""

import collections
import os

from confluent_kafka import Producer

from recount.fold import processes_anew

from .events import Generator


def _send(brokers: str, topic: str, seed: int, partitions: list[int], events: int, answer):
    client = Producer({"bootstrap.servers": brokers, "linger.ms": 20, "log_level": 2, "enable.idempotence": True,
                       "queue.buffering.max.messages": 500_000, "message.max.bytes": 2_000_000})
    failed = []

    def delivered(error, _message):
        if error is not None:
            failed.append(str(error))
    made = collections.Counter()
    for partition in partitions:
        generator = Generator(seed, partition)
        for index in range(events):
            timestamp, value = generator.event(index)
            while True:
                try:
                    client.produce(topic, value, partition=partition, timestamp=timestamp, on_delivery=delivered)
                    break
                except BufferError:
                    client.poll(0.05)
            if index % 1000 == 0:
                client.poll(0)
        made.update(generator.made)
    left = client.flush(120)
    answer.send((made, [*failed, *(["not acknowledged"] * left)]))


def send(brokers: str, topic: str, seed: int, events: int, partitions: int,
         processes: int | None = None) -> collections.Counter:
    """Sends so many events, to each partition as many. Returns how many of each kind there were."""
    count = min(processes or os.cpu_count() or 1, partitions)
    workers = []
    for index in range(count):
        here, there = processes_anew.Pipe(duplex=False)
        mine = list(range(partitions))[index::count]
        worker = processes_anew.Process(
            target=_send, args=(brokers, topic, seed, mine, events // partitions, there), daemon=True)
        worker.start()
        there.close()
        workers.append((worker, here))
    made = collections.Counter()
    for worker, here in workers:
        part, failed = here.recv()
        worker.join()
        if failed:
            raise RuntimeError(f"{len(failed)} events were not sent, first: {failed[0]}")
        made.update(part)
    return made
