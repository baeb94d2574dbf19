"""Who says something, why that is believed, and what their words can mean now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from adapters.chat.inbound import Inbound
from engine.errors import NotAllowed
from engine.model.company import Company, Person
from engine.model.identifiers import PlatformName
from engine.model.via import Via
from engine.policy.accounts import directory_of
from engine.policy.identity import recognise
from engine.ports import CompanyVersion, Work
from engine.workflow import look


@dataclass(frozen=True, slots=True)
class Who:
    """Who said something, and why it is believed."""

    person: Person | None = None
    via: Via | None = None


NOBODY = Who()


def who_says(version: CompanyVersion, inbound: Inbound) -> Who:
    """Recognise the speaker, by an account of the files before an address of the platform's."""
    directory = directory_of(version)
    known = recognise(directory, inbound.platform, inbound.account, email=inbound.email)
    return Who(*known) if known else NOBODY


def member(inbound: Inbound, person: Person | None) -> Person:
    """Give who is of the organisation, for the platform and the directory. Raises `Refused`."""
    if inbound.outsider:
        raise NotAllowed(
            "person.outsider",
            f"You are {inbound.outsider}, and only members of the organisation can ask "
            "and decide here, so nothing was done; please ask an admin where that is wrong.",
        )
    if person is None:
        raise NotAllowed(
            "person.stranger",
            "I do not know you: your account here is in nobody's entry of the company's "
            "directory; please ask an admin to add it.",
        )
    if not person.active:
        raise NotAllowed(
            "person.inactive",
            "You are not active in the company's directory, so nothing was done; "
            "an admin can change that.",
        )
    return person


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
