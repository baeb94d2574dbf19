"""A dossier: a request, its decisions, its grant and its closing, read together.

They are one aggregate under one lock (the request's row), so they are always loaded as one.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.model.closing import Closing
from engine.model.grant import Grant
from engine.model.identifiers import PersonId
from engine.model.request import Decision, Request


@dataclass(frozen=True, slots=True)
class Dossier:
    """One request with all that was decided and given because of it."""

    request: Request
    decisions: tuple[Decision, ...] = ()
    """All that were ever given, in order: history."""

    grant: Grant | None = None
    closing: Closing | None = None
    """Only where the glass was broken."""

    @property
    def standing(self) -> tuple[Decision, ...]:
        """The decisions that count: those on exactly what is asked now.

        A change of what is asked is a new revision, and an answer to an earlier one is none to it.
        """
        return tuple(d for d in self.decisions if d.revision == self.request.revision)

    @property
    def decided_by(self) -> frozenset[PersonId]:
        """Name who has decided, themselves or by somebody who stood in: nobody counts twice."""
        return frozenset(person for decision in self.standing for person in decision.people)


@dataclass(frozen=True, slots=True)
class Access:
    """What one person holds or is about to hold, for SoD and for overlaps."""

    pending: tuple[Request, ...] = ()
    live: tuple[Grant, ...] = ()
