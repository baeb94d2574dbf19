"""A dossier: a request, its decisions and its grant, read together.

They are one aggregate under one lock (the request's row), so they are always loaded as one.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.model.grant import Grant
from engine.model.request import Decision, Request


@dataclass(frozen=True, slots=True)
class Dossier:
    """One request with all that was decided and given because of it."""

    request: Request
    decisions: tuple[Decision, ...] = ()
    grant: Grant | None = None


@dataclass(frozen=True, slots=True)
class Access:
    """What one person holds or is about to hold, for SoD and for overlaps."""

    pending: tuple[Request, ...] = ()
    live: tuple[Grant, ...] = ()
