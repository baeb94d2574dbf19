"""Questions to the record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from adapters.chat.cards import Answer, spell
from adapters.chat.command import Command, Slot
from adapters.chat.grammar.kinds import (
    EntitlementName,
    Instant,
    PersonName,
    RequestNumber,
    day_after,
)
from adapters.chat.grammar.times import When
from adapters.chat.records import ROWS_MAX, entries_card, holdings_card
from adapters.chat.speaker import Speaker
from engine.errors import Invalid
from engine.model.identifiers import EntitlementId, PersonId, RequestId
from engine.ports import EntryFilter
from engine.workflow import read_audit


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
    )
    form_title = "Ask the record"
    form_submit = "Ask"
    form_first = True
    spelled = (
        "[@person] [<entitlement>] [JIT-42] [from <time>] [to <time>], "
        "or who had <entitlement> at <time>"
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
    entitlement: Annotated[
        EntitlementId | None,
        Slot(EntitlementName(), "[<entitlement>]", "Which entitlement", keywords=("entitlement",)),
    ] = None

    @property
    def about(self) -> RequestId | None:
        """Which request it is about."""
        return self.request

    def run(self, speaker: Speaker) -> Answer:
        """Ask; that somebody asked is recorded too."""
        if self.had is not None:
            return self._who_had(speaker, self.had)
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
            limit=ROWS_MAX,
        )
        _check_period(wanted)
        found = read_audit.read_audit(speaker.work, speaker.person.id, wanted)
        return Answer(entries_card(found, wanted), request=self.request)

    def _who_had(self, speaker: Speaker, entitlement: EntitlementId) -> Answer:
        at = self.at.at if self.at else speaker.now()
        found = read_audit.read_holdings(speaker.work, speaker.person.id, entitlement, at)
        return Answer(holdings_card(found, entitlement, at))


def _check_period(wanted: EntryFilter) -> None:
    if wanted.from_at and wanted.until_at and wanted.from_at >= wanted.until_at:
        raise Invalid(
            "begin.order",
            f"The period ends ({spell(wanted.until_at)}) before it begins "
            f"({spell(wanted.from_at)}); swap `from` and `to`.",
        )
