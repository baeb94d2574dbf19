"""One company in two chat products at once: everything is told in both, and said in either."""

from __future__ import annotations

from collections.abc import Coroutine, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from adapters.chat.announce import announce
from adapters.chat.cards import Card
from adapters.chat.platform import Place, Platform
from engine.model.company import Company, Person
from engine.model.identifiers import EffectId, PlatformName
from engine.ports import EffectKind
from engine.workflow.apply_config import apply_config
from tests.adapters.chat.town import Chat, Town
from tests.talks.chats import CHATS

T = TypeVar("T")


@dataclass(slots=True)
class InItsLoop:
    """A platform that is spoken to from elsewhere than the loop it lives in."""

    chat: Chat
    name: PlatformName

    async def post(
        self, place: Place, card: Card, token: str, *, tried_since: datetime | None = None
    ) -> str:
        """Post there."""
        posted = self.chat.platform.post(place, card, token, tried_since=tried_since)
        return self.chat.run(posted)

    async def edit(self, reference: str, card: Card) -> None:
        """Edit there."""
        self.chat.run(self.chat.platform.edit(reference, card))

    async def show_home(self, account: str, card: Card) -> None:
        """Show it there."""
        self.chat.run(self.chat.platform.show_home(account, card))

    async def close(self) -> None:
        """Leave it to the chat itself."""


@dataclass(slots=True)
class Both(Town):
    """A town whose people sit in several chats; `chat` is that of whoever speaks, or looks."""

    chats: Mapping[str, Chat] = field(default_factory=dict)

    def on(self, name: str) -> Both:
        """Give the same town, seen from one of its chats."""
        return replace(self, chat=self.chats[name])

    def apply(self, company: Company) -> None:
        """Put a configuration in force, with everybody's accounts everywhere."""
        seen = [chat.company(company) for chat in self.chats.values()]
        first = seen[0]
        people = tuple(_person([one.person[person.id] for one in seen]) for person in first.people)
        channels = {name: at for one in seen for name, at in one.audit_channels.items()}
        names = {chat.platform.name for chat in self.chats.values()}
        channels = {name: at for name, at in channels.items() if name in names}
        self._company = replace(first, people=people, audit_channels=channels, admin_channels={})
        apply_config(
            self.work, self._company, applied_by="operator", difference=lambda *_: ["It differs."]
        )

    def _carry_out(self, kind: EffectKind, effect: EffectId, attempt: int) -> None:
        if kind is EffectKind.ANNOUNCE:
            platforms: dict[PlatformName, Platform] = {
                chat.platform.name: InItsLoop(chat, chat.platform.name)
                for chat in self.chats.values()
            }
            announce(self.work, platforms, effect, attempt, _run)
        else:
            Town._carry_out(self, kind, effect, attempt)


def _run(coroutine: Coroutine[Any, Any, T], /) -> T:
    """Run to the end: it waits for nothing, the chats' own loops do."""
    try:
        coroutine.send(None)
    except StopIteration as ended:
        result: T = ended.value
        return result
    raise AssertionError("nothing is waited for here")


def _person(seen: list[Person]) -> Person:
    """Give somebody all of their accounts."""
    return replace(
        seen[0], platforms={name: at for one in seen for name, at in one.platforms.items()}
    )


@contextmanager
def chats(names: tuple[str, ...], folder: Path) -> Iterator[Mapping[str, Chat]]:
    """Run chat products beside each other."""
    if not names:
        yield {}
        return
    with CHATS[names[0]](folder) as chat, chats(names[1:], folder) as others:
        yield {names[0]: chat, **others}
