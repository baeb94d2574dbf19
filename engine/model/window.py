"""A window: from when until when access was decided; and what came of one.

A request is for access at once, or for one or several windows: those instants are what an approver
is shown and decides about, whatever words or whose clock they were read from.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """Instants between which access may be there: begin ≤ at < end. In UTC."""

    begin: datetime
    end: datetime

    def __post_init__(self) -> None:
        """Refuse what is no time at all."""
        if self.end <= self.begin:
            raise ValueError(f"a window ends after it begins: {self.begin} to {self.end}")

    @property
    def length(self) -> timedelta:
        """How long it is."""
        return self.end - self.begin


@dataclass(frozen=True, slots=True)
class Held:
    """That access was there in a window that is over: from one read-back to the other."""

    starts_at: datetime
    ended_at: datetime
    ends_at: datetime
    """When it should have ended."""
