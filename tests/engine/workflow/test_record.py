"""A fact about a request is written down, with what its readers need to understand it alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import pytest

from engine.audit.vocabulary import Action
from engine.model.identifiers import PersonId, RequestId, show
from engine.model.request import Verdict
from engine.model.via import Assurance, Via
from engine.ports import EffectKind
from engine.workflow.asking.decide import Answer, decide
from engine.workflow.record import BOT, Recorder, actor_facts, announce, name_of
from tests.engine.acts import ask, configure, entries, settle
from tests.simulation.company import (
    CHAT,
    CLOSE,
    LEDGER,
    RIYA,
    SECOND_CHAT,
    SOFIA,
    TOM,
    Setup,
    company,
)
from tests.simulation.memory.outbox import RowState
from tests.simulation.world import World


@contextmanager
def recorder(world: World, request: RequestId) -> Iterator[Recorder]:
    """Record something about a request, as a use case does."""
    # Here it is only said, and does not happen: the invariants would find that out.
    world.work.committed = lambda _before, _after: None
    with world.work() as uow:
        dossier = uow.requests.lock(request)
        assert dossier is not None
        yield Recorder(uow, uow.companies.active(), dossier.request)
        uow.commit()


def orders(world: World) -> set[object]:
    """List the platforms on which a request is to be shown."""
    rows = world.state.effects.values()
    return {r.duty.platform for r in rows if r.state is RowState.READY}


def test_an_entry_can_be_understood_alone() -> None:
    """It holds what the request was about, as it was called then."""
    world = World()
    request = ask(world)

    with recorder(world, request) as record:
        record.note(Action.GRANT_EXPIRED, None, {"cause": "expired"})

    entry = entries(world, request)[-1]
    assert (entry.stream, entry.action, entry.at) == (show(request), "grant.expired", world.now)
    assert entry.facts == {
        "request": request,
        "requester": RIYA,
        "holder": RIYA,
        "holder_name": "Riya Patel",
        "entitlement": CLOSE,
        "entitlement_name": "NETSUITE CLOSE",
        "system": LEDGER,
        "config_version": 1,
        "content_hash": world.state.requests[request].content_hash,
        "revision": 1,
        "stages": 1,
        "stage": 1,
        "stage_name": "Controller",
        "actor_name": BOT,
        "actor_title": "the bot itself",
        "cause": "expired",
    }


def test_what_the_bot_does_is_done_by_the_bot() -> None:
    """Nobody's name stands where nobody acted."""
    world = World()
    request = ask(world)

    with recorder(world, request) as record:
        record.note(Action.GRANT_EXPIRED, None)

    assert entries(world, request)[-1].actor == BOT == "jitbot"


def test_what_a_person_does_is_done_by_them() -> None:
    """Name and title are copied as they are now."""
    world = World()
    request = ask(world)

    with recorder(world, request) as record:
        record.note(Action.REQUEST_CANCELLED, TOM)

    entry = entries(world, request)[-1]
    assert entry.actor == TOM
    assert entry.facts["actor_name"] == "Tom Reyes"
    assert entry.facts["actor_title"] == "Head of Compliance"


def test_a_catalog_that_changed_leaves_the_record_readable() -> None:
    """What is not in it any more is called by its id."""
    world = World()
    request = ask(world)
    configure(world, Setup(removed=frozenset({CLOSE})))

    with recorder(world, request) as record:
        record.note(Action.GRANT_EXPIRED, None)

    facts = entries(world, request)[-1].facts
    assert (facts["entitlement_name"], facts["system"]) == (CLOSE, "")
    assert facts["config_version"] == 2


def test_a_fact_that_a_sentence_needs_cannot_be_forgotten() -> None:
    """It is a defect of ours, found before anything is kept."""
    world = World()
    request = ask(world)
    before = world.state

    with (
        pytest.raises(AssertionError, match=r"grant\.warned needs \['ends_at'\] for its sentence"),
        recorder(world, request) as record,
    ):
        record.note(Action.GRANT_WARNED, None)

    assert world.state is before


@pytest.mark.parametrize(
    ("action", "facts", "is_shown"),
    [
        (Action.GRANT_EXPIRED, {}, True),  # in the thread
        (Action.GRANT_WARNED, {"ends_at": "2026-11-22T10:00:00Z"}, True),  # to the holder
        (Action.REQUEST_DENIED, {}, False),  # the decision says it
    ],
)
def test_what_people_see_orders_its_announcement(
    action: Action, facts: dict[str, str], is_shown: bool
) -> None:
    """In the same commit; what nobody sees orders none."""
    world = World()
    request = ask(world)
    settle(world)

    with recorder(world, request) as record:
        record.note(action, None, facts)

    assert orders(world) == ({CHAT} if is_shown else set())


def test_an_announcement_is_ordered_on_every_platform() -> None:
    """Each has an audit channel of its own."""
    world = World()
    request = ask(world)
    settle(world)
    both = company(Setup(has_second_chat=True))

    with world.work() as uow:
        announce(uow, both, request)
        uow.commit()

    assert orders(world) == {CHAT, SECOND_CHAT}
    kinds = {row.duty.kind for row in world.state.effects.values()}
    assert kinds == {EffectKind.ANNOUNCE}


def test_somebody_who_left_the_directory_is_called_by_their_id() -> None:
    """And the record says why there is no title."""
    stranger = PersonId("eve.adams")

    assert actor_facts(company(), stranger) == {
        "actor_name": "eve.adams",
        "actor_title": "no longer in the directory",
    }
    assert name_of(company(), stranger) == "eve.adams"
    assert name_of(company(), SOFIA) == "Sofia Almeida"


def test_what_a_person_does_names_the_account_that_they_did_it_with(world: World) -> None:
    """And why it is believed to be theirs; what the bot does at once with it has no account."""
    request = ask(world)
    via = Via(CHAT, "U1", Assurance.MANAGED_EMAIL)

    decide(partial(world.work, via=via), Answer(TOM, request, Verdict.APPROVE))

    told = {one.action: one.facts.get("via") for one in entries(world, request)}
    said = {"platform": CHAT, "account": "U1", "assurance": "managed-email"}
    assert told == {
        "request.submitted": None,
        "stage.opened": None,
        "decision.approved": said,
        "request.approved": None,
    }
