"""What may be asked for."""

from __future__ import annotations

from dataclasses import dataclass

from adapters.chat.cards import Answer, Button, Card, Emphasis, Table, Tone, Value
from adapters.chat.command import Command
from adapters.chat.speaker import Speaker
from engine.model.company import Entitlement, StageRule
from engine.model.duration import spell
from engine.policy.emergency.rules import emergency_length, may_break, rule_of
from engine.workflow import look


@dataclass(frozen=True, slots=True)
class Catalog(Command):
    """List what the speaker may request, and who decides."""

    word = "catalog"
    summary = "List what you may ask for, and who decides."
    examples = ("catalog",)
    aliases = ("catalogue",)

    def run(self, speaker: Speaker) -> Answer:
        """Read it."""
        found = look.catalog(speaker.work, speaker.person.id)
        if not found:
            said = "An owner of what you need can ask an admin to change that."
            return Answer(Card("There is nothing that you may ask for", Tone.NEUTRAL, ((said,),)))
        card = Card(
            "What you may ask for",
            table=Table(
                ("Entitlement", "What", "System", "Tier", "At most", "Decided by"),
                tuple(_row(speaker, entitlement) for entitlement in found),
            ),
            buttons=(Button("Ask for access", "request", Emphasis.PRIMARY),),
        )
        return Answer(card)


def _row(speaker: Speaker, entitlement: Entitlement) -> tuple[Value, ...]:
    company = speaker.company
    stages = company.chain[entitlement.chain].stages
    described = f"{entitlement.name}: {entitlement.description}".removesuffix(": ")
    return (
        entitlement.id,
        described,
        company.system[entitlement.system].name,
        str(entitlement.tier),
        _at_most(speaker, entitlement),
        ", then ".join(_named(stage) for stage in stages),
    )


def _at_most(speaker: Speaker, entitlement: Entitlement) -> str:
    """Say how long it may be had; and in an emergency, to whom that is open."""
    rule = rule_of(speaker.company, entitlement)
    usual = spell(entitlement.duration_max)
    if rule is None or not may_break(speaker.company, rule, speaker.person.id):
        return usual
    return f"{usual}; {spell(emergency_length(rule, entitlement, None))} with `breakglass`"


def _named(stage: StageRule) -> str:
    """Name a stage; one that does not always count is in brackets."""
    return f"({stage.name})" if stage.when else stage.name
