"""How much of an entitlement one person, and how many people, may have."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

DELEGATION_MAX = timedelta(days=31)
"""A long holiday. Who is away for longer needs another entry in the company's files."""


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `count` of something `within` any such length of time."""

    count: int
    within: timedelta


@dataclass(frozen=True, slots=True)
class Limits:
    """What keeps an entitlement scarce; None: no limit."""

    requests: Rate | None = None
    """How often one person may ask for it, whatever came of it."""

    holders: int | None = None
    """How many people may have it at once."""

    after_denial: timedelta | None = None
    """For how long somebody to whom it was denied may not ask for it again."""


UNLIMITED = Limits()
