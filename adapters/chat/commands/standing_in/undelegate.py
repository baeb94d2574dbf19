"""Somebody stands in for somebody no longer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from adapters.chat.cards import Answer, Button, Card, Choice, Tone
from adapters.chat.command import Command, Kind, Slot
from adapters.chat.grammar.words import Word
from adapters.chat.speaker import Speaker
from adapters.chat.wording import name_of
from engine.errors import Invalid
from engine.model.delegation import read_delegation, show_delegation
from engine.model.identifiers import DelegationId
from engine.workflow.delegating.end import undelegate
from engine.workflow.delegating.look import delegations


class DelegationNumber(Kind[DelegationId]):
    """The number of a delegation."""

    def take(self, words: Sequence[Word], speaker: Speaker) -> int:
        """Take one word, to complain of it where it is no number."""
        return 1

    def read(self, text: str, speaker: Speaker) -> DelegationId:
        """Read `D-7`."""
        found = read_delegation(text.strip())
        if found is None:
            raise Invalid(
                "delegation.unclear",
                f"“{text[:40]}” is not the number of a delegation; say e.g. D-7. "
                "`delegations` lists yours.",
            )
        return found

    def choices(self, speaker: Speaker) -> tuple[Choice, ...]:
        """List one's own. Raises `Invalid` where there is none."""
        found, company = delegations(speaker.work, speaker.person.id), speaker.company
        if not (found.given or found.received):
            raise Invalid(
                "delegation.none", "Nobody stands in for you, and you stand in for nobody."
            )
        return tuple(
            Choice(
                show_delegation(one.id),
                f"{show_delegation(one.id)}: {name_of(company, one.delegate)} for "
                f"{name_of(company, one.delegator)}",
            )
            for one in (*found.given, *found.received)
        )


@dataclass(frozen=True, slots=True)
class Undelegate(Command):
    """End a delegation early: for either of the two, and admins."""

    word = "undelegate"
    summary = "End a delegation early: you are back, or cannot stand in any more."
    examples = ("undelegate D-7",)
    form_title = "End a delegation"
    form_submit = "End"

    delegation: Annotated[DelegationId, Slot(DelegationNumber(), "D-7", "Which")]

    def run(self, speaker: Speaker) -> Answer:
        """End it."""
        ended, company = (
            undelegate(speaker.work, speaker.person.id, self.delegation),
            speaker.company,
        )
        there, away = name_of(company, ended.delegate), name_of(company, ended.delegator)
        card = Card(
            f"{show_delegation(ended.id)} is ended",
            Tone.ENDED,
            ((f"{there} does not decide for {away} any more.",),),
            buttons=(Button("Who stands in for whom", "delegations"),),
        )
        return Answer(card)
