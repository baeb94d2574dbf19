"""What was measured, as a table: one figure a row, beside what is aimed at."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One figure, ready to be read."""

    what: str
    figure: str
    aim: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Spread:
    """How lengths of time are distributed, in milliseconds."""

    p50: float
    p99: float
    max: float
    count: int

    def __str__(self) -> str:
        return f"{self.p50:,.1f} / {self.p99:,.1f} / {self.max:,.1f} ms"


def spread(seconds: Sequence[float]) -> Spread:
    """Sum lengths up. Percentiles are of what was measured, never between two values."""
    if not seconds:
        return Spread(math.nan, math.nan, math.nan, 0)
    ordered = sorted(seconds)

    def at(share: float) -> float:
        return ordered[max(0, math.ceil(share * len(ordered)) - 1)] * 1000

    return Spread(at(0.5), at(0.99), at(1.0), len(ordered))


def shown(title: str, rows: Sequence[Row]) -> str:
    """Lay rows out below a title."""
    cells = [(row.what, row.figure, row.aim, row.remark) for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    )
    return "\n".join(["", title, "─" * len(title), *lines])
