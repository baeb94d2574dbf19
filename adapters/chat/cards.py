"""What the bot says, before a platform dresses it.

A card is data, never Markdown: each platform dresses it in its own way, and no text that a person
wrote can become a link, a mention or a format. The one mark is the backtick: words to be typed
stand between two of them, and a platform may show them as code. A button says a command line, so
that a press and a typed command become the same inbound. An instant is a `datetime`: the platform
shows it in the viewer's zone with UTC beside it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

from engine.model.identifiers import RequestId

Value = str | datetime
"""What a fact, a paragraph's piece or a cell holds."""

Line = tuple[Value, ...]
"""A paragraph: pieces shown one after the other."""


class Tone(StrEnum):
    """How a card looks, beside what it says: never told by colour alone."""

    NEUTRAL = "neutral"
    WAITING = "waiting"
    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"
    ENDED = "ended"


class Emphasis(StrEnum):
    """How a button looks."""

    PLAIN = "plain"
    PRIMARY = "primary"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and its value."""

    label: str
    value: Value


@dataclass(frozen=True, slots=True)
class Button:
    """Says a command line for the person who presses it."""

    label: str
    says: str
    """A command line without `/jit`, e.g. `approve JIT-42 @3f9a0c11d2e4b567`."""

    emphasis: Emphasis = Emphasis.PLAIN
    about: str = ""
    """What a screen reader says, where the label alone would not tell."""

    asks: tuple[Field, ...] = ()
    """What has to be filled in with it. A platform may show that beside the button, and says what
    the button says with what was filled in, as a form does; one that cannot leaves it alone, since
    who says it without is answered with a form."""


class FieldKind(StrEnum):
    """How a field is filled in."""

    LINE = "line"
    TEXT = "text"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a field's choices."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to fill in."""

    name: str
    label: str
    kind: FieldKind = FieldKind.LINE
    hint: str = ""
    value: str = ""
    choices: tuple[Choice, ...] = ()
    length_max: int = 3000
    optional: bool = False
    error: str = ""
    """What is wrong with what was filled in, in a sentence."""

    proposals: tuple[Choice, ...] = ()
    """What most people fill in, one press away; anything else may be written, too."""

    is_live: bool = False
    """What is filled in here changes what the form says: see `Inbound.is_draft`."""


@dataclass(frozen=True, slots=True)
class Form:
    """Asks for the words that are missing. Submitting says `says` with the fields."""

    title: str
    says: str
    """The command line so far, e.g. `deny JIT-42 @3f9a0c11d2e4b567`."""

    submit: str
    fields: tuple[Field, ...]
    lines: tuple[Line, ...] = ()
    """What is shown below the fields, e.g. who would be asked."""


@dataclass(frozen=True, slots=True)
class File:
    """Something to keep."""

    name: str
    """With its ending, e.g. `audit-2026-11-23.csv`."""

    media: str
    """The media type (RFC 6838), e.g. `text/csv`."""

    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]


@dataclass(frozen=True, slots=True)
class Card:
    """One thing that the bot says."""

    title: str
    tone: Tone = Tone.NEUTRAL
    lines: tuple[Line, ...] = ()
    facts: tuple[Fact, ...] = ()
    table: Table | None = None
    buttons: tuple[Button, ...] = ()
    form: Form | None = None
    parts: tuple[Card, ...] = ()
    """Cards within this one, each under its own title; they have no parts of their own."""

    def digest(self) -> str:
        """Hash what is shown, to tell whether a message has to be edited."""
        spelled = json.dumps(asdict(self), default=_spell, sort_keys=True)
        return hashlib.sha256(spelled.encode()).hexdigest()

    def plain(self) -> str:
        """Write the card as plain text: for screen readers, logs of talks, and terminals."""
        parts = [self.title]
        parts += ["".join(map(spell, line)) for line in self.lines]
        parts += [f"{fact.label}: {spell(fact.value)}" for fact in self.facts]
        if self.table is not None:
            parts.append(" | ".join(self.table.columns))
            parts += [" | ".join(map(spell, row)) for row in self.table.rows]
        parts += [part.plain() for part in self.parts]
        return "\n".join(parts)


@dataclass(frozen=True, slots=True)
class Answer:
    """What one inbound gets back, seen by the person who said it only, unless it is shared."""

    card: Card | None = None
    form: Form | None = None
    file: File | None = None
    """To be kept by the person who said it: a platform hands it over in a direct message."""

    is_shared: bool = False
    """The card is for everybody in the channel where it was asked for."""

    code: str = ""
    """The refusal's code, or empty."""

    request: RequestId | None = None
    """Which request it is about, where it is about one."""

    is_repeated: bool = False
    """The delivery came before, and this is what it was answered with then."""


def spell(value: Value) -> str:
    """Write a value as text; an instant in UTC, e.g. `2026-11-22 18:41:00 UTC`."""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S UTC")
    return value


def _spell(value: object) -> str:
    assert isinstance(value, datetime), "cards hold text and instants only"
    return value.isoformat()
