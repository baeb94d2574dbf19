"""Where Teams reaches a person or a channel, as it told us.

A bot finds nobody by itself: it may only answer to addresses that Teams gave it, with each activity
and when it was installed. So they are kept, and kept up to date, for what the bot says later on its
own accord. What is kept is no secret, and worth nothing without the bot's token.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Protocol, Self

from engine.model.identifiers import PlatformName

TEAMS = PlatformName("teams")


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where somebody, or a channel, is reached; each may be empty while it is not known."""

    service_url: str = ""
    """Where the Bot Connector of their region is, with a slash at the end."""

    conversation: str = ""
    """The conversation's id: of the direct chat with the person, or of the channel."""

    mri: str = ""
    """A person's id for this bot alone (`29:…`)."""

    def write(self) -> str:
        """Write it for an address book."""
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, written: str) -> Self:
        """Read what `write` wrote."""
        return cls(**json.loads(written))


class AddressBook(Protocol):
    """Keeps addresses for all processes. What is written in it is the platform's own matter."""

    async def find(self, subject: str) -> str | None:
        """Give what was kept of an account, or of a channel, by the platform's own id."""

    async def keep(self, subject: str, written: str) -> None:
        """Keep it, in the place of what was kept before; at most 4,000 characters."""
