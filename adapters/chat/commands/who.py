"""Who has access now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from adapters.chat.cards import Answer, Button, Card, Choice, Fact, Table
from adapters.chat.command import Command, Kind, Slot
from adapters.chat.grammar.closest import CHOICES_MAX, closest
from adapters.chat.grammar.kinds import LABEL_LENGTH_MAX, EntitlementName, PersonName
from adapters.chat.grammar.words import Word
from adapters.chat.lists import holder_row
from adapters.chat.record.showing import refuse_read_along
from adapters.chat.speaker import Speaker
from adapters.chat.wording import name_of
from engine.errors import Invalid
from engine.model.identifiers import EntitlementId, PersonId
from engine.workflow.who import Holders, Question, Sight, visible, who

_SIGHTS = {
    Sight.ALL: "",
    Sight.OWNED: "You see the access to what you own.",
    Sight.OWN: "You see your own access; who else has some is seen by owners, compliance and "
    "admins.",
}


class Watched(EntitlementName):
    """An entitlement whose holders the speaker may see."""

    def choices(self, speaker: Speaker) -> tuple[Choice, ...]:
        """List them; nothing where the speaker owns nothing, who then types what they like."""
        return _visible(speaker)[:CHOICES_MAX]

    def search(self, typed: str, speaker: Speaker) -> tuple[Choice, ...]:
        """Search them all."""
        return closest(_visible(speaker), typed)


def _visible(speaker: Speaker) -> tuple[Choice, ...]:
    known = speaker.company.entitlement
    found = (known[one] for one in visible(speaker.company, speaker.person.id))
    return tuple(Choice(e.id, f"{e.name} ({e.id})"[:LABEL_LENGTH_MAX]) for e in found)


class PageNumber(Kind[int]):
    """Which page of a list."""

    def take(self, words: Sequence[Word], speaker: Speaker) -> int:
        """Take one word, to complain of it where it is no number."""
        return 1

    def read(self, text: str, speaker: Speaker) -> int:
        """Read a number from 1."""
        number = int(text) if text.isascii() and text.isdecimal() and len(text) < 8 else 0
        if not number:
            raise Invalid(
                "page.unclear", f"“{text[:40]}” is not the number of a page; say e.g. `page 2`."
            )
        return number


@dataclass(frozen=True, slots=True)
class Who(Command):
    """List who has access now: owners see theirs, compliance and admins all, others their own."""

    word = "who"
    summary = "Show who has access now: to something, or what somebody has."
    examples = ("who netsuite-gl", "who @riya.patel", "who page 2")
    form_title = "Who has access now"
    form_submit = "Find"

    person: Annotated[
        PersonId | None,
        Slot(PersonName(), "[@person]", "Which person", keywords=("person",)),
    ] = None
    entitlement: Annotated[
        EntitlementId | None,
        Slot(
            Watched(),
            "[<entitlement>]",
            "To what",
            keywords=("has", "have", "entitlement"),
            blamed=("who.", "entitlement."),
        ),
    ] = None
    page: Annotated[
        int,
        Slot(
            PageNumber(),
            "[page <number>]",
            "Page",
            keywords=("page",),
            announced_only=True,
            hidden=True,
        ),
    ] = 1

    def run(self, speaker: Speaker) -> Answer:
        """Look."""
        refuse_read_along(speaker)
        question = Question(self.entitlement, self.person, self.page)
        found = who(speaker.work, speaker.person.id, question)
        return Answer(_card(found, question, has_form=bool(_visible(speaker))))


def _card(found: Holders, question: Question, *, has_form: bool) -> Card:
    facts = []
    if question.entitlement is not None:
        known = found.company.entitlement.get(question.entitlement)
        facts.append(Fact("To", known.name if known else question.entitlement))
    if question.person is not None:
        facts.append(Fact("Who", name_of(found.company, question.person)))
    if found.pages > 1:
        facts.append(Fact("Page", f"{found.page} of {found.pages}"))
    said = _SIGHTS[found.sight] if question.person is None else ""
    table = Table(
        ("Who", "What", "Request", "Status", "Ends"),
        tuple(holder_row(found.company, dossier) for dossier in found.dossiers),
    )
    return Card(
        _title(found),
        lines=((said,),) if said else (),
        facts=tuple(facts),
        table=table if found.dossiers else None,
        buttons=_buttons(found, question, has_form=has_form),
    )


def _title(found: Holders) -> str:
    if not found.count:
        return "You have no access now" if found.sight is Sight.OWN else "Nobody has access now"
    counted = f"{found.count:,} {'grant' if found.count == 1 else 'grants'}"
    return f"{'What you have' if found.sight is Sight.OWN else 'Who has access'} now: {counted}"


def _buttons(found: Holders, question: Question, *, has_form: bool) -> tuple[Button, ...]:
    words = ["who", question.entitlement or "", f"@{question.person}" if question.person else ""]
    said = " ".join(word for word in words if word)
    buttons = []
    if found.page > 1:
        buttons.append(Button("Previous page", f"{said} page {found.page - 1}"))
    if found.page < found.pages:
        buttons.append(Button("Next page", f"{said} page {found.page + 1}"))
    if has_form:
        buttons.append(Button("Find…", "form who", about="Find who has access to something"))
    return tuple(buttons)
