"""Tickets of other systems that a policy asks for, e.g. an approved change or an incident."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.model.identifiers import TicketSourceId


@dataclass(frozen=True, slots=True)
class TicketSource:
    """A system that keeps tickets."""

    id: TicketSourceId
    name: str
    """What people call its tickets, e.g. `Change requests`."""

    kind: str
    """How it is asked: one of the kinds in `adapters/tickets`."""

    settings: Mapping[str, str] = field(default_factory=dict)
    """What that kind needs to know; a secret is named by its setting, never written here."""


@dataclass(frozen=True, slots=True)
class TicketRule:
    """Which ticket the justification must name, and what must be true of it: it is open, always."""

    source: TicketSourceId
    pattern: str
    """A regular expression for its reference."""

    example: str
    is_own: bool = True
    """It belongs to whoever asks, or to whoever gets the access."""

    fits: bool = True
    """It is about the system, or about the entitlement itself."""
