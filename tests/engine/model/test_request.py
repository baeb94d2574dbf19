"""A request's moves and its stages."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from engine.errors import IllegalMove
from engine.model.identifiers import ChainId, ConfigVersion, EntitlementId, PersonId, RequestId
from engine.model.request import (
    MOVES,
    Draft,
    Part,
    Request,
    RequestState,
    Stage,
    first_stage_due_at,
)

AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
S = RequestState

ASKED = Request(
    id=RequestId(42),
    state=S.PENDING,
    version=0,
    requester=PersonId("riya.patel"),
    holder=PersonId("ola.berg"),
    entitlement=EntitlementId("netsuite-gl"),
    duration=4 * HOUR,
    reason="Q4 close",
    config_version=ConfigVersion(1),
    stages=(
        Stage(1, "Manager", 1, HOUR, (), ChainId("two"), 0),
        Stage(2, "Owner", 2, 2 * HOUR, (), ChainId("two"), 1),
    ),
    content_hash="3f9a" * 16,
    submitted_at=AT,
    stage_number=1,
    stage_due_at=AT + HOUR,
)


@pytest.mark.parametrize("source", S)
@pytest.mark.parametrize("target", S)
def test_only_a_pending_request_is_settled(source: RequestState, target: RequestState) -> None:
    """Once, in one of four ways; every other pair of states is refused."""
    request = replace(ASKED, state=source)

    if source is S.PENDING and target is not S.PENDING:
        assert request.move(target, at=AT) == replace(request, state=target, settled_at=AT)
    else:
        with pytest.raises(IllegalMove, match=f"a request never moves from {source} to {target}"):
            request.move(target, at=AT)


def test_every_state_has_its_moves() -> None:
    """The table names each state, and all but one are final."""
    assert set(MOVES) == set(S)
    assert [state for state, moves in MOVES.items() if moves] == [S.PENDING]


@pytest.mark.parametrize("state", S)
def test_only_a_pending_request_can_be_decided(state: RequestState) -> None:
    """Whatever was settled stays so."""
    assert replace(ASKED, state=state).is_pending is (state is S.PENDING)


def test_the_next_stage_has_its_own_time() -> None:
    """It counts from when the stage opens, not from the submission."""
    following = ASKED.open_next_stage(at=AT + HOUR)

    assert (ASKED.stage.name, following.stage.name) == ("Manager", "Owner")
    assert following == replace(ASKED, stage_number=2, stage_due_at=AT + 3 * HOUR)


def test_a_settled_request_opens_no_stage() -> None:
    """Asking for it is a defect."""
    with pytest.raises(AssertionError):
        ASKED.move(S.DENIED, at=AT).open_next_stage(at=AT)


def test_the_first_stage_counts_from_the_submission() -> None:
    """A draft has its first stage's time already."""
    draft = Draft(
        requester=ASKED.requester,
        holder=ASKED.holder,
        entitlement=ASKED.entitlement,
        duration=ASKED.duration,
        reason=ASKED.reason,
        config_version=ASKED.config_version,
        stages=ASKED.stages,
        content_hash=ASKED.content_hash,
        submitted_at=AT,
    )

    assert first_stage_due_at(draft) == AT + HOUR


def test_no_stage_is_open_when_nothing_would_be_left() -> None:
    """Its time ends with the last window, where that comes sooner."""
    soon = AT + HOUR / 2
    following = ASKED.open_next_stage(at=AT, decide_by=soon)

    assert following.stage_due_at == soon
    assert ASKED.open_next_stage(at=AT, decide_by=AT + 9 * HOUR).stage_due_at == AT + 2 * HOUR


def test_a_stage_without_parts_is_one_group() -> None:
    """Under its own name, with its own quorum."""
    assert ASKED.stages[1].groups == (Part("Owner", 2),)


def test_an_extension_ends_as_much_later_as_it_asks_for() -> None:
    """Counted from when the access would have ended, whenever it is decided."""
    extension = replace(ASKED, extends=RequestId(7), held_since=AT, held_until=AT + HOUR)

    assert extension.extended_until == AT + 5 * HOUR
    assert ASKED.extended_until is None
