"""A fact about a request is written down so that it can be understood alone."""

from __future__ import annotations

import pytest

from engine.audit.vocabulary import Action
from engine.model.identifiers import PersonId, RequestId
from engine.ports import EffectKind
from engine.workflow.record import BOT, Recorder, actor_facts, announce, name_of
from tests.engine.acts import ask, configure, entries, request_of
from tests.simulation.company import CLOSE, OLA, RIYA, Setup, company
from tests.simulation.memory.outbox import RowState
from tests.simulation.world import World


def note(world: World, request: RequestId, action: Action, **facts: str) -> None:
    """Record something about a request that did not happen."""
    world.work.committed = lambda _before, _after: None
    with world.work() as uow:
        dossier = uow.requests.lock(request)
        assert dossier is not None
        recorder = Recorder(uow, uow.companies.active(), dossier.request)
        recorder.note(action, None, facts)
        uow.commit()


def test_an_entry_holds_what_its_readers_need(world: World) -> None:
    """Names as they are now, the policy's version, and exactly what was shown."""
    request = ask(world, RIYA, CLOSE, holder=OLA)

    submitted = entries(world, request)[0]

    assert submitted.actor == RIYA
    assert submitted.facts == {
        "request": request,
        "requester": RIYA,
        "holder": OLA,
        "holder_name": "Ola Berg",
        "entitlement": CLOSE,
        "entitlement_name": "NETSUITE CLOSE",
        "system": "ledger",
        "config_version": 1,
        "content_hash": request_of(world, request).content_hash,
        "stages": 1,
        "stage": 1,
        "stage_name": "Controller",
        "actor_name": "Riya Patel",
        "actor_title": "Accountant",
        "duration": 3600,
        "reason": "Q4 close, FIN-1234",
        "resource": "main",
        "permission": "gl_posting",
        "tier": 1,
    }


def test_what_the_bot_does_is_by_the_bot(world: World) -> None:
    """The clock and the workers are nobody in the directory."""
    opened = entries(world, ask(world))[1]

    assert (opened.actor, opened.facts["actor_name"]) == (BOT, BOT)


def test_an_entry_about_what_is_gone_is_readable(world: World) -> None:
    """Ids stand in where the catalog has no name any more."""
    request = ask(world)
    configure(world, Setup(removed=frozenset({CLOSE})))

    note(world, request, Action.REQUEST_DENIED)

    facts = entries(world, request)[-1].facts
    assert (facts["entitlement_name"], facts["system"]) == (CLOSE, "")


def test_a_sentence_without_its_facts_is_a_defect(world: World) -> None:
    """It is found when it is written, not when somebody reads the log in a year."""
    request = ask(world)

    with pytest.raises(AssertionError, match=r"grant\.failed needs \['problem'\]"):
        note(world, request, Action.GRANT_FAILED)


@pytest.mark.parametrize(
    ("action", "is_announced"),
    [(Action.REQUEST_LAPSED, True), (Action.GRANT_WARNED, True), (Action.REQUEST_DENIED, False)],
)
def test_what_people_are_to_see_is_announced(
    world: World, action: Action, is_announced: bool
) -> None:
    """In the thread, or to the holder; what only repeats another entry is not."""
    request = ask(world)
    world.tick()
    world.deliver(world.queue.pop(), {})

    note(world, request, action, ends_at="2026-11-22T10:00:00.000000Z")

    (row,) = world.state.effects.values()
    assert (row.state is RowState.READY) is is_announced


def test_an_announcement_is_ordered_once_per_platform(world: World) -> None:
    """On every platform that has an audit channel."""
    request = ask(world)
    with world.work() as uow:
        announce(uow, company(Setup(has_second_chat=True)), request)
        announce(uow, company(Setup(has_second_chat=True)), request)
        uow.commit()

    rows = [row.duty for row in world.state.effects.values()]

    assert [(duty.kind, duty.platform) for duty in rows] == [
        (EffectKind.ANNOUNCE, "playground"),
        (EffectKind.ANNOUNCE, "second"),
    ]


def test_people_are_named_as_the_directory_names_them() -> None:
    """The id stands in for who is not there any more."""
    nobody = PersonId("nobody")

    assert name_of(company(), RIYA) == "Riya Patel"
    assert name_of(company(), nobody) == "nobody"
    assert actor_facts(company(), nobody)["actor_title"] == "no longer in the directory"
    assert actor_facts(company(), None)["actor_title"] == "the bot itself"
