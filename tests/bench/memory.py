"""How much memory each process has in use, once it is at rest."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from tests.bench.machine import memory_of
from tests.bench.place import Place
from tests.bench.table import Row

Sizes = Mapping[str, float]
"""MB by the process's name."""

REST = 3.0
"""Seconds after which a process that has nothing to do has let go of what it lets go of."""


def settled_sizes(place: Place) -> Sizes:
    """Wait a little, and read how much memory each process of a place has in use (RSS), in MB."""
    time.sleep(REST)
    return {name: memory_of(process.pid) for name, process in place.processes.items()}


def memory_rows(idle: Sizes, after: Sizes, remark: str) -> Sequence[Row]:
    """Lay two looks at the same processes out, a row each."""
    return [
        Row(f"memory of {name}", f"{idle[name]:.0f} → {after[name]:.0f} MB", "", remark)
        for name in idle
    ]
