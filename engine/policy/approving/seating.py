"""A place for everybody: each part of a stage has places, and each person takes one at most.

All questions are about matchings between places and people, found by Kuhn's algorithm: places are
few, so its cost is nothing.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import TypeVar

Left = TypeVar("Left", bound=Hashable)
Right = TypeVar("Right", bound=Hashable)


def match(choices: Iterable[tuple[Left, Sequence[Right]]]) -> tuple[dict[Right, Left], list[Left]]:
    """Give each on the left one of its own choices on the right: to the first ones first.

    Returns what was given to whom, and those who were left with nothing. Whoever was given
    something never goes without later; they may only be moved to another choice of theirs.
    """
    wanted: dict[Left, Sequence[Right]] = {}
    taken: dict[Right, Left] = {}
    without: list[Left] = []
    for left, rights in choices:
        wanted[left] = rights
        if not _give(left, wanted, taken, set()):
            without.append(left)
    return taken, without


def _give(
    left: Left,
    wanted: dict[Left, Sequence[Right]],
    taken: dict[Right, Left],
    tried: set[Right],
) -> bool:
    for right in wanted[left]:
        if right in tried:
            continue
        tried.add(right)
        if right not in taken or _give(taken[right], wanted, taken, tried):
            taken[right] = left
            return True
    return False


def counted(quorums: Sequence[int], given: Sequence[Sequence[int]]) -> tuple[int, ...]:
    """Count the approvals of each part, where each approval names the parts that it is good for.

    Each counts once, and as many count as possible; 1 is the first part.
    """
    taken, _ = _seated(quorums, given)
    parts = [part for part, _ in taken]
    return tuple(parts.count(part) for part in range(1, len(quorums) + 1))


def is_one_too_many(quorums: Sequence[int], given: Sequence[Sequence[int]]) -> bool:
    """Say whether one of the approvals finds no place: all its parts have theirs already."""
    return bool(_seated(quorums, given)[1])


def _seated(
    quorums: Sequence[int], given: Sequence[Sequence[int]]
) -> tuple[dict[tuple[int, int], int], list[int]]:
    def places(parts: Sequence[int]) -> list[tuple[int, int]]:
        return [(part, place) for part in parts for place in range(quorums[part - 1])]

    return match((number, places(parts)) for number, parts in enumerate(given))
