"""A table that is drawn in place on a terminal, and in plain lines elsewhere."""

import sys
import time

PLAIN_EVERY = 5  # Seconds between two tables where lines cannot be drawn over.


class View:
    def __init__(self, title: str, headings: tuple):
        self.title = title
        self.headings = headings
        self.on_terminal = sys.stdout.isatty()
        self.drawn = 0
        self.last_table = -PLAIN_EVERY

    def show(self, status: str, rows: list):
        if not self.on_terminal:
            print(status, flush=True)
            if rows and time.monotonic() - self.last_table >= PLAIN_EVERY:
                self.last_table = time.monotonic()
                print("\n".join(self._table(rows)), flush=True)
            return
        lines = [status, "", *self._table(rows)]
        # Up over what was drawn before, then down to the end of the screen.
        back = f"\x1b[{self.drawn}A\x1b[J" if self.drawn else ""
        sys.stdout.write(back + "\n".join(lines) + "\n")
        sys.stdout.flush()
        self.drawn = len(lines)

    def keep(self):
        """What was drawn stays; what comes next is drawn below it."""
        self.drawn = 0

    def _table(self, rows: list) -> list[str]:
        cells = [self.headings, *[tuple("" if v is None else str(v) for v in row) for row in rows]]
        widths = [max(map(len, column)) for column in zip(*cells)]
        lines = ["  ".join(cell.rjust(width) for cell, width in zip(row, widths)) for row in cells]
        return [self.title, *("  " + line for line in lines)]
