"""How an action is said, and to whom."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Meaning:
    """How an action is said, and to whom."""

    template: str
    in_thread: bool = False
    """Whether the request's thread gets it."""

    to_holder: bool = False
    """Whether the requester and the holder are written to, beside the thread."""

    to_askers: bool = False
    """Whether those are written to whose questions it answers, beside the thread."""

    to_admins: bool = False
    """Whether the admins' channel gets it, because somebody has to look at it."""
