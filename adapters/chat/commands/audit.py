"""Questions to the record."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated

from adapters.chat.cards import Answer
from adapters.chat.command import Command, Slot, Texts
from adapters.chat.grammar.kinds import (
    EntitlementName,
    Instant,
    PersonName,
    RequestNumber,
    Way,
    day_after,
)
from adapters.chat.grammar.times import When
from adapters.chat.record.answers import entries_answer, holdings_answer
from adapters.chat.record.showing import refuse_read_along
from adapters.chat.speaker import Speaker
from engine.errors import Invalid
from engine.model.identifiers import EntitlementId, PersonId, RequestId
from engine.ports import EntryFilter


@dataclass(frozen=True, slots=True)
class Audit(Command):
    """Ask the record: about a person, an entitlement, a request, a period; or who had what when."""

    word = "audit"
    summary = "Ask the record: who did what, or who had what, and when."
    examples = (
        "audit @riya.patel from 2026-11-01 to 2026-11-30",
        "audit JIT-42",
        "audit netsuite-gl from yesterday",
        "audit who had netsuite-gl at 2026-11-22 18:00",
        "audit netsuite-gl csv",
    )
    form_title = "Ask the record"
    form_submit = "Ask"
    form_first = True
    spelled = (
        "[@person] [<entitlement>] [JIT-42] [from <time>] [to <time>], "
        "or who had <entitlement> at <time>; [share] or [csv]"
    )

    request: Annotated[
        RequestId | None,
        Slot(RequestNumber(), "[JIT-42]", "Which request", keywords=("request",)),
    ] = None
    person: Annotated[
        PersonId | None,
        Slot(PersonName(), "[@person]", "Which person", keywords=("person",)),
    ] = None
    begin: Annotated[
        When | None,
        Slot(
            Instant(),
            "[from <time>]",
            "From",
            keywords=("from", "since"),
            announced_only=True,
        ),
    ] = None
    end: Annotated[
        When | None,
        Slot(
            Instant(),
            "[to <time>]",
            "To",
            keywords=("to", "until", "till"),
            announced_only=True,
        ),
    ] = None
    had: Annotated[
        EntitlementId | None,
        Slot(
            EntitlementName(),
            "who had <entitlement>",
            "Who had (an entitlement)",
            keywords=("had", "has"),
            announced_only=True,
        ),
    ] = None
    at: Annotated[
        When | None,
        Slot(
            Instant(),
            "at <time>",
            "At (with “who had”)",
            keywords=("at",),
            announced_only=True,
        ),
    ] = None
    way: Annotated[str | None, Slot(Way(), "[share|csv]", "", hidden=True)] = None
    entitlement: Annotated[
        EntitlementId | None,
        Slot(EntitlementName(), "[<entitlement>]", "Which entitlement", keywords=("entitlement",)),
    ] = None

    @property
    def about(self) -> RequestId | None:
        """Which request it is about."""
        return self.request

    @classmethod
    def check_form(cls, speaker: Speaker, texts: Texts) -> None:
        """Refuse to open the form where the answer would be refused."""
        refuse_read_along(speaker)

    def run(self, speaker: Speaker) -> Answer:
        """Ask; that somebody asked is recorded too, and to whom it was shown."""
        if self.had is not None:
            at = self.at.at if self.at else speaker.now()
            return holdings_answer(speaker, self.had, at, way=self.way)
        if self.at is not None:
            raise Invalid(
                "audit.at",
                "`at` belongs to `who had`: say e.g. `audit who had netsuite-gl at 18:00`.",
            )
        wanted = EntryFilter(
            person=self.person,
            entitlement=self.entitlement,
            request=self.request,
            from_at=self.begin.at if self.begin else None,
            until_at=day_after(self.end) if self.end else None,
        )
        return replace(entries_answer(speaker, wanted, self.way), request=self.request)
