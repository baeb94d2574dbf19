"""Who is who in the playground: the company's people, as far as a chat product knows them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cached_property

from engine.model.identifiers import PlatformName

PLAYGROUND = PlatformName("playground")


@dataclass(frozen=True, slots=True)
class Profile:
    """What the chat knows about one person."""

    account: str
    """The person's id in the playground, e.g. `riya.patel`."""

    name: str
    title: str
    department: str = ""


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel that everybody reads."""

    name: str
    """With or without `#`, e.g. `access-audit`."""

    topic: str = ""

    @property
    def key(self) -> str:
        """Give its id in the playground, e.g. `#access-audit`."""
        return channel_key(self.name)


def channel_key(name: str) -> str:
    """Give a channel's id for its name, with or without `#`."""
    return f"#{name.removeprefix('#')}"


@dataclass(frozen=True)
class Directory:
    """The company as the chat shows it, at one moment."""

    company: str
    people: tuple[Profile, ...]
    channels: tuple[Channel, ...]

    @cached_property
    def _people(self) -> dict[str, Profile]:
        return {profile.account: profile for profile in self.people}

    def person(self, account: str) -> Profile | None:
        """Find a person by account."""
        return self._people.get(account)

    def has_channel(self, key: str) -> bool:
        """Tell whether there is a channel of that id."""
        return any(channel.key == key for channel in self.channels)


ReadDirectory = Callable[[], Awaitable[Directory]]
"""Gives the directory as it is now. It is called at every request, so it should be cheap."""
