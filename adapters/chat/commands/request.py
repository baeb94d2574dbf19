"""Somebody asks for access."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, cast

from adapters.chat.buttons import details_button
from adapters.chat.cards import Answer, Button, Card, Emphasis, Line, Tone
from adapters.chat.command import Command, Preview, Slot
from adapters.chat.grammar.kinds import JUSTIFICATION, EntitlementName, Length, PersonName
from adapters.chat.grammar.times import Stretch
from adapters.chat.preview import Begun, preview_request, until_line
from adapters.chat.speaker import Speaker
from adapters.chat.wording import (
    asked_names,
    exact,
    heading,
    request_facts,
    stage_words,
)
from engine.model.identifiers import EntitlementId, PersonId, show
from engine.model.request import Request
from engine.workflow.asking.submit import Ask, submit


@dataclass(frozen=True, slots=True)
class RequestAccess(Command):
    """Ask for an entitlement, for a time and a reason; for oneself or for somebody else."""

    word = "request"
    summary = "Ask for access, for a time and with a reason."
    examples = (
        'request netsuite-gl 4h "Q4 close, posting accruals"',
        "request netsuite-reports until 18:00 board pack for November",
        'request netsuite-gl 2h "covering for Riya" --for @liam.murphy',
    )
    form_title = "Ask for access"
    form_submit = "Ask"

    entitlement: Annotated[
        EntitlementId,
        Slot(EntitlementName(offered=True), "<entitlement>", "What you need", is_live=True),
    ]
    duration: Annotated[Stretch, Slot(Length(), "<duration>", "For how long", is_live=True)]
    reason: Annotated[str, Slot(JUSTIFICATION, '"<reason>"', "Why you need it", is_live=True)]
    holder: Annotated[
        PersonId | None,
        Slot(
            PersonName(),
            "[--for @person]",
            "For whom",
            hint="Leave it empty for yourself; else e.g. @ben.okafor",
            keywords=("--for",),
            announced_only=True,
            is_live=True,
            blamed=("person.",),
        ),
    ] = None

    @classmethod
    def preview(cls, speaker: Speaker, values: Mapping[str, object]) -> Preview:
        """Say who will be asked, once it is known for what."""
        if "entitlement" not in values:
            return Preview()
        begun = Begun(
            cast("EntitlementId", values["entitlement"]),
            cast("Stretch | None", values.get("duration")),
            cast("str", values.get("reason", "")),
            cast("PersonId | None", values.get("holder")),
        )
        return preview_request(speaker, begun)

    def run(self, speaker: Speaker) -> Answer:
        """Submit it; the same again gives the first one."""
        length, person = self.duration.length, speaker.person.id
        ask = Ask(person, self.entitlement, length, self.reason, self.holder)
        submitted = submit(speaker.work, ask)
        request = submitted.request
        if submitted.is_new:
            return Answer(_asked(speaker, request, self.duration), request=request.id)
        return Answer(_again(speaker, request), request=request.id)


def _asked(speaker: Speaker, request: Request, duration: Stretch) -> Card:
    what = exact(speaker.company, request)
    understood: tuple[Line, ...] = (until_line(duration),) if duration.until else ()
    return Card(
        f"{heading(speaker.company, request, what)}: asked",
        Tone.WAITING,
        lines=(_next(speaker, request), *understood),
        facts=request_facts(speaker.company, request, what),
        buttons=(details_button(request), _take_back(request)),
    )


def _next(speaker: Speaker, request: Request) -> tuple[str, ...]:
    names = asked_names(speaker.company, request)
    return (f"It waits for {stage_words(request)}: {names}. You are told what they decide.",)


def _again(speaker: Speaker, request: Request) -> Card:
    """Show the first one; to somebody whom it does not concern, only that there is one."""
    what, shown = exact(speaker.company, request), show(request.id)
    concerned = speaker.person.id in {request.requester, request.holder}
    said = (
        f"{what.name} was asked for already, in {shown}, and that is still open; "
        f"nothing new was submitted."
    )
    return Card(
        f"{shown} is the same request",
        Tone.NEUTRAL,
        lines=((said,), _next(speaker, request)),
        facts=request_facts(speaker.company, request, what) if concerned else (),
        buttons=(details_button(request), _take_back(request)) if concerned else (),
    )


def _take_back(request: Request) -> Button:
    shown = show(request.id)
    return Button("Take it back", f"cancel {shown}", Emphasis.PLAIN, f"Take {shown} back")
