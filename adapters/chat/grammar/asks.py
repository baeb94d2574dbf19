"""A line becomes a command with its fields, or the form that asks for what is missing."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from adapters.chat.cards import Button, Choice, Field, FieldKind, Form
from adapters.chat.command import Command, Slot, slots_of
from adapters.chat.commands import BY_WORD
from adapters.chat.grammar.closest import CHOICES_MAX
from adapters.chat.grammar.sharing import CLOSENESS_MIN, Sharing
from adapters.chat.grammar.words import Word, clean, split
from adapters.chat.speaker import Speaker
from engine.errors import Invalid, NotFound, Refused
from engine.model.identifiers import read as read_number

FORM = "form"
"""Before a command line, it opens the command's form with what the line says filled in."""

SAYS_MAX = 2000
"""Characters that a button can say: Slack's limit."""

_OURS = re.compile(r"\s*/?jit(?=\s|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Ask:
    """What somebody said: a command with what is known of its fields, as text."""

    command: type[Command]
    texts: Mapping[str, str]
    is_filled_in: bool = False
    """Whether it is a form that was submitted."""

    is_bare: bool = False
    """Whether nothing but the command's word was said."""

    opens_form: bool = False
    """Whether the form is asked for, whatever is known already."""

    is_draft: bool = False
    """Whether somebody is still filling the form in."""


def understand(text: str, fields: Mapping[str, str] | None, speaker: Speaker) -> Ask:
    """Find the command and share the words out. Raises `Refused` where they fit nowhere."""

    def name_of(account: str) -> str | None:
        person = speaker.company.person_on(speaker.platform, account)
        return person.id if person else None

    typed = split(_OURS.sub("", clean(text, name_of), count=1))
    words = _after_calls(typed.words)
    opens_form = len(words) > 1 and _plain(words[0].text) == FORM
    if opens_form:
        words = _after_calls(words[1:])
    if not words:
        return Ask(BY_WORD["help"], {})
    command, rest = _command(words)
    texts = Sharing(command, typed, speaker).share_out(rest)
    if fields is not None:
        known = {slot.name for slot in slots_of(command)}
        texts |= {
            name: clean(value, name_of).strip() for name, value in fields.items() if name in known
        }
    return Ask(
        command,
        texts,
        is_filled_in=fields is not None,
        is_bare=not rest,
        opens_form=opens_form and fields is None,
    )


def _after_calls(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """Leave out who was called first: the bot itself, in a channel."""
    while words and words[0].text.startswith("@"):
        words = words[1:]
    return words


def word_of(text: str) -> str:
    """Name the command that a line begins with; empty where it is none. Never raises."""
    found = _OURS.sub("", text, count=1).split(maxsplit=3)[:3]
    if len(found) > 1 and _plain(found[0]) == FORM:
        found = found[1:]
    called = _called(found)
    return called[0].word if called else ""


def _plain(word: str) -> str:
    return word.strip("`.,;:!").lower()


def _called(words: Sequence[str]) -> tuple[type[Command], int] | None:
    """Find the command that a line calls, and by how many words: `admin freeze` by two."""
    for count in (2, 1):
        said = " ".join(_plain(word) for word in words[:count])
        for command in BY_WORD.values():
            if said in {command.word, *command.aliases}:
                return command, min(count, len(words))
    return None


def _command(words: Sequence[Word]) -> tuple[type[Command], Sequence[Word]]:
    called = _called([word.text for word in words[:2]])
    if called is not None:
        return called[0], words[called[1] :]
    said = _plain(words[0].text)
    if read_number(said.removeprefix("#")) is not None:
        return BY_WORD["status"], words
    close = get_close_matches(said, BY_WORD, n=1, cutoff=CLOSENESS_MIN)
    instead = f"did you mean `{close[0]}`? " if close else ""
    raise Invalid(
        "command.unknown",
        f"I do not know the command “{words[0].text[:40]}”; {instead}`help` lists what I can do.",
    )


# ── fields to a command ─────────────────────────────────────────────────────────────────────────


def missing(ask: Ask) -> tuple[Slot, ...]:
    """List the fields that must still be filled in."""
    slots = slots_of(ask.command)
    return tuple(slot for slot in slots if slot.required and not ask.texts.get(slot.name))


def wants_form(ask: Ask) -> bool:
    """Say whether the answer is a form that asks for more words."""
    is_first = ask.is_bare and not ask.is_filled_in and ask.command.form_first
    return is_first or bool(missing(ask))


def read_known(ask: Ask, speaker: Speaker) -> dict[str, object]:
    """Read the fields that are known. Raises the first one's `Refused`."""
    texts = {slot: ask.texts.get(slot.name, "") for slot in slots_of(ask.command)}
    return {slot.name: slot.kind.read(text, speaker) for slot, text in texts.items() if text}


def build(ask: Ask, values: Mapping[str, object]) -> Command:
    """Make the command from its fields' values; none may be missing."""
    make: Callable[..., Command] = ask.command
    return make(**values)


# ── a command's form ────────────────────────────────────────────────────────────────────────────


def errors_of(ask: Ask, speaker: Speaker) -> dict[str, str]:
    """Say, for each field of a submitted form, what is wrong with it."""
    errors = {slot.name: "Please fill this in." for slot in missing(ask)}
    return errors | _read_asked(ask, speaker)[1]


def _read_asked(ask: Ask, speaker: Speaker) -> tuple[dict[str, object], dict[str, str]]:
    """Read what is filled in: the values, and for each other one what is wrong with it."""
    values: dict[str, object] = {}
    errors: dict[str, str] = {}
    for slot in _asked(ask):
        text = ask.texts.get(slot.name, "")
        try:
            if text:
                values[slot.name] = slot.kind.read(text, speaker)
        except Refused as refused:
            errors[slot.name] = refused.sentence
    return values, errors


def blamed(ask: Ask, refused: Refused) -> str:
    """Name the form's field that a refusal is about; empty where it is about none."""
    return next((slot.name for slot in _asked(ask) if slot.is_blamed(refused.code)), "")


def to_correct(ask: Ask, text: str, refused: Refused) -> Button | None:
    """Give the button that hands a refused line back, in the command's form.

    None where no word of it is wrong, where the form has only one field (that is typed again as
    fast), and where the line is longer than a button can say.
    """
    says = f"{FORM} {_OURS.sub('', text, count=1).strip()}"
    is_wrong = isinstance(refused, Invalid | NotFound) and ask.texts.get(blamed(ask, refused))
    is_worth_it = sum(not slot.hidden for slot in slots_of(ask.command)) > 1
    if not is_wrong or not is_worth_it or len(says) > SAYS_MAX or _is_form(ask):
        return None
    return Button(
        "Correct it…", says, about=f"Correct what you typed, in a form: {ask.command.word}"
    )


def _is_form(ask: Ask) -> bool:
    return ask.is_filled_in or ask.opens_form


def draft(ask: Ask, speaker: Speaker) -> Form:
    """Make the form as it is while somebody fills it in: what is empty still is not wrong.

    Raises `Refused` where there is nothing to choose from, or no form.
    """
    if not _asked(ask):
        raise Invalid("form.none", f"There is nothing to fill in for `{ask.command.word}`.")
    return form(replace(ask, is_draft=True), speaker, _read_asked(ask, speaker)[1])


def search(ask: Ask, speaker: Speaker, name: str, typed: str) -> tuple[Choice, ...]:
    """List the choices of one of the form's fields that are like what somebody types."""
    slot = next((slot for slot in _asked(ask) if slot.name == name), None)
    return slot.kind.search(typed, speaker) if slot else ()


def form(ask: Ask, speaker: Speaker, errors: Mapping[str, str]) -> Form:
    """Make the form that asks for what is missing, keeping what is known.

    Raises `Refused` where there is nothing to choose from.
    """
    command, asked = ask.command, _asked(ask)
    ahead = command.preview(speaker, _read_asked(ask, speaker)[0])
    errors = {**ahead.errors, **errors}
    kept = [slot for slot in slots_of(command) if slot not in asked and ask.texts.get(slot.name)]
    return Form(
        title=command.form_title,
        says=" ".join([command.word, *(ask.texts[slot.name] for slot in kept)]),
        submit=command.form_submit,
        fields=tuple(_field(slot, ask, speaker, error=errors.get(slot.name, "")) for slot in asked),
        lines=ahead.lines,
    )


def _asked(ask: Ask) -> tuple[Slot, ...]:
    """List the fields of the form; what a button knows already stays in its line."""
    slots = slots_of(ask.command)
    return tuple(
        slot for slot in slots if not slot.hidden and not (slot.kept and ask.texts.get(slot.name))
    )


def _field(slot: Slot, ask: Ask, speaker: Speaker, *, error: str) -> Field:
    choices = slot.kind.choices(speaker)
    value = ask.texts.get(slot.name, "")
    if not value and (ask.is_draft or not ask.is_filled_in):
        value = slot.kind.suggestion(speaker, ask.texts)
    if choices and value:
        choices = _with_chosen(choices, value, slot, speaker)
    known = {choice.value.lower(): choice.value for choice in choices}
    return Field(
        name=slot.name,
        label=slot.label,
        kind=FieldKind.CHOICE if choices else slot.kind.field_kind,
        hint=slot.hint or slot.kind.hint(speaker, ask.texts),
        value=known.get(value.lower(), value),
        choices=choices,
        length_max=slot.kind.length_max,
        optional=not slot.required,
        error=error,
        proposals=slot.kind.proposals(speaker, ask.texts),
        is_live=slot.is_live,
    )


def _with_chosen(
    choices: tuple[Choice, ...], value: str, slot: Slot, speaker: Speaker
) -> tuple[Choice, ...]:
    """Add what is chosen where it is none of those that a long menu shows at first."""
    if any(choice.value.lower() == value.lower() for choice in choices):
        return choices
    found = (c for c in slot.kind.search(value, speaker) if c.value.lower() == value.lower())
    return (*found, *choices)[:CHOICES_MAX]
