"""Who stands in for one, and for whom one does."""

from __future__ import annotations

from dataclasses import dataclass

from adapters.chat.cards import Answer, Button, Card, Table
from adapters.chat.command import Command
from adapters.chat.speaker import Speaker
from adapters.chat.wording import name_of
from engine.model.delegation import show_delegation
from engine.policy.delegating.limits import scope_words
from engine.workflow.delegating.look import delegations


@dataclass(frozen=True, slots=True)
class ListDelegations(Command):
    """List what one gave and was given, as far as it is not over."""

    word = "delegations"
    summary = "List who stands in for you, and for whom you do."
    examples = ("delegations",)

    def run(self, speaker: Speaker) -> Answer:
        """Read them."""
        found = delegations(speaker.work, speaker.person.id)
        both = (*found.given, *found.received)
        buttons: tuple[Button, ...] = (Button("Delegate…", "form delegate"),)
        if not both:
            title = "Nobody stands in for you, and you stand in for nobody"
            return Answer(Card(title, buttons=buttons))
        rows = tuple(
            (
                show_delegation(one.id),
                name_of(found.company, one.delegate),
                name_of(found.company, one.delegator),
                scope_words(found.company, one.scope).removeprefix("for "),
                one.begins_at,
                one.ends_at,
                one.reason,
            )
            for one in both
        )
        columns = ("Number", "Who stands in", "For whom", "For what", "From", "Until", "Why")
        end = Button("End one…", "form undelegate")
        return Answer(
            Card("Who stands in for whom", table=Table(columns, rows), buttons=(*buttons, end))
        )
