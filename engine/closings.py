"""Closings, kept: what is still to be looked at after emergencies.

A port like those in `ports.py`, defined by the same suites. Closings are read and locked with their
request.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from engine.model.closing import Closing
from engine.model.dossier import Dossier
from engine.model.identifiers import EntitlementId, PersonId


@dataclass(frozen=True, slots=True)
class ClosingFilter:
    """Which closings that are not done to list; None means any."""

    holder: PersonId | None = None
    assigned: PersonId | None = None
    """Only those that are open, and that this person was asked to do."""

    among: frozenset[EntitlementId] | None = None
    """Only about these entitlements: what an owner may see."""

    limit: int = 50


class Closings(Protocol):
    """Writes of closings, and what is not done yet."""

    def add(self, closing: Closing) -> Closing:
        """Keep a new closing."""

    def save(self, closing: Closing) -> Closing:
        """Keep a changed closing and count its version. Raises `LostRace`."""

    def lock_nudged(self, limit: int) -> Sequence[Dossier]:
        """Lock what the clock has to say something about, oldest first; skips what others hold."""

    def not_done(self, wanted: ClosingFilter) -> Sequence[Dossier]:
        """List what is not done, the soonest due first. Without locks.

        What is not open yet comes last: nobody can do anything about it.
        """
