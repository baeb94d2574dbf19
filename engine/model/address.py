"""Where a chat platform reaches somebody, or a channel, as it told us.

Some platforms let a bot write only to addresses that they gave it. They are kept for what the bot
says later on its own accord, and each process knows what any other was told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engine.model.identifiers import PlatformName

WRITTEN_MAX = 4000
"""Characters of one address: a URL and some ids, with plenty of room."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where an account or a channel is reached on a platform."""

    platform: PlatformName
    subject: str
    """The platform's own id of the account, or of the channel."""

    written: str
    """What the platform's adapter wrote of it, at most `WRITTEN_MAX` characters; its own matter."""

    told_at: datetime
    """When the platform told so first."""

    def __post_init__(self) -> None:
        """Refuse what has no end."""
        if len(self.written) > WRITTEN_MAX:
            raise ValueError(f"an address has at most {WRITTEN_MAX} characters")
