"""Somebody else decides in one's stead for a while."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from adapters.chat.cards import Answer, Button, Card, Fact, Line, Tone
from adapters.chat.command import Command, Slot
from adapters.chat.grammar.kinds import Moment, PersonName, Reason, day_after
from adapters.chat.grammar.scopes import ScopeName
from adapters.chat.grammar.times import When
from adapters.chat.speaker import Speaker
from adapters.chat.wording import name_of
from engine.model.delegation import EVERYTHING, Scope, show_delegation
from engine.model.identifiers import PersonId
from engine.policy.delegating.limits import scope_words
from engine.policy.reason import WORDS_LENGTH_MAX, WORDS_LENGTH_MIN
from engine.workflow.delegating.give import Given, Giving, delegate

WHY = Reason(
    f"At least {WORDS_LENGTH_MIN} characters, e.g. “on holiday”. It is recorded.", WORDS_LENGTH_MAX
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegate(Command):
    """Let somebody decide in one's stead while one is away."""

    word = "delegate"
    summary = "Let somebody decide in your stead while you are away; of you two, one counts."
    examples = (
        'delegate @sofia.almeida until friday "on holiday"',
        'delegate @sofia.almeida from 2026-12-21 until 2027-01-04 only netsuite-gl "on holiday"',
    )
    form_title = "While you are away"
    form_submit = "Delegate"

    person: Annotated[
        PersonId, Slot(PersonName(), "@person", "Who stands in", blamed=("delegate.", "person."))
    ]
    away: Annotated[
        PersonId | None,
        Slot(
            PersonName(),
            "[--for @person]",
            "For whom",
            hint="Leave it empty for yourself; somebody else is for admins",
            keywords=("--for",),
            announced_only=True,
            blamed=("delegation.",),
        ),
    ] = None
    begins: Annotated[
        When | None,
        Slot(
            Moment(),
            "[from <time>]",
            "From",
            hint="Leave it empty to begin now",
            keywords=("from",),
            announced_only=True,
        ),
    ] = None
    ends: Annotated[
        When,
        Slot(
            Moment(),
            "until <time>",
            "Until",
            keywords=("until", "till", "til", "to"),
            announced_only=True,
            blamed=("time.",),
        ),
    ]
    scope: Annotated[
        Scope,
        Slot(
            ScopeName(),
            "[only <entitlement or system>]",
            "Only for",
            hint="Leave it empty for everything",
            keywords=("only",),
            announced_only=True,
        ),
    ] = EVERYTHING
    reason: Annotated[str, Slot(WHY, '"<reason>"', "Why")]

    def run(self, speaker: Speaker) -> Answer:
        """Delegate."""
        begins = self.begins.at if self.begins else None
        given = delegate(
            speaker.work,
            Giving(
                speaker.person.id,
                self.person,
                day_after(self.ends),
                self.reason,
                self.scope,
                None if begins is not None and self._is_today(speaker) else begins,
                self.away,
            ),
        )
        return Answer(_card(speaker, given))

    def _is_today(self, speaker: Speaker) -> bool:
        """Say whether it begins on a day that has begun: from now on, then."""
        begins = self.begins
        return begins is not None and not begins.has_clock and begins.at <= speaker.now()


def _card(speaker: Speaker, given: Given) -> Card:
    company, one = speaker.company, given.delegation
    there, away = name_of(company, one.delegate), name_of(company, one.delegator)
    shown = show_delegation(one.id)
    return Card(
        f"{there} stands in for {away}",
        Tone.GOOD,
        tuple(_lines(speaker, given, there, away)),
        facts=(
            Fact("Number", shown),
            Fact("For", scope_words(company, one.scope).removeprefix("for ")),
            Fact("From", one.begins_at),
            Fact("Until", one.ends_at),
            Fact("Why", one.reason),
        ),
        buttons=(
            Button("End it", f"undelegate {shown}", about=f"End {shown} now"),
            Button("Who stands in for whom", "delegations"),
        ),
    )


def _lines(speaker: Speaker, given: Given, there: str, away: str) -> Iterator[Line]:
    both = f"{there} or {away}"
    yield (f"{away} can decide all the same: of the two, whoever answers first counts.",)
    yield (f"What {both} asks for, or gets, neither of them decides.",)
    if given.asked:
        count = f"{given.asked} open {'requests' if given.asked > 1 else 'request'}"
        yield (f"{there} was asked about {count} now.",)
    for other in given.away:
        name = name_of(speaker.company, other.delegate)
        yield (
            f"{there} is away in that time, too, from ",
            other.begins_at,
            " until ",
            other.ends_at,
            f"; {name}, who stands in for {there}, does not stand in for {away}.",
        )
