"""Cards and forms as the lines that a talk compares."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from adapters.chat.cards import Answer, Button, Card, Field, Form, spell
from tests.talks.script import BETWEEN

NOTHING = "(nothing)"


def answer_lines(answer: Answer) -> list[str]:
    """Show an answer."""
    lines = card_lines(answer.card) if answer.card else []
    return lines + (list(_form_lines(answer.form)) if answer.form else [])


def cards_lines(cards: Sequence[Card]) -> list[str]:
    """Show some cards, with a line between them."""
    lines: list[str] = []
    for card in cards:
        lines += [BETWEEN] if lines else []
        lines += card_lines(card)
    return lines or [NOTHING]


def card_lines(card: Card) -> list[str]:
    """Show a card: its words, then its buttons and those of its parts."""
    lines = card.plain().splitlines()
    buttons = [button for shown in (card, *card.parts) for button in shown.buttons]
    if buttons:
        lines.append(_buttons(buttons))
    return lines + (list(_form_lines(card.form)) if card.form else [])


def _buttons(buttons: Iterable[Button]) -> str:
    return " ".join(f"[{button.label}]" for button in buttons)


def _form_lines(form: Form) -> Iterator[str]:
    yield f"Form: {form.title}"
    for field in form.fields:
        yield from _field_lines(field)
    yield from ("".join(map(spell, line)) for line in form.lines)
    yield f"[{form.submit}]"


def _field_lines(field: Field) -> Iterator[str]:
    optional = " (optional)" if field.optional else ""
    yield f"{field.label}{optional} = {field.value}".rstrip()
    if field.choices:
        yield f"  one of {', '.join(choice.value for choice in field.choices)}"
    if field.proposals:
        yield f"  proposed: {', '.join(choice.label for choice in field.proposals)}"
    if field.hint:
        yield f"  {field.hint}"
    if field.error:
        yield f"  ! {field.error}"
