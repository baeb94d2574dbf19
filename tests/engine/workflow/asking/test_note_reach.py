"""Where nobody who is asked could be written to, that is recorded once; and when somebody was."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import pytest

from engine.audit.vocabulary import Action
from engine.chats import NOWHERE, Post
from engine.model.company import Company
from engine.model.identifiers import PersonId, PlatformName, RequestId
from engine.model.request import Verdict
from engine.policy.reach import ask_key
from engine.workflow.asking.cancel import cancel
from engine.workflow.asking.note_reach import note_reach
from tests.engine.acts import actions, answer, ask
from tests.engine.workflow.closely import story_now, told, write_to
from tests.simulation.company import (
    BEN,
    CHAT,
    GL,
    MARA,
    PAYMENTS,
    RIYA,
    SECOND_CHAT,
    SOFIA,
    TOM,
    Setup,
    company,
)
from tests.simulation.world import World

EVERYBODY = (BEN, SOFIA, TOM)
"""Whom `CLOSE` asks."""

NOTED = [Action.STAGE_UNREACHED]


def shown(
    world: World,
    request: RequestId,
    people: Collection[PersonId] = EVERYBODY,
    *,
    missing: Collection[PersonId] = EVERYBODY,
    platform: PlatformName = CHAT,
) -> bool:
    """Write to all whom a stage asks, in vain; says whether that was news."""
    return write_to(world, request, people, missing=missing, platform=platform)


def noted(world: World, request: RequestId) -> list[str]:
    """List what is recorded of whom a request reached."""
    both = {Action.STAGE_UNREACHED, Action.STAGE_REACHED}
    return [action for action in actions(world, request) if action in both]


def with_accounts(*elsewhere: PersonId, without: Collection[PersonId] = ()) -> Company:
    """Give the company with a second chat where some have accounts, and some have none at all."""
    known = company(Setup(has_second_chat=True))
    people = (
        replace(
            person,
            platforms={
                **({} if person.id in without else person.platforms),
                **({SECOND_CHAT: person.id} if person.id in elsewhere else {}),
            },
        )
        for person in known.people
    )
    return replace(known, people=tuple(people))


def test_a_stage_that_reaches_nobody_is_noted_once(world: World) -> None:
    """With whom, why, and what can be done; however often it is shown."""
    request = ask(world)

    assert shown(world, request)
    assert not shown(world, request)

    assert told(world, request, Action.STAGE_UNREACHED) == (
        "Nobody who is asked at stage 1 of 1, Controller, could be written to: "
        "Ben Okafor (refused by playground), Sofia Almeida (refused by playground), "
        "Tom Reyes (refused by playground). Please tell them: whoever says “pending” to the bot "
        "can decide. It lapses 2026-11-22 11:00:00."
    )
    assert noted(world, request) == NOTED


@pytest.mark.parametrize("missing", [(), (BEN,), (BEN, SOFIA)])
def test_a_stage_that_reaches_somebody_is_not_noted(
    world: World, missing: tuple[PersonId, ...]
) -> None:
    """One who decides is enough; for each of the others the admins are told."""
    request = ask(world)

    assert not shown(world, request, missing=missing)

    assert not noted(world, request)


def test_who_is_still_tried_may_be_reached(world: World) -> None:
    """A message whose arrival is not known, or that was never tried to be sent."""
    request = ask(world)

    assert not shown(world, request, (BEN, SOFIA))
    with world.work() as uow:
        uow.posts.remember(Post(request, CHAT, ask_key(1, TOM), None, ""))
        uow.commit()
    assert not note_reach(world.work, story_now(world, request))

    assert not noted(world, request)


def test_a_stage_that_reaches_somebody_after_all_is_noted(world: World) -> None:
    """Once; and anew where they are lost again."""
    request = ask(world)
    shown(world, request)

    assert shown(world, request, missing=(BEN, SOFIA))
    assert not shown(world, request, missing=(BEN, SOFIA))

    assert noted(world, request) == [*NOTED, Action.STAGE_REACHED]
    assert told(world, request, Action.STAGE_REACHED) == (
        "Tom Reyes could be written to by now, and can decide stage 1 of 1, Controller."
    )


def test_every_platform_counts(world: World) -> None:
    """Nobody is lost who is reached elsewhere, or may be; whichever platform is shown first."""
    world.work.configure(with_accounts(TOM))
    request = ask(world)

    assert not shown(world, request)
    assert shown(world, request, (TOM,), platform=SECOND_CHAT)

    assert "Tom Reyes (refused by playground and second)" in told(
        world, request, Action.STAGE_UNREACHED
    )


def test_who_is_reached_elsewhere_is_reached(world: World) -> None:
    """And whoever was lost on the first platform is not said to be lost."""
    world.work.configure(with_accounts(TOM))
    request = ask(world)

    assert not shown(world, request, (TOM,), missing=(), platform=SECOND_CHAT)
    assert not shown(world, request)
    assert not noted(world, request)


def test_a_platform_where_nobody_is_asked_is_no_place_to_look(world: World) -> None:
    """It is left to the others; so what is shown there costs no further look."""
    world.work.configure(with_accounts())
    request = ask(world)
    assert shown(world, request)
    with world.work() as uow:
        for person in EVERYBODY:
            uow.posts.remember(Post(request, CHAT, ask_key(1, person), "m1", "aa"))
        uow.commit()

    assert not note_reach(world.work, story_now(world, request, SECOND_CHAT))
    assert note_reach(world.work, story_now(world, request))


def test_who_has_no_account_at_all_is_not_reached(world: World) -> None:
    """Nobody else would ever notice: there is no message that could fail."""
    world.work.configure(with_accounts(without=EVERYBODY))
    request = ask(world)

    assert shown(world, request, ())

    assert "Ben Okafor (no account in a chat)" in told(world, request, Action.STAGE_UNREACHED)


def test_who_has_answered_is_not_waited_for(world: World) -> None:
    """Two have to decide: those who are left cannot be written to."""
    request = ask(world, RIYA, PAYMENTS)
    assert not shown(world, request, missing=(SOFIA, TOM))

    answer(world, BEN, request)

    assert shown(world, request, (), missing=())
    assert "Ben Okafor" not in told(world, request, Action.STAGE_UNREACHED)


def test_who_left_is_not_waited_for(world: World) -> None:
    """That nobody is left is another matter, and not said here."""
    request = ask(world)
    world.work.configure(company(Setup(gone=frozenset(EVERYBODY))))

    assert not shown(world, request)

    assert not noted(world, request)


def test_each_stage_is_noted_for_itself(world: World) -> None:
    """Whoever was lost at the first one says nothing of the second."""
    request = ask(world, RIYA, GL)
    assert shown(world, request)
    answer(world, BEN, request)
    asked = [approver.person for approver in story_now(world, request).dossier.request.stage.asked]

    assert shown(world, request, asked, missing=asked)

    found = [one.entry for one in story_now(world, request).entries if one.entry.action in NOTED]
    assert [entry.facts["stage"] for entry in found] == [1, 2]


def test_what_changed_meanwhile_is_looked_at_anew(world: World) -> None:
    """What was shown is a hint: somebody was reached elsewhere, or it was settled since."""
    request = ask(world)
    shown(world, request, (BEN, SOFIA))
    with world.work() as uow:
        uow.posts.remember(Post(request, CHAT, ask_key(1, TOM), NOWHERE, "aa"))
        uow.commit()
    before = story_now(world, request)

    with world.work() as uow:
        uow.posts.remember(Post(request, CHAT, ask_key(1, TOM), "m1", "aa"))
        uow.commit()
    assert not note_reach(world.work, before)
    cancel(world.work, RIYA, request)
    assert not note_reach(world.work, before)

    assert not noted(world, request)


def test_a_settled_request_waits_for_nobody(world: World) -> None:
    """However it was settled."""
    cancelled, denied = ask(world), ask(world, MARA)
    cancel(world.work, RIYA, cancelled)
    answer(world, SOFIA, denied, verdict=Verdict.DENY, reason="not this week")

    assert not shown(world, cancelled)
    assert not shown(world, denied)

    assert not noted(world, cancelled)
    assert not noted(world, denied)
