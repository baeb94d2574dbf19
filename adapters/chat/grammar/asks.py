"""A line becomes a command with its fields, or the form that asks for what is missing."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from adapters.chat.cards import Field, FieldKind, Form
from adapters.chat.command import Command, Slot, slots_of
from adapters.chat.commands import BY_WORD
from adapters.chat.grammar.sharing import CLOSENESS_MIN, Sharing
from adapters.chat.grammar.words import Word, clean, split
from adapters.chat.speaker import Speaker
from engine.errors import Invalid, Refused
from engine.model.identifiers import read as read_number

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


def understand(text: str, fields: Mapping[str, str] | None, speaker: Speaker) -> Ask:
    """Find the command and share the words out. Raises `Refused` where they fit nowhere."""

    def name_of(account: str) -> str | None:
        person = speaker.company.person_on(speaker.platform, account)
        return person.id if person else None

    typed = split(_OURS.sub("", clean(text, name_of), count=1))
    words = typed.words
    while words and words[0].text.startswith("@"):
        words = words[1:]  # somebody was called first: the bot itself, in a channel
    if not words:
        return Ask(BY_WORD["help"], {})
    command, rest = _command(words)
    texts = Sharing(command, typed, speaker).share_out(rest)
    if fields is not None:
        known = {slot.name for slot in slots_of(command)}
        texts |= {
            name: clean(value, name_of).strip() for name, value in fields.items() if name in known
        }
    return Ask(command, texts, is_filled_in=fields is not None, is_bare=not rest)


def word_of(text: str) -> str:
    """Name the command that a line begins with; empty where it is none. Never raises."""
    found = _OURS.sub("", text, count=1).split(maxsplit=1)[:1]
    said = _plain(found[0]) if found else ""
    return next((c.word for c in BY_WORD.values() if said in {c.word, *c.aliases}), "")


def _plain(word: str) -> str:
    return word.strip("`.,;:!").lower()


def _command(words: Sequence[Word]) -> tuple[type[Command], Sequence[Word]]:
    said = _plain(words[0].text)
    for command in BY_WORD.values():
        if said in {command.word, *command.aliases}:
            return command, words[1:]
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
    for slot in _asked(ask):
        text = ask.texts.get(slot.name, "")
        try:
            if text:
                slot.kind.read(text, speaker)
        except Refused as refused:
            errors[slot.name] = refused.sentence
    return errors


def blamed(ask: Ask, refused: Refused) -> str:
    """Name the form's field that a refusal is about; empty where it is about none."""
    return next((slot.name for slot in _asked(ask) if slot.is_blamed(refused.code)), "")


def form(ask: Ask, speaker: Speaker, errors: Mapping[str, str]) -> Form:
    """Make the form that asks for what is missing, keeping what is known.

    Raises `Refused` where there is nothing to choose from.
    """
    command, asked = ask.command, _asked(ask)
    kept = [slot for slot in slots_of(command) if slot not in asked and ask.texts.get(slot.name)]
    return Form(
        title=command.form_title,
        says=" ".join([command.word, *(ask.texts[slot.name] for slot in kept)]),
        submit=command.form_submit,
        fields=tuple(_field(slot, ask, speaker, error=errors.get(slot.name, "")) for slot in asked),
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
    if not value and not ask.is_filled_in:
        value = slot.kind.suggestion(speaker, ask.texts)
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
    )
