"""python -m tests.simulation [HISTORIES] [--seed S]: plays histories until one fails."""

from __future__ import annotations

import argparse
import sys
import time

from tests.simulation.history import Failure, History, play, shrink
from tests.simulation.policies.any_policy import AnyPolicy

SOAK = 100_000
"""About half an hour on one core."""


def main() -> int:
    """Play, and say how it went."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation")
    parser.add_argument("histories", type=int, nargs="?", default=SOAK)
    parser.add_argument("--seed", type=int, default=0, help="the first history's seed")
    parser.add_argument("--any-policy", action="store_true", help="draw the policies by lot")
    wanted = parser.parse_args()
    kind = AnyPolicy if wanted.any_policy else History
    began = time.monotonic()
    for number in range(wanted.histories):
        try:
            play(wanted.seed + number, kind=kind)
        except Failure as failure:
            print(shrink(failure))
            return 1
        if (number + 1) % 1000 == 0:
            print(f"{number + 1} histories, {time.monotonic() - began:.0f} s", flush=True)
    print(f"{wanted.histories} histories held in {time.monotonic() - began:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
