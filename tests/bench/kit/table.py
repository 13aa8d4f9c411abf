"""Figures on a terminal."""

import statistics


def middle(values) -> float:
    return statistics.median(values)


def show(title: str, headings: list[str], rows: list[list]) -> None:
    cells = [headings] + [[cell if isinstance(cell, str) else f"{cell:,.3g}" if isinstance(cell, float)
                           else f"{cell:,}" for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in cells) for i in range(len(headings))]
    print(f"\n{title}")
    for row in cells:
        print("  " + "  ".join(cell.ljust(width) if i == 0 else cell.rjust(width)
                               for i, (cell, width) in enumerate(zip(row, widths))))
    print(flush=True)
