"""What a chat platform must be able to do: post, reply in a thread, edit, and write to a person.

Every platform is a folder with `app.py` (what comes in), `render.py` (what goes out) and
`identity.py` (who it is), and passes `tests/contracts/test_platform.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from adapters.chat.cards import Card
from engine.model.identifiers import PlatformName


class PlatformError(Exception):
    """A chat platform did not take a message. The text is ours and holds no secret."""

    def __init__(
        self, text: str, *, retry_after: timedelta | None = None, may_have_arrived: bool = True
    ) -> None:
        """Keep the text and how long the platform asks us to wait, if it said so.

        `may_have_arrived` is False only where it is sure that nothing was done: then nobody has to
        look whether it was.
        """
        super().__init__(text)
        self.retry_after = retry_after
        self.may_have_arrived = may_have_arrived


class Gone(PlatformError):
    """The message, channel or person is not there (any more); trying again is useless.

    So, too, where it is there and we may not write to it. The text says what would mend it, and is
    shown to the company's admins.
    """

    def __init__(self, text: str) -> None:
        """Keep the text."""
        super().__init__(text, may_have_arrived=False)


@dataclass(frozen=True, slots=True)
class Place:
    """Where to post: a channel or a person, by the platform's own ids; maybe in a thread."""

    channel: str = ""
    account: str = ""
    """A person's account, for a direct message; then `channel` is empty."""

    thread: str | None = None
    """The reference of the thread's root message."""


class Platform(Protocol):
    """One chat product, for what goes out."""

    name: PlatformName

    async def post(
        self, place: Place, card: Card, token: str, *, tried_since: datetime | None = None
    ) -> str:
        """Post and give the message's reference.

        Posting the same token again gives the first message's reference and posts nothing: the
        caller may not know that the first one arrived. `tried_since` says that another process may
        have tried, at that instant at the earliest; a platform that cannot tell by itself looks for
        the message from then on. None: nobody else ever tried, and nothing has to be looked for.

        A platform whose product can neither tell nor be looked through posts such a message once
        more: it may be there twice, but it is never lost.
        """

    async def edit(self, reference: str, card: Card) -> None:
        """Show another card in a message's place.

        Raises `Gone` where there is none, or where it may not be changed any more.
        """

    async def show_home(self, account: str, card: Card) -> None:
        """Show a person's dashboard in the place that the platform keeps for it.

        Nothing happens where it has none. Raises `Gone` where the person is not there.
        """

    async def close(self) -> None:
        """Let go of connections."""
