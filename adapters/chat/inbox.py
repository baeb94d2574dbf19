"""One inbound thing becomes one answer, once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from adapters.chat.cards import Answer
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
    """A command line without `/jit`."""

    fields: Mapping[str, str] | None
    """A submitted form's fields by name, or None."""

    channel: str
    """Where it was said, by the platform's own id; empty in a direct message."""

    thread: str | None
    """The reference of the thread's root message, where it was said in a thread."""


Receive = Callable[[Inbound], Awaitable[Answer]]
"""What a platform calls with an inbound thing."""
