"""What stands in a message of an answer: the lines that led to it, so that one can go back.

In memory, and bounded: whoever looks at an old answer, or was answered by another process, says
again what they want to see. Messages of a request's own story need none of it, they show what is.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field, replace

from adapters.chat.grammar.asks import word_of
from adapters.chat.teams.turn import Turn

HARMLESS = frozenset({"help", "catalog", "mine", "pending", "status", "home", "who", "audit"})
"""Commands that show something and change nothing: they may be said again to go back to them."""

KEPT_MAX = 5_000
"""Messages that are remembered at once; the oldest is forgotten first."""

STEPS_MAX = 8
"""Lines that lead to one message; nobody goes back further."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What stands in a message."""

    lines: tuple[str, ...] = ()
    """What was said one after the other, the last of which it answers."""

    origin: Turn | None = None
    """Where it was asked for, if that was in a channel: what is said here is said there."""

    @property
    def back(self) -> str:
        """Give the line that leads back; empty where there is none, or where it would do more."""
        before = self.lines[-2] if len(self.lines) > 1 else ""
        return before if word_of(before) in HARMLESS else ""

    def then(self, line: str) -> Shown:
        """Give what stands there after another line: who says an earlier one again goes back."""
        lines = self.lines
        lines = lines[: lines.index(line)] if line in lines else lines
        return replace(self, lines=(*lines, line)[-STEPS_MAX:])


@dataclass(slots=True)
class Trail:
    """Remembers it by the message's reference."""

    _kept: OrderedDict[str, Shown] = field(default_factory=OrderedDict)

    def of(self, reference: str) -> Shown:
        """Give what stands in a message, as far as that is known."""
        return self._kept.get(reference, Shown())

    def keep(self, reference: str, shown: Shown) -> None:
        """Remember it."""
        self._kept[reference] = shown
        self._kept.move_to_end(reference)
        while len(self._kept) > KEPT_MAX:
            self._kept.popitem(last=False)
