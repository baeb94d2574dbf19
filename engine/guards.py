"""What keeps access scarce, and what stops it at once: freezes, and how much was asked and is held.

Ports like those in `ports.py`, defined by the same suites.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from engine.model.halt import Halt
from engine.model.identifiers import EntitlementId, PersonId, RequestId


class Halts(Protocol):
    """Freezes. Few, and each of them is kept for ever."""

    def lock(self) -> None:
        """Let nobody else add or lift one until this transaction ends."""

    def in_force(self) -> Sequence[Halt]:
        """List those that are not lifted, oldest first."""

    def add(self, halt: Halt) -> Halt:
        """Keep a new one; gives it with its number."""

    def lift(self, halt: Halt) -> None:
        """Keep that one was lifted, when and by whom."""


class Usage(Protocol):
    """How much of an entitlement was asked for and is held."""

    def lock(self, entitlement: EntitlementId) -> None:
        """Let nobody else be given a place at it until this transaction ends.

        Taken after the person and the request, and never two of them in one transaction.
        """

    def asked(
        self, holder: PersonId, entitlement: EntitlementId, since: datetime
    ) -> Sequence[datetime]:
        """List when it was asked for, for somebody, since an instant, whatever came of it."""

    def denied_at(self, holder: PersonId, entitlement: EntitlementId) -> datetime | None:
        """Say when it was last denied to somebody."""

    def holders(self, entitlement: EntitlementId) -> frozenset[PersonId]:
        """Name who has it or is about to; not those whose time is still to come."""

    def to_end(self, halts: Collection[Halt], limit: int) -> Sequence[RequestId]:
        """List grants that some freezes cover and whose end is not ordered yet, by number."""
