"""A language of a few words, for the policies of tests and of the simulation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from engine.conditions import ConditionFailed, Facts
from engine.model.company import Condition

LONG = Condition("long", "it is for longer than an hour")
ANOTHER = Condition("another", "somebody asks for somebody else")
ODD = Condition("odd", "nobody knows")
"""One that is never answered."""


def _is_long(facts: Facts) -> bool:
    duration = facts["request.duration"]
    assert isinstance(duration, timedelta), "the fact is a length of time"
    return duration > timedelta(hours=1)


WORDS: Mapping[str, Callable[[Facts], bool]] = {
    LONG.expression: _is_long,
    ANOTHER.expression: lambda facts: facts["request.for_another"] is True,
}


class PlainConditions:
    """Understands those words."""

    def problem(self, expression: str) -> str:
        """Say that a word is none of them."""
        return "" if expression in WORDS else f"there is no word {expression}"

    def holds(self, expression: str, facts: Facts) -> bool:
        """Say whether it holds."""
        if expression not in WORDS:
            raise ConditionFailed("it cannot be computed")
        return WORDS[expression](facts)
