"""Reading Prometheus's text format."""

import re

_LINE = re.compile(r'^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$')
_LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"')


class Metrics:
    def __init__(self, text: str):
        self.text = text
        self.samples = []
        for line in text.splitlines():
            if line and not line.startswith("#"):
                name, labels, value = _LINE.match(line).groups()
                self.samples.append((name, dict(_LABEL.findall(labels or "")), float(value)))

    def sum(self, name: str, **labels) -> float:
        """Returns the sum of all samples of a name that have these labels; 0 if there are none."""
        return sum(value for found, have, value in self.samples
                   if found == name and labels.items() <= have.items())

    def mean_since(self, before: "Metrics", histogram: str, **labels) -> float:
        """Returns the mean of what a histogram was told since another look."""
        total, count = (self.sum(f"{histogram}_{what}", **labels) - before.sum(f"{histogram}_{what}", **labels)
                        for what in ("sum", "count"))
        return total / count

    def names(self) -> set[str]:
        return {name for name, _, _ in self.samples}
