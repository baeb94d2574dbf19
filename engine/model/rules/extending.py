"""How access may go on after its end."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ExtendStages(StrEnum):
    """Which stages of the chain decide that access goes on."""

    ALL = "all"
    """Every one that a request would take."""

    LAST = "last"
    """The last one, and each that the access was never decided by."""


@dataclass(frozen=True, slots=True)
class ExtendRule:
    """By whose decision access goes on, and how often. Never past the longest duration in all."""

    stages: ExtendStages = ExtendStages.ALL
    times: int = 1
    """How often one access may go on; 0: never."""


WHOLE_CHAIN_ONCE = ExtendRule()
"""Where the policy says nothing: as if it were asked for anew, and once."""
