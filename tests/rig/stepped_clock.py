"""A wall clock that a test moves under a running process, steady clock untouched."""

import pathlib
import struct
import subprocess


class SteppedClock:
    def __init__(self, folder: pathlib.Path):
        self.file = folder / "step"
        self.library = folder / "stepped_clock.so"
        self.step(0)
        source = pathlib.Path(__file__).with_suffix(".c")
        subprocess.run(["cc", "-O2", "-Wall", "-Werror", "-shared", "-fPIC", "-o", self.library, source], check=True)

    @property
    def env(self) -> dict[str, str]:
        return {"LD_PRELOAD": str(self.library), "STEPPED_CLOCK": str(self.file)}

    def step(self, seconds: int):
        """Sets the clock apart from the true one."""
        with open(self.file, "r+b" if self.file.exists() else "w+b") as file:
            file.write(struct.pack("l", seconds))
