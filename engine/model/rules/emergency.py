"""The policy of emergencies: access that is given first and decided afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from engine.model.identifiers import BreakglassId, ChainId
from engine.model.rules.selector import Selector


@dataclass(frozen=True, slots=True)
class ClosingRule:
    """Who looks at a use of break-glass once it is over, and by when."""

    by: tuple[Selector, ...]
    within: timedelta
    """From when the access is gone; reminders are scaled to it."""

    escalate: tuple[Selector, ...] = ()
    """Who is told, and may do it as well, once three quarters of that time are over."""


@dataclass(frozen=True, slots=True)
class Breakglass:
    """Access in an emergency: given at once, and decided afterwards."""

    id: BreakglassId
    name: str
    by: tuple[Selector, ...]
    """Who may break the glass, for themselves."""

    duration_max: timedelta
    incident_pattern: str
    """A regular expression for the incident's reference, which the justification must hold."""

    incident_example: str
    chain: ChainId
    """Who approves it afterwards."""

    closing: ClosingRule
    open_max: int = 1
    """With so many of theirs not closed yet, nobody breaks the glass once more."""
