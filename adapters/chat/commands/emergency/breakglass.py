"""Somebody needs access at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, cast

from adapters.chat.buttons import details_button, return_button
from adapters.chat.cards import Answer, Button, Card, Emphasis, Line, Tone
from adapters.chat.command import Command, Preview, Slot
from adapters.chat.emergency.kinds import EmergencyLength, EmergencyName, IncidentReason
from adapters.chat.emergency.preview import preview_emergency
from adapters.chat.grammar.times import Stretch
from adapters.chat.preview import until_line
from adapters.chat.speaker import Speaker
from adapters.chat.wording import asked_names, exact, heading, request_facts, stage_words
from engine.model.identifiers import EntitlementId, show
from engine.model.request import Request
from engine.workflow.emergency.checked import Emergency
from engine.workflow.emergency.open import break_glass


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakGlass(Command):
    """Get access at once in an emergency, for those whom a rule lets."""

    word = "breakglass"
    summary = "In an emergency: get access at once, for an incident; it is decided afterwards."
    examples = (
        'breakglass payments-db 1h "INC-4711 payments are stuck since 09:00"',
        'breakglass payments-db "INC-4711 payments are stuck since 09:00"',
    )
    aliases = ("break-glass",)
    form_title = "Break the glass"
    form_submit = "Give it to me now"

    entitlement: Annotated[
        EntitlementId,
        Slot(EmergencyName(offered=True), "<entitlement>", "What you need", is_live=True),
    ]
    # Before the reason, which takes every word that is left.
    duration: Annotated[
        Stretch | None, Slot(EmergencyLength(), "[<duration>]", "For how long", is_live=True)
    ] = None
    reason: Annotated[
        str,
        Slot(IncidentReason(), '"<incident and reason>"', "Incident, and why", is_live=True),
    ]

    @classmethod
    def preview(cls, speaker: Speaker, values: Mapping[str, object]) -> Preview:
        """Say who is told and who decides afterwards, once it is known for what."""
        if "entitlement" not in values:
            return Preview()
        return preview_emergency(
            speaker,
            cast("EntitlementId", values["entitlement"]),
            cast("Stretch | None", values.get("duration")),
            cast("str", values.get("reason", "")),
        )

    def run(self, speaker: Speaker) -> Answer:
        """Break it; the same again, while the access is there, gives the first one."""
        length = self.duration.length if self.duration else None
        asked = Emergency(speaker.person.id, self.entitlement, length, self.reason)
        done = break_glass(speaker.work, asked)
        if done.is_new:
            return Answer(_broken(speaker, done.request, self.duration), request=done.request.id)
        return Answer(_again(speaker, done.request), request=done.request.id)


def _broken(speaker: Speaker, request: Request, duration: Stretch | None) -> Card:
    what = exact(speaker.company, request)
    understood: tuple[Line, ...] = (until_line(duration),) if duration and duration.until else ()
    said = (
        "You get it as soon as a signed checkpoint of the record holds this: in a second or two, "
        "and you are told. Its owners, compliance and the admins are told, too."
    )
    afterwards = (
        f"Afterwards {stage_words(request)}, decides whether that was right: "
        f"{asked_names(speaker.company, request)}. A denial ends the access at once."
    )
    return Card(
        heading(speaker.company, request, what),
        Tone.WARNING,
        lines=((said,), (afterwards,), *understood),
        facts=request_facts(speaker.company, request, what),
        buttons=(details_button(request), return_button(request)),
    )


def _again(speaker: Speaker, request: Request) -> Card:
    what, shown = exact(speaker.company, request), show(request.id)
    look = Button("Look at it", f"status {shown}", Emphasis.PRIMARY, f"Look at {shown}")
    said = f"You broke the glass for {what.name} in {shown}, and that access is still there."
    return Card(
        f"{shown} is the same emergency",
        Tone.NEUTRAL,
        lines=((said,), ("Nothing new was given.",)),
        buttons=(look, return_button(request)),
    )
