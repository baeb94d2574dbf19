"""Where somebody is reached is kept where it is new, and only then written."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.model.address import WRITTEN_MAX
from engine.workflow.addresses import address_of, note_address
from tests.engine.acts import answer, ask, settle
from tests.engine.workflow.closely import story_now, write_to
from tests.simulation.company import (
    BEN,
    CHAT,
    MARA,
    OLA,
    REPORTS,
    SECOND_CHAT,
    SOFIA,
    Setup,
    company,
)
from tests.simulation.memory import MemoryWork, State
from tests.simulation.memory.outbox import Row, RowState
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


def test_an_address_is_noted_before_any_company_is_there() -> None:
    """The app may be installed before anything else; and strangers have addresses, too."""
    work, world = MemoryWork(), World()

    assert note_address(work, CHAT, BEN, "here")
    assert note_address(world.work, CHAT, "nobody", "here")

    assert address_of(work, CHAT, BEN) == "here"


def test_an_address_without_end_is_refused() -> None:
    """Nothing of what a stranger sends grows without a limit."""
    world = World()

    with pytest.raises(ValueError, match="4000 characters"):
        note_address(world.work, CHAT, "U1", "x" * (WRITTEN_MAX + 1))
    assert note_address(world.work, CHAT, "U1", "x" * WRITTEN_MAX)


def test_who_could_not_be_asked_is_asked_once_there_is_a_way(world: World) -> None:
    """They installed the app: what waits for them is announced anew, and nothing else is."""
    lost, other, reached = ask(world), ask(world, MARA), ask(world, OLA, REPORTS)
    write_to(world, lost, (BEN, SOFIA), missing=(BEN,))
    write_to(world, other, (SOFIA,))
    write_to(world, reached, (BEN,))
    _announced(world)

    note_address(world.work, CHAT, BEN, "here")

    assert [row.duty.request for row in world.state.effects.values() if _is_due(row)] == [lost]
    digests = {post.key: post.digest for post in story_now(world, lost).posts}
    assert digests == {f"ask:1:{BEN}": "", f"ask:1:{SOFIA}": "aa"}


def test_who_was_lost_on_another_platform_is_not_asked_there(world: World) -> None:
    """A way into one chat is none into another; and a stage that is over asks nobody."""
    world.work.configure(company(Setup(has_second_chat=True)))
    lost, over = ask(world), ask(world, MARA)
    write_to(world, lost, (BEN,), missing=(BEN,), platform=SECOND_CHAT)
    write_to(world, over, (BEN,), missing=(BEN,))
    answer(world, SOFIA, over)
    _announced(world)

    note_address(world.work, CHAT, BEN, "here")

    assert not [row for row in world.state.effects.values() if _is_due(row)]


def _announced(world: World) -> None:
    while world.tick() or world.queue:
        settle(world)


def _is_due(row: Row) -> bool:
    return row.state is RowState.READY
