"""What has to be filled in with a button is what the form of its command asks for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from adapters.chat.cards import Button, Card, Field
from tests.adapters.chat.company import BEN, RIYA
from tests.adapters.chat.town import Town

QUESTION = 'ask JIT-1 "For which month is it?"'


def _button(card: Card, label: str) -> Button:
    return next(button for button in card.buttons if button.label == label)


def _form_of(town: Town, person: str, says: str) -> tuple[Field, ...]:
    form = town.say(person, says).form
    assert form is not None
    return form.fields


@pytest.mark.parametrize("label", ["Deny", "Ask…"])
def test_an_approvers_button_asks_for_what_its_form_asks_for(town: Town, label: str) -> None:
    """Whether a platform shows the field on the card or opens the form, it is the same field."""
    town.ask()

    (shown,) = town.direct(BEN)
    button = _button(shown, label)

    assert button.asks == _form_of(town, BEN, button.says)
    assert button.asks[0].hint


def test_the_answers_button_asks_for_the_answer(town: Town) -> None:
    """The form says what was asked; beside the button it stands on the card."""
    town.ask()
    town.say(BEN, QUESTION)

    button = _button(town.direct(RIYA)[-1], "Answer…")

    (asked,) = button.asks
    (field,) = _form_of(town, RIYA, button.says)
    assert "For which month" in field.hint
    assert replace(field, hint=asked.hint) == asked


def test_what_is_filled_in_with_a_button_is_a_submitted_form(town: Town) -> None:
    """The denial counts, bound to what was shown."""
    town.ask()
    button = _button(town.direct(BEN)[0], "Deny")

    answer = town.say(BEN, button.says, fields={"reason": "Not before the month is closed"})

    assert answer.card is not None
    assert answer.card.title == "You denied JIT-1"
    assert "decision.denied" in town.actions()


@pytest.mark.parametrize("filled_in", ["", "no", "x" * 3001])
def test_what_is_not_enough_comes_back_as_the_form_with_what_is_wrong(
    town: Town, filled_in: str
) -> None:
    """Nothing is decided, and nothing that was written is lost."""
    town.ask()
    button = _button(town.direct(BEN)[0], "Deny")

    answer = town.say(BEN, button.says, fields={"reason": filled_in})

    assert answer.form is not None
    assert answer.form.says == button.says
    (field,) = answer.form.fields
    assert field.error
    assert field.value == filled_in
    assert "decision.denied" not in town.actions()
