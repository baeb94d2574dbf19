"""A policy's conditions: text in a language that the engine does not know, over typed facts.

What a condition may speak of is declared here, so that an expression is checked when a company is
applied, and cannot ask for what does not exist when a request is waiting. The language itself is an
adapter's matter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

FactValue = str | int | bool | timedelta | datetime | tuple[str, ...]
"""What a fact may be."""

Facts = Mapping[str, FactValue]
"""What is known of one asking, by the names in `FACTS`: all of them, each of its kind."""


class FactKind(StrEnum):
    """Which values a fact has."""

    TEXT = "text"
    TEXTS = "list of texts"
    NUMBER = "whole number"
    TRUTH = "true or false"
    LENGTH = "length of time"
    INSTANT = "instant"


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that a condition may ask."""

    kind: FactKind
    meaning: str


FACTS: Mapping[str, Fact] = {
    "request.duration": Fact(FactKind.LENGTH, "how long the access is asked for"),
    "request.at": Fact(FactKind.INSTANT, "when it is asked for"),
    "request.for_another": Fact(FactKind.TRUTH, "whether somebody asks for somebody else"),
    "requester.id": Fact(FactKind.TEXT, "who asks"),
    "requester.department": Fact(FactKind.TEXT, "the requester's department"),
    "requester.employment": Fact(FactKind.TEXT, "the requester's kind of employment"),
    "requester.groups": Fact(FactKind.TEXTS, "the groups that the requester is in"),
    "requester.cost_centre": Fact(FactKind.TEXT, "the requester's cost centre, by its id"),
    "requester.on_call": Fact(FactKind.TEXTS, "the schedules by which the requester is on call"),
    "holder.id": Fact(FactKind.TEXT, "who would have the access"),
    "holder.department": Fact(FactKind.TEXT, "the holder's department"),
    "holder.employment": Fact(FactKind.TEXT, "the holder's kind of employment"),
    "holder.groups": Fact(FactKind.TEXTS, "the groups that the holder is in"),
    "entitlement.id": Fact(FactKind.TEXT, "what is asked for"),
    "entitlement.tier": Fact(FactKind.NUMBER, "1 is the most sensitive, 3 the least"),
    "entitlement.data": Fact(FactKind.TEXTS, "the classes of data that it opens"),
    "system.id": Fact(FactKind.TEXT, "the system that it is in"),
    "system.environment": Fact(FactKind.TEXT, "e.g. production"),
    "calendar.freeze": Fact(FactKind.TEXT, "the freeze that is on, by its id; else empty"),
    "calendar.business_hours": Fact(FactKind.TRUTH, "whether it is within business hours"),
}
"""Everything that a condition may ask, in the order in which people read it."""


class ConditionFailed(Exception):
    """A condition gave no answer. The text says why, without any of the facts."""


class Conditions(Protocol):
    """Understands conditions."""

    def problem(self, expression: str) -> str:
        """Say in a clause what is wrong with an expression; empty where it is sound.

        Sound is what is well formed, asks for facts that there are, as what they are, and answers
        with true or false.
        """

    def holds(self, expression: str, facts: Facts) -> bool:
        """Say whether it holds. Raises `ConditionFailed` where that cannot be said."""


class NoConditions:
    """Where no language was given: no condition can be answered, so nothing is ever let through."""

    def problem(self, expression: str) -> str:
        """Refuse every expression."""
        return "this process knows no language for conditions"

    def holds(self, expression: str, facts: Facts) -> bool:
        """Answer nothing."""
        raise ConditionFailed("this process knows no language for conditions")
