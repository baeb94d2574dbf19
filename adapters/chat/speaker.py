"""Who says something, and what their words can mean now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engine.model.company import Company, Person
from engine.model.identifiers import PlatformName
from engine.ports import Work
from engine.workflow import look


@dataclass(frozen=True, slots=True)
class Speaker:
    """A person of the directory who says something to the bot."""

    work: Work
    platform: PlatformName
    person: Person
    company: Company
    """The configuration in force when it was said."""

    channel: str = ""
    """Where it is said, by the platform's own id; empty in a direct message."""

    is_read_along: bool = False
    """Whether people of other organisations see that channel."""

    def now(self) -> datetime:
        """Read the database's time; no other clock may decide what `until 18:00` means."""
        return look.now(self.work)

    @property
    def zone(self) -> tzinfo:
        """The person's time zone; UTC where the directory names one that nobody knows."""
        try:
            return ZoneInfo(self.person.zone)
        except (ZoneInfoNotFoundError, ValueError):
            return UTC
