"""It is ordered that access is taken away: its time is over, or somebody said so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from engine.audit.vocabulary import Action
from engine.model.grant import EndCause, GrantState
from engine.model.identifiers import PersonId, RequestId
from engine.model.request import Verdict
from engine.ports import EffectKind
from engine.workflow.granting.attempt import Boundary
from engine.workflow.granting.end import expire_due, give_back, revoke
from tests.engine.acts import (
    actions,
    answer,
    approved,
    ask,
    configure,
    given,
    grant,
    refusal,
    settle,
    work_on,
)
from tests.engine.workflow.closely import duty_row, facts, has_it, told, work_until
from tests.simulation.company import (
    BEN,
    CLOSE,
    HOUR,
    LI,
    MARA,
    OLA,
    REPORTS,
    RIYA,
    SOFIA,
    TOM,
    USUAL,
    Setup,
)
from tests.simulation.memory.outbox import RowState
from tests.simulation.world import World

MINUTE = timedelta(minutes=1)
MICROSECOND = timedelta(microseconds=1)
WHY = "not needed any more"

# ── its time is over ────────────────────────────────────────────────────────────────────────────


def test_nothing_expires_before_its_time(world: World) -> None:
    """Whoever was given an hour has an hour."""
    request = given(world)
    world.advance(HOUR - MICROSECOND)

    assert expire_due(world.work) == 0
    assert grant(world, request).state is GrantState.ACTIVE


def test_a_grant_expires_at_its_time(world: World) -> None:
    """The duty to take it away is in the same commit as the order."""
    request = given(world)
    world.advance(HOUR)

    assert expire_due(world.work) == 1

    mine = grant(world, request)
    assert (mine.state, mine.cause) == (GrantState.DEPROVISIONING, EndCause.EXPIRED)
    assert duty_row(world, EffectKind.DEPROVISION).state is RowState.READY
    assert duty_row(world, EffectKind.DEPROVISION).duty.exclusive == mine.exclusive
    assert told(world, request, Action.GRANT_EXPIRED) == (
        "The time is over; the access is being taken away."
    )
    assert facts(world, request, Action.GRANT_EXPIRED)["cause"] == EndCause.EXPIRED


def test_a_late_clock_does_not_move_the_end(world: World) -> None:
    """Access should have gone at its end, whenever that was noticed."""
    request = given(world)
    world.advance(3 * HOUR)

    expire_due(world.work)

    assert grant(world, request).end_ordered_at == grant(world, request).ends_at


def test_a_grant_expires_once(world: World) -> None:
    """However many clocks there are."""
    request = given(world)
    world.advance(HOUR)
    expire_due(world.work)

    assert expire_due(world.work) == 0
    assert actions(world, request).count(Action.GRANT_EXPIRED) == 1


def test_a_batch_is_limited_and_the_longest_due_comes_first(world: World) -> None:
    """The rest comes with the next batch."""
    first = given(world, RIYA, REPORTS)
    world.advance(MINUTE)
    second = given(world, OLA, REPORTS)
    world.advance(HOUR)

    assert expire_due(world.work, limit=1) == 1

    assert grant(world, first).state is GrantState.DEPROVISIONING
    assert grant(world, second).state is GrantState.ACTIVE
    assert expire_due(world.work, limit=1) == 1
    assert expire_due(world.work, limit=1) == 0


# ── somebody else says so ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("actor", "setup"),
    [
        (MARA, USUAL),
        (MARA, Setup(is_ben_owner=True)),
        (BEN, Setup(is_ben_owner=True)),
        (TOM, USUAL),
        (LI, USUAL),
    ],
    ids=["owner", "owner of the entitlement", "owner of the system", "compliance", "admin"],
)
def test_owners_compliance_and_admins_may_revoke(
    world: World, actor: PersonId, setup: Setup
) -> None:
    """The access is taken away at once."""
    configure(world, setup)
    request = given(world)

    ended = revoke(world.work, actor, request, WHY)

    assert ended == grant(world, request)
    assert (ended.state, ended.cause) == (GrantState.DEPROVISIONING, EndCause.REVOKED)
    assert ended.end_ordered_at == world.now
    settle(world)
    assert grant(world, request).state is GrantState.ENDED
    assert not has_it(world, request)


@pytest.mark.parametrize("actor", [RIYA, OLA, BEN, SOFIA, PersonId("nobody")])
def test_nobody_else_may_revoke(world: World, actor: PersonId) -> None:
    """Neither the holder, who gives it back, nor a colleague, nor who approved it."""
    request = given(world)

    refused = refusal(lambda: revoke(world.work, actor, request, WHY))

    assert refused.code == "grant.revoke_not_allowed"
    assert refused.recorded
    assert grant(world, request).state is GrantState.ACTIVE


def test_an_owner_who_left_may_not_revoke(world: World) -> None:
    """Being named in the files is not enough."""
    request = given(world)
    configure(world, Setup(gone=frozenset({MARA})))

    refused = refusal(lambda: revoke(world.work, MARA, request, WHY))

    assert refused.code == "grant.revoke_not_allowed"


def test_what_is_not_in_the_catalog_any_more_can_be_revoked(world: World) -> None:
    """By compliance and admins; nobody is known as its owner now."""
    request = given(world)
    configure(world, Setup(removed=frozenset({CLOSE})))

    assert refusal(lambda: revoke(world.work, MARA, request, WHY)).code == (
        "grant.revoke_not_allowed"
    )
    assert revoke(world.work, TOM, request, WHY).state is GrantState.DEPROVISIONING
    settle(world)
    assert not has_it(world, request)


def test_who_revoked_and_why_is_said(world: World) -> None:
    """In the thread and to the holder; the reason without outer space."""
    request = given(world)

    revoke(world.work, TOM, request, f"  {WHY}\n")

    assert told(world, request, Action.GRANT_REVOKED) == (
        f"Tom Reyes, Head of Compliance, ended the access early: “{WHY}”"
    )
    assert facts(world, request, Action.GRANT_REVOKED)["cause"] == EndCause.REVOKED


@pytest.mark.parametrize("length", [10, 1000])
def test_a_reason_within_its_limits_is_enough(world: World, length: int) -> None:
    """From ten characters to a thousand."""
    request = given(world)

    revoke(world.work, TOM, request, "x" * length)

    assert facts(world, request, Action.GRANT_REVOKED)["revoke_reason"] == "x" * length


@pytest.mark.parametrize("reason", ["", "x" * 9, " " * 20, "x" * 1001])
def test_a_reason_that_says_nothing_or_too_much_is_refused(world: World, reason: str) -> None:
    """Nothing is ended."""
    request = given(world)

    refused = refusal(lambda: revoke(world.work, TOM, request, reason))

    assert refused.code == "reason.length"
    assert f"you wrote {len(reason.strip())}." in refused.sentence
    assert grant(world, request).state is GrantState.ACTIVE


def test_who_may_not_is_told_that_and_nothing_else(world: World) -> None:
    """Neither whether the access is gone already, nor what is wrong with the words."""
    request = given(world)
    revoke(world.work, TOM, request, WHY)

    assert refusal(lambda: revoke(world.work, OLA, request, "")).code == "grant.revoke_not_allowed"


@pytest.mark.parametrize("boundary", [Boundary.STARTED, Boundary.NOTED, Boundary.READ_BACK])
def test_access_that_is_being_given_can_be_revoked(world: World, boundary: Boundary) -> None:
    """The order stands at once; the target follows when the worker is through."""
    request = approved(world)
    work_until(world, EffectKind.PROVISION, boundary)

    ended = revoke(world.work, TOM, request, WHY)

    assert (ended.state, ended.cause) == (GrantState.DEPROVISIONING, EndCause.REVOKED)
    assert ended.starts_at is None


# ── the holder gives it back ────────────────────────────────────────────────────────────────────


def test_the_holder_gives_access_back(world: World) -> None:
    """No reason is needed, and it is gone at once."""
    request = given(world)
    world.advance(MINUTE)

    ended = give_back(world.work, RIYA, request)

    assert ended == grant(world, request)
    assert (ended.state, ended.cause) == (GrantState.DEPROVISIONING, EndCause.RETURNED)
    assert ended.end_ordered_at == world.now
    assert told(world, request, Action.GRANT_RETURNED) == "Riya Patel gave the access back early."
    settle(world)
    assert grant(world, request).cause is EndCause.RETURNED
    assert not has_it(world, request)


@pytest.mark.parametrize("actor", [BEN, OLA, MARA, TOM, LI, SOFIA])
def test_nobody_else_gives_it_back(world: World, actor: PersonId) -> None:
    """Not even who asked for it on the holder's behalf: taking it from others is `revoke`."""
    request = ask(world, BEN, holder=RIYA)
    answer(world, SOFIA, request)
    settle(world)

    refused = refusal(lambda: give_back(world.work, actor, request))

    assert refused.code == "grant.not_yours"
    assert refused.recorded
    assert grant(world, request).state is GrantState.ACTIVE


def test_access_that_is_being_given_can_be_given_back(world: World) -> None:
    """Nobody has to wait until it is there."""
    request = approved(world)

    assert give_back(world.work, RIYA, request).state is GrantState.DEPROVISIONING


# ── there is nothing to end ─────────────────────────────────────────────────────────────────────

END = pytest.mark.parametrize(
    "end",
    [
        lambda world, request: revoke(world.work, TOM, request, WHY),
        lambda world, request: give_back(world.work, RIYA, request),
    ],
    ids=["revoke", "return"],
)
End = Callable[[World, RequestId], object]


@END
def test_what_is_ending_is_not_ended_again(world: World, end: End) -> None:
    """The first order stands, with its cause and its entry."""
    request = given(world)
    world.advance(HOUR)
    expire_due(world.work)

    assert refusal(lambda: end(world, request)).code == "grant.ending"
    assert grant(world, request).cause is EndCause.EXPIRED
    assert actions(world, request)[-1] == Action.GRANT_EXPIRED


@END
def test_what_has_ended_is_not_ended_again(world: World, end: End) -> None:
    """Gone is gone."""
    request = given(world)
    end(world, request)
    settle(world)

    assert refusal(lambda: end(world, request)).code == "grant.ending"
    assert grant(world, request).state is GrantState.ENDED


@END
@pytest.mark.parametrize("is_denied", [False, True])
def test_what_was_never_given_is_not_ended(world: World, end: End, is_denied: bool) -> None:
    """A pending request is taken back or denied instead; a settled one is over."""
    request = ask(world)
    if is_denied:
        answer(world, SOFIA, request, verdict=Verdict.DENY, reason="not this week")

    refused = refusal(lambda: end(world, request))

    assert refused.code == "grant.none"
    assert ("cancel or deny it" in refused.sentence) is not is_denied


@END
def test_what_was_never_asked_for_is_not_ended(world: World, end: End) -> None:
    """The number is wrong."""
    assert refusal(lambda: end(world, RequestId(4711))).code == "request.unknown"


def test_revoked_again_is_taken_once(world: World) -> None:
    """Two people press at once: the second hears that it is ending already."""
    request = given(world)
    revoke(world.work, TOM, request, WHY)

    assert refusal(lambda: revoke(world.work, MARA, request, WHY)).code == "grant.ending"
    work_on(world, EffectKind.DEPROVISION)
    assert actions(world, request).count(Action.GRANT_REVOKED) == 1
    assert actions(world, request).count(Action.GRANT_ENDED) == 1


def test_what_ends_is_known_by_its_number() -> None:
    """Ending one of two grants of the same person leaves the other."""
    world = World()
    one, other = given(world, RIYA, CLOSE), given(world, RIYA, REPORTS)

    give_back(world.work, RIYA, one)
    settle(world)

    assert grant(world, other).state is GrantState.ACTIVE
    assert has_it(world, other)
