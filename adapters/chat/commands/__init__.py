"""One file per word that people can say. A file that is put here is a command from then on.

Words that belong together may stand in a folder.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from adapters.chat.command import Command, usage


@dataclass(frozen=True, slots=True)
class Listed:
    """A command as a list shows it."""

    word: str
    usage: str
    """What may follow the word, e.g. `<entitlement> <duration> "<reason>"`."""

    summary: str


def _found() -> Iterator[type[Command]]:
    for file in pkgutil.walk_packages(__path__, f"{__name__}."):
        module = importlib.import_module(file.name)
        for _, held in inspect.getmembers(module, inspect.isclass):
            if issubclass(held, Command) and held.__module__ == module.__name__:
                yield held


_ORDER = (
    "request",
    "breakglass",
    "approve",
    "deny",
    "ask",
    "answer",
    "cancel",
    "extend",
    "return",
    "revoke",
    "close",
    "status",
    "mine",
    "pending",
    "home",
    "who",
    "delegate",
    "delegations",
    "undelegate",
)
"""How people meet them; what is not named here follows by name."""


def _place(command: type[Command]) -> tuple[int, str]:
    is_known = command.word in _ORDER
    return (_ORDER.index(command.word) if is_known else len(_ORDER), command.word)


BY_WORD: Mapping[str, type[Command]] = {c.word: c for c in sorted(_found(), key=_place)}
"""Every command, by its word."""

COMMANDS: tuple[Listed, ...] = tuple(Listed(c.word, usage(c), c.summary) for c in BY_WORD.values())
"""Every command, as help and completion list them."""
