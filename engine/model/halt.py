"""A halt: somebody has frozen some entitlements, and nothing new is given of them.

What people say is *freeze*; the calendar's freezes are days on which policies are stricter, and
stop nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase

from engine.model.identifiers import EntitlementId, HaltId, PersonId


@dataclass(frozen=True, slots=True)
class Halt:
    """One freeze, in force until it is lifted."""

    id: HaltId
    pattern: str
    """The id of an entitlement, or a part of ids with `*` for whatever else stands there."""

    ends_live: bool
    """Whether what is held of them is taken away as well, for as long as the halt is in force."""

    reason: str
    by: PersonId
    by_name: str
    at: datetime
    lifted_at: datetime | None = None
    lifted_by: PersonId | None = None

    def covers(self, entitlement: EntitlementId) -> bool:
        """Say whether an entitlement is frozen by it."""
        return fnmatchcase(entitlement, self.pattern)
