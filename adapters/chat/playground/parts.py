"""What the playground is made of: all that it needs from outside, in one value."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from adapters.chat.inbox import Receive
from adapters.chat.playground.identity import ReadDirectory
from adapters.chat.playground.memory import Memory
from adapters.chat.playground.try_it import Prepared, TryIt


@dataclass(frozen=True, slots=True)
class CommandHint:
    """What the composer says about a command while it is typed."""

    word: str
    usage: str
    """Its arguments, e.g. `<entitlement> <duration> "<justification>"`."""

    summary: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One way in which a command line may go on."""

    text: str
    """The word that replaces the one being typed."""

    note: str = ""
    """What it is, in a few words."""


Suggest = Callable[[str, str], Awaitable[Sequence[Suggestion]]]
"""(account, command line so far, without `/jit`) → what the word being typed may become.
The word being typed is what follows the last space; it may be empty. The best comes first."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What the playground needs."""

    memory: Memory
    directory: ReadDirectory
    receive: Receive
    """Takes what people say to the bot. The same delivery may come twice."""

    bot_token: str = field(repr=False)
    """What the bot shows to post."""

    commands: Sequence[CommandHint] = ()
    suggest: Suggest | None = None
    try_it: TryIt | None = None
    prepared: Sequence[Prepared] = ()
