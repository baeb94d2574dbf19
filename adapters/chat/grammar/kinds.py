"""What words can mean: an entitlement, a length of time, a person, a request, a reason, an instant.

Each kind says which words are its own, reads them, and knows how a form asks for them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from adapters.chat.cards import Choice, FieldKind
from adapters.chat.command import Kind, Texts
from adapters.chat.grammar import times
from adapters.chat.grammar.closest import CHOICES_MAX, closest
from adapters.chat.grammar.words import Word
from adapters.chat.speaker import Speaker
from engine.errors import Invalid, NotFound
from engine.model.company import Entitlement, Person
from engine.model.dossier import Dossier
from engine.model.duration import spell
from engine.model.identifiers import EntitlementId, PersonId, RequestId, show
from engine.model.identifiers import read as read_number
from engine.model.request import HASH_SHOWN, REASON_LENGTH_MAX
from engine.policy.reason import REASON_LENGTH_MIN
from engine.workflow import look
from engine.workflow.find import find_entitlement, find_person

LABEL_LENGTH_MAX = 75

_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212"), "-")
_TRIMMED = "`.,;:!?()"
_LIKE_SEEN = re.compile(r"@[0-9a-f]{6,64}", re.IGNORECASE)
_SEEN = re.compile(rf"@[0-9a-f]{{{HASH_SHOWN}}}", re.IGNORECASE)


def _plain(text: str) -> str:
    """Spell a name without what keyboards and sentences put around or into it."""
    return text.strip().translate(_DASHES).strip(_TRIMMED)


def entitlement_of(texts: Texts, speaker: Speaker) -> Entitlement | None:
    """Find the entitlement that a form is about, as far as it is known."""
    return speaker.company.entitlement.get(
        EntitlementId(_plain(texts.get("entitlement", "")).lower())
    )


@dataclass(frozen=True, slots=True)
class EntitlementName(Kind[EntitlementId]):
    """The id of an entitlement."""

    offered: bool = False
    """Whether a form offers those that the speaker may request."""

    def take(self, words: Sequence[Word], speaker: Speaker) -> int:
        """Take any word but one that says how long: an unknown name has to be complained of."""
        text = words[0].text
        is_known = EntitlementId(_plain(text).lower()) in speaker.company.entitlement
        return int(is_known or not text or not times.duration_words([text]))

    def read(self, text: str, speaker: Speaker) -> EntitlementId:
        """Read an id, in any case, or an entitlement's whole name."""
        wanted = _plain(text).casefold()
        for entitlement in speaker.company.entitlements:
            if wanted in {entitlement.id.casefold(), entitlement.name.casefold()}:
                return entitlement.id
        return find_entitlement(speaker.company, EntitlementId(_plain(text)[:60])).id

    def choices(self, speaker: Speaker) -> tuple[Choice, ...]:
        """List what the speaker may request. Raises `Invalid` where that is nothing."""
        if not self.offered:
            return ()
        found = _requestable(speaker)
        if not found:
            raise Invalid(
                "catalog.empty",
                "There is nothing in the catalog that you may request; "
                "an owner of what you need can ask an admin to change that.",
            )
        return found[:CHOICES_MAX]

    def search(self, typed: str, speaker: Speaker) -> tuple[Choice, ...]:
        """Search all that the speaker may request, however much it is."""
        return closest(_requestable(speaker), typed) if self.offered else ()

    def hint(self, speaker: Speaker, texts: Texts) -> str:
        """Give an example."""
        return "" if self.offered else "e.g. netsuite-gl; `catalog` lists them."


def _requestable(speaker: Speaker) -> tuple[Choice, ...]:
    found = look.catalog(speaker.work, speaker.person.id)
    return tuple(Choice(e.id, f"{e.name} ({e.id})"[:LABEL_LENGTH_MAX]) for e in found)


USUAL_LENGTHS = tuple(timedelta(hours=hours) for hours in (0.5, 1, 4, 24))
"""What is proposed beside an entitlement's own default."""


class Length(Kind[times.Stretch]):
    """How long, or until when."""

    def take(self, words: Sequence[Word], speaker: Speaker) -> int:
        """Take `4h`, `4 hours`, `until tomorrow 18:00`."""
        count = 1
        while count < len(words) and not words[count].quoted:
            count += 1
        return times.duration_words([word.text or "?" for word in words[:count]])

    def read(self, text: str, speaker: Speaker) -> times.Stretch:
        """Read it in the speaker's time zone."""
        return times.read_stretch(text, now=speaker.now(), zone=speaker.zone)

    def proposals(self, speaker: Speaker, texts: Texts) -> tuple[Choice, ...]:
        """List the entitlement's default, then shorter and longer ones that it allows."""
        known = entitlement_of(texts, speaker)
        if known is None:
            return tuple(Choice(spell(length), spell(length)) for length in USUAL_LENGTHS)
        allowed = (x for x in USUAL_LENGTHS if known.duration_min <= x <= known.duration_max)
        others = sorted({*allowed, known.duration_max} - {known.duration_default})
        usual = spell(known.duration_default)
        return (
            Choice(usual, f"{usual} (usual)"),
            *(Choice(spell(length), spell(length)) for length in others),
        )

    def hint(self, speaker: Speaker, texts: Texts) -> str:
        """Say what can be written, and what is the most."""
        known = entitlement_of(texts, speaker)
        most = f" At most {spell(known.duration_max)}." if known else ""
        return f"{times.EXAMPLES} in your time ({speaker.person.zone}).{most}"

    def suggestion(self, speaker: Speaker, texts: Texts) -> str:
        """Propose the entitlement's own default."""
        known = entitlement_of(texts, speaker)
        return spell(known.duration_default) if known else ""


class PersonName(Kind[PersonId]):
    """A person of the directory."""

    def take(self, words: Sequence[Word], speaker: Speaker) -> int:
        """Take `@riya.patel`, or a known id."""
        text = words[0].text
        is_seen = _SEEN.fullmatch(text) is not None
        return int(not is_seen and (text.startswith("@") or _person(text, speaker) is not None))

    def read(self, text: str, speaker: Speaker) -> PersonId:
        """Read an id, an address, `me`, or a whole name; in any case, with or without `@`."""
        found = _person(text, speaker)
        return found.id if found else find_person(speaker.company, PersonId(_name(text)[:60])).id

    def hint(self, speaker: Speaker, texts: Texts) -> str:
        """Give an example."""
        return "e.g. @ben.okafor"


def _name(text: str) -> str:
    return _plain(text).removeprefix("@").strip(_TRIMMED)


def _person(text: str, speaker: Speaker) -> Person | None:
    wanted = _name(text).casefold()
    if wanted in {"me", "myself"}:
        return speaker.person
    for person in speaker.company.people:
        if wanted in {
            person.id.casefold(),
            person.email.casefold() or None,
            person.name.casefold(),
        }:
            return person
    return None


Listing = Callable[[Speaker], Sequence[Dossier]]
"""Which requests a form offers."""


@dataclass(frozen=True, slots=True)
class RequestNumber(Kind[RequestId]):
    """A request's number."""

    offered: Listing | None = None
    """The requests to choose from, where that is a short list."""

    nothing: str = ""
    """What is said where the list is empty."""

    def take(self, words: Sequence[Word], speaker: Speaker) -> int:
        """Take `JIT-42`, `42`, `#42`, and what was meant to be one."""
        text = _number(words[0].text)
        return int(read_number(text) is not None or text.lower().startswith("jit"))

    def read(self, text: str, speaker: Speaker) -> RequestId:
        """Read a number."""
        number = read_number(_number(text))
        if number is None:
            raise Invalid(
                "request.number",
                f"“{text.strip()[:60]}” is not the number of a request; say e.g. JIT-42.",
            )
        return number

    def choices(self, speaker: Speaker) -> tuple[Choice, ...]:
        """List the requests to choose from. Raises `NotFound` where there are none."""
        if self.offered is None:
            return ()
        found = self.offered(speaker)
        if not found:
            raise NotFound("request.none", self.nothing)
        return tuple(_choice(dossier, speaker) for dossier in found[:CHOICES_MAX])

    def suggestion(self, speaker: Speaker, texts: Texts) -> str:
        """Propose the only one."""
        found = self.offered(speaker) if self.offered else ()
        return show(found[0].request.id) if len(found) == 1 else ""

    def hint(self, speaker: Speaker, texts: Texts) -> str:
        """Give an example."""
        return "" if self.offered else "e.g. JIT-42; `mine` and `pending` list them."


def _number(text: str) -> str:
    return _plain(text).removeprefix("#").strip(_TRIMMED)


def _choice(dossier: Dossier, speaker: Speaker) -> Choice:
    request, company = dossier.request, speaker.company
    entitlement, holder = (
        company.entitlement.get(request.entitlement),
        company.person.get(request.holder),
    )
    what = entitlement.name if entitlement else request.entitlement
    who = holder.name if holder else request.holder
    shown = show(request.id)
    return Choice(shown, f"{shown}: {what} for {who}"[:LABEL_LENGTH_MAX])


class SeenHash(Kind[str]):
    """What a button carries of what was shown: `@3f9a0c11d2e4b567`."""

    def take(self, words: Sequence[Word], speaker: Speaker) -> int:
        """Take it, and what a careless copy left of it: that must not pass for a comment."""
        return int(_LIKE_SEEN.fullmatch(words[0].text) is not None)

    def read(self, text: str, speaker: Speaker) -> str:
        """Read it without its `@`."""
        if not _SEEN.fullmatch(text.strip()):
            raise Invalid(
                "seen.unclear",
                f"“{text.strip()}” is only a part of what the button says; "
                f"press the button again, or leave it out.",
            )
        return text.strip().removeprefix("@").lower()


@dataclass(frozen=True, slots=True)
class Reason(Kind[str]):
    """Everything that is left: a text in a person's own words."""

    about: str = ""
    """What a form says below the field."""

    length_max: int = REASON_LENGTH_MAX
    field_kind = FieldKind.TEXT

    def take(self, words: Sequence[Word], speaker: Speaker) -> int:
        """Take all."""
        return len(words)

    def read(self, text: str, speaker: Speaker) -> str:
        """Keep it as it was typed."""
        if len(text) > self.length_max:
            raise Invalid(
                "reason.too_long",
                f"That has {len(text):,} characters; please keep it to {self.length_max:,}.",
            )
        return text

    def hint(self, speaker: Speaker, texts: Texts) -> str:
        """Say what makes a good one."""
        known = entitlement_of(texts, speaker)
        if known and known.ticket:
            return f"{self.about} Name a ticket such as {known.ticket.example}."
        if known and known.reason_example:
            return f"{self.about} Name a reference such as {known.reason_example}."
        return self.about


JUSTIFICATION = Reason(
    f"At least {REASON_LENGTH_MIN} characters that an auditor understands a year from now, "
    f"e.g. “Q4 close, posting accruals for November”."
)


SHARE, CSV = "share", "csv"
"""Ways to give an answer, beside showing it to who asked."""


class Way(Kind[str]):
    """How an answer is given."""

    def take(self, words: Sequence[Word], speaker: Speaker) -> int:
        """Take `share` and `csv`."""
        return int(not words[0].quoted and _plain(words[0].text).lower() in {SHARE, CSV})

    def read(self, text: str, speaker: Speaker) -> str:
        """Read it in any case."""
        way = _plain(text).lower()
        if way not in {SHARE, CSV}:
            raise Invalid("way.unknown", f"An answer is given with `{SHARE}` or as `{CSV}`.")
        return way


class Instant(Kind[times.When]):
    """A moment, or a day."""

    def take(self, words: Sequence[Word], speaker: Speaker) -> int:
        """Take a phrase such as `yesterday 14:00`; else one word, to complain of it."""
        return times.when_words([word.text for word in words]) or 1

    def read(self, text: str, speaker: Speaker) -> times.When:
        """Read it in the speaker's time zone; the last one where a day comes again."""
        return times.read_when(text, now=speaker.now(), zone=speaker.zone)

    def hint(self, speaker: Speaker, texts: Texts) -> str:
        """Give examples."""
        return f"e.g. 2026-11-22 18:00, yesterday 9:00; your time ({speaker.person.zone}) or UTC."


class Moment(Instant):
    """A moment, or a day, that is still to come."""

    def read(self, text: str, speaker: Speaker) -> times.When:
        """Read it in the speaker's time zone; the next one where a day comes again."""
        return times.read_ahead(text, now=speaker.now(), zone=speaker.zone)

    def hint(self, speaker: Speaker, texts: Texts) -> str:
        """Give examples."""
        return f"e.g. friday, tomorrow 9:00; your time ({speaker.person.zone}) or UTC."


def day_after(when: times.When) -> datetime:
    """Say where a period ends that was said to end then: a whole day counts whole."""
    return when.at if when.has_clock else when.at + timedelta(days=1)
