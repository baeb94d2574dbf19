"""A chat that remembers what the bot posted, and fails when it is told to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from adapters.chat.cards import Card
from adapters.chat.platform import Gone, Place, PlatformError
from engine.model.identifiers import PlatformName
from tests.adapters.chat.company import CHAT


@dataclass(slots=True)
class Shown:
    """A message in the chat."""

    place: Place
    card: Card
    edits: int = 0


@dataclass(slots=True)
class RecordingChat:
    """One chat product, in memory."""

    name: PlatformName = CHAT
    messages: dict[str, Shown] = field(default_factory=dict)
    """What is there, by reference."""

    tokens: dict[str, str] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    """What was asked of it, in order: `post` or `edit` and the card's title."""

    gone: set[str] = field(default_factory=set)
    """Channels, accounts and references that are not there."""

    frozen: set[str] = field(default_factory=set)
    """References of messages that cannot be edited any more."""

    tried_since: list[datetime | None] = field(default_factory=list)
    """What each post said of earlier tries."""

    is_down: bool = False
    is_sure: bool = False
    """Whether what fails says that nothing arrived."""

    failing: dict[str, int] = field(default_factory=dict)
    """How often posts to an account or channel fail, e.g. `{"ben.okafor": 2}`."""

    retry_after: timedelta | None = None
    loses_answers: int = 0
    """How many posts arrive whose answer gets lost."""

    before_post: Callable[[Card], None] = lambda _: None
    """Called with each card that is about to be posted."""

    homes: dict[str, list[Card]] = field(default_factory=dict)
    """Each dashboard that was shown, by account, the last one last."""

    before_home: Callable[[str, Card], None] = lambda *_: None
    """Called with each dashboard that is about to be shown."""

    async def post(
        self, place: Place, card: Card, token: str, *, tried_since: datetime | None = None
    ) -> str:
        """Post once per token."""
        self.before_post(card)
        self.tried_since.append(tried_since)
        self._fail(place.account or place.channel)
        self.calls.append(f"post {card.title}")
        missing = self.gone & {place.account, place.channel, place.thread}
        if missing or (place.thread and place.thread not in self.messages):
            raise Gone("There is no such place.")
        reference = self.tokens.setdefault(token, f"m{len(self.tokens) + 1}")
        self.messages.setdefault(reference, Shown(place, card))
        if self.loses_answers:
            self.loses_answers -= 1
            raise PlatformError("The answer was lost.")
        return reference

    async def edit(self, reference: str, card: Card) -> None:
        """Show another card."""
        self._fail("edit")
        self.calls.append(f"edit {card.title}")
        if reference in self.gone | self.frozen or reference not in self.messages:
            raise Gone("There is no such message, or it may not be changed.")
        self.messages[reference].card = card
        self.messages[reference].edits += 1

    async def show_home(self, account: str, card: Card) -> None:
        """Keep the dashboard."""
        self.before_home(account, card)
        self._fail(f"home of {account}")
        if account in self.gone:
            raise Gone("There is no such person.")
        self.homes.setdefault(account, []).append(card)

    async def close(self) -> None:
        """Nothing is open."""

    def _fail(self, what: str) -> None:
        left = self.failing.get(what, 0)
        if left:
            self.failing[what] = left - 1
        if self.is_down or left:
            raise PlatformError(
                "The chat did not take it.",
                retry_after=self.retry_after,
                may_have_arrived=not self.is_sure,
            )

    def shown(self, place: Place) -> Sequence[Card]:
        """Read the cards in a place, in order; in a channel only what is no reply."""
        return [shown.card for shown in self.messages.values() if shown.place == place]
