"""Tells now and then that something still goes on."""

import threading
import time

EVERY = 2  # Seconds.


class Progress:
    """While it is entered, a line every other second says what is being waited for."""

    def __init__(self, what: str):
        self.what = what
        self.began = time.monotonic()
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._tell, daemon=True)

    def _tell(self):
        while not self.over.wait(EVERY):
            print(f"  ... {time.monotonic() - self.began:.0f} s: {self.what}", flush=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()
