"""Is an entitlement frozen?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

from engine.errors import Invalid
from engine.model.halt import Halt
from engine.model.identifiers import EntitlementId

PATTERN_LENGTH_MAX = 63

_PATTERN = re.compile(r"[a-z0-9.*-]+")


def frozen_by(halts: Sequence[Halt], entitlement: EntitlementId) -> Halt | None:
    """Find the oldest freeze that covers an entitlement."""
    return next((halt for halt in halts if halt.covers(entitlement)), None)


def covered(pattern: str, entitlements: Iterable[EntitlementId]) -> tuple[EntitlementId, ...]:
    """List what a pattern covers. Raises `Invalid` where it is none, or covers nothing."""
    if not _PATTERN.fullmatch(pattern) or len(pattern) > PATTERN_LENGTH_MAX:
        raise Invalid(
            "halt.pattern",
            f"“{pattern[:PATTERN_LENGTH_MAX]}” does not name entitlements; say an id such as "
            f"`netsuite-gl`, or a part of ids with a `*`, such as `netsuite-*`.",
        )
    found = tuple(one for one in entitlements if fnmatchcase(one, pattern))
    if not found:
        raise Invalid(
            "halt.nothing",
            f"No entitlement of the catalog fits “{pattern}”, so nothing was frozen; "
            f"`catalog` lists them.",
        )
    return found


def why(halt: Halt, name: str) -> str:
    """Say in a sentence that something is frozen, and by whom."""
    return (
        f"{name} is frozen since {halt.at:%Y-%m-%d %H:%M} UTC by {halt.by_name}: “{halt.reason}”; "
        f"nothing new is given until it is lifted."
    )
