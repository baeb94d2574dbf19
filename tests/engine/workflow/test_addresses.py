"""Where somebody is reached is kept where it is new, and only then written."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.model.address import WRITTEN_MAX
from engine.workflow.addresses import address_of, note_address
from tests.simulation.company import CHAT, SECOND_CHAT
from tests.simulation.memory import State
from tests.simulation.world import World


def test_an_address_is_noted_and_found() -> None:
    """By the platform's own id, and on that platform alone."""
    world = World()

    assert note_address(world.work, CHAT, "U1", "here")

    assert address_of(world.work, CHAT, "U1") == "here"
    assert address_of(world.work, CHAT, "U2") is None
    assert address_of(world.work, SECOND_CHAT, "U1") is None


def test_what_is_known_already_is_not_written_again() -> None:
    """It comes with everything that anybody says."""
    world = World()
    note_address(world.work, CHAT, "U1", "here")
    commits: list[State] = []
    world.work.committed = lambda _before, after: commits.append(after)

    world.advance(timedelta(seconds=1))
    assert not note_address(world.work, CHAT, "U1", "here")

    assert commits == []


def test_an_address_that_changed_is_noted() -> None:
    """The newest one is where somebody is reached."""
    world = World()
    note_address(world.work, CHAT, "U1", "here")

    world.advance(timedelta(seconds=1))
    assert note_address(world.work, CHAT, "U1", "there")

    assert address_of(world.work, CHAT, "U1") == "there"


def test_an_address_without_end_is_refused() -> None:
    """Nothing of what a stranger sends grows without a limit."""
    world = World()

    with pytest.raises(ValueError, match="4000 characters"):
        note_address(world.work, CHAT, "U1", "x" * (WRITTEN_MAX + 1))
    assert note_address(world.work, CHAT, "U1", "x" * WRITTEN_MAX)
