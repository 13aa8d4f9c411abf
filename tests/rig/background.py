"""Things that go on while a test does something else."""

import random
import threading
import time

from .producing import Producer


class Background(threading.Thread):
    """Calls `act` again and again until it is stopped. An exception in it fails the test that stops
    it."""

    def __init__(self, act, every: float):
        super().__init__(daemon=True)
        self.act = act
        self.every = every
        self.stopping = threading.Event()
        self.error = None

    def run(self):
        while not self.stopping.is_set():
            try:
                self.act()
            except Exception as error:
                self.error = error
                return
            self.stopping.wait(self.every)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, kind, *_):
        self.stopping.set()
        self.join(60)
        if self.error and kind is None:
            raise self.error


class Traffic(Background):
    """A producer that sends events of the `key`, `amount` shape at a steady rate; a share of them is
    garbage, for the dead letters."""

    def __init__(self, brokers: str, topic: str, per_second: int = 5_000, keys: int = 50, seed: int = 1,
                 garbage: float = 0):
        super().__init__(self.send_some, 0.02)
        self.producer = Producer(brokers)
        self.topic = topic
        self.per_second = per_second
        self.keys = keys
        self.garbage = garbage
        self.random = random.Random(seed)
        self.began = time.monotonic()
        self.sent = 0

    def send_some(self):
        due = int((time.monotonic() - self.began) * self.per_second) - self.sent
        for _ in range(min(due, self.per_second)):
            if self.garbage and self.random.random() < self.garbage:
                self.producer.raw(self.topic, b"no event")
                continue
            self.producer.send(self.topic, {"key": f"k{self.random.randrange(self.keys)}",
                                            "amount": self.random.randrange(-1000, 1000)})
        self.sent += max(due, 0)

    def __exit__(self, kind, *rest):
        super().__exit__(kind, *rest)
        if kind is None:
            self.producer.flush()
