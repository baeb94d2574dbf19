"""Every command can be said, shown and explained on every platform."""

from __future__ import annotations

import pkgutil

import pytest

from adapters.chat import commands
from adapters.chat.cards import FieldKind
from adapters.chat.command import Command, slots_of
from adapters.chat.commands import BY_WORD, COMMANDS
from adapters.chat.grammar.asks import read_known, understand
from tests.adapters.chat.grammar.conftest import speaker_of

TITLE_MAX = 24
"""Slack's longest title and button of a modal."""

EVERY = pytest.mark.parametrize("command", BY_WORD.values(), ids=lambda c: c.word)


def test_each_file_holds_the_command_that_it_is_named_after() -> None:
    """Nothing is listed by hand, and nothing is left out."""
    found = pkgutil.walk_packages(commands.__path__, f"{commands.__name__}.")
    files = {file.name.rpartition(".")[2].rstrip("_") for file in found if not file.ispkg}

    assert files == {word.rpartition(" ")[2] for word in BY_WORD}
    assert [listed.word for listed in COMMANDS] == list(BY_WORD)
    for word, command in BY_WORD.items():
        assert command.__module__.rpartition(".")[2].rstrip("_") == word.rpartition(" ")[2]


def test_no_two_commands_answer_to_the_same_word() -> None:
    """Words and aliases are one name space."""
    said = [word for command in BY_WORD.values() for word in (command.word, *command.aliases)]

    assert len(said) == len(set(said))


@EVERY
def test_its_examples_are_understood(command: type[Command]) -> None:
    """What help shows works when it is typed."""
    speaker = speaker_of("riya.patel")
    assert command.examples

    for example in command.examples:
        ask = understand(example, None, speaker)

        assert ask.command is command
        if "until 18:00" not in example:  # past, on the Sunday evening of these tests
            read_known(ask, speaker)


@EVERY
def test_its_form_fits_every_platform(command: type[Command]) -> None:
    """Titles, labels and kinds that Slack's modals and Teams' dialogs can show."""
    slots = [slot for slot in slots_of(command) if not slot.hidden]

    assert not slots or command.word == "help" or command.form_title
    assert len(command.form_title) <= TITLE_MAX
    assert 0 < len(command.form_submit) <= TITLE_MAX
    for slot in slots:
        assert slot.label
        assert slot.kind.field_kind in FieldKind
        assert slot.kind.length_max <= 3000


@EVERY
def test_its_summary_is_a_sentence(command: type[Command]) -> None:
    """Short enough for a table, and whole."""
    assert command.summary.endswith(".")
    assert len(command.summary) <= 80
