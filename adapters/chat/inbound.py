"""What comes in, before anybody has looked at what it means; and what platforms call with it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from adapters.chat.cards import Answer, Card, Choice
from engine.model.identifiers import PlatformName


@dataclass(frozen=True, slots=True)
class Inbound:
    """What somebody said to the bot: typed, pressed or filled in."""

    platform: PlatformName
    account: str
    """Who said it, by the platform's own id. The platform has verified it."""

    delivery: str
    """The platform's id of this delivery: the same one again is the same saying."""

    text: str
    """A command line, with or without `/jit`. A person who is named in it is written `<@account>`
    or `<@account|name>`, by the platform's own id."""

    fields: Mapping[str, str] | None
    """A submitted form's fields by name, or None."""

    channel: str
    """Where it was said, by the platform's own id; empty in a direct message."""

    thread: str | None
    """The reference of the thread's root message, where it was said in a thread."""

    email: str = ""
    """The account's address, where the platform vouches that the organisation manages it and the
    person cannot change it; else empty."""

    outsider: str = ""
    """Why the platform knows that this is nobody of the organisation: completes `You are …`, e.g.
    `a guest in this workspace`; empty for its members."""

    has_left: bool = False
    """Whether the account was a member's: the platform knows that it is deactivated, or a guest's
    by now. `outsider` says which."""

    is_read_along: bool = False
    """Whether people of other organisations see the channel."""

    is_draft: bool = False
    """A form that is being filled in: what it would say now is answered, and nothing is done."""

    is_home: bool = False
    """The place that the platform keeps for the person's dashboard was opened: see
    `Inbox.open_home`."""

    @property
    def key(self) -> str:
        """Name the delivery among all platforms'; another person's same id is another one."""
        return f"{self.platform}/{self.account}/{self.delivery}"


Receive = Callable[[Inbound], Awaitable[Answer]]
"""What a platform calls with an inbound thing."""

Choose = Callable[[Inbound, str, str], Awaitable[tuple[Choice, ...]]]
"""What a platform calls while somebody searches: `Inbox.choices`."""

ShownNow = Callable[[str, str], Awaitable[Card | None]]
"""What a platform calls to show a message as it is now, with account and reference:
`Inbox.shown_now`."""
