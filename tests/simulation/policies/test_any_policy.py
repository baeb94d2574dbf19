"""Whatever the policy says: no access is given that not enough of the right people approved.

Policies, people and delegations are drawn by lot, and drawn anew while requests wait.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.simulation import asked
from tests.simulation.history import Failure, play, shrink
from tests.simulation.mutations.edits import Edit, Mutation, mutated, mutation
from tests.simulation.policies.any_policy import AnyPolicy
from tests.simulation.policies.witness import access_was_decided_by_enough
from tests.simulation.world import World

CHUNK = 250
"""Histories per test: a few seconds, so that several workers share them evenly."""

CHUNKS = 2

BARRED = Edit(
    "excluded | concerned | _barred(company, group, asking)",
    "excluded | _barred(company, group, asking)",
)
OWN = Edit(
    "if actor in {request.requester, request.holder}:\n        raise", "if False:\n        raise"
)
"""Who asks is kept away twice."""

PEOPLE = Edit(
    "return (self.approver,) if self.instead_of is None else (self.approver, self.instead_of)",
    "return (self.approver,)",
)
IN_YOUR_STEAD = Edit("if given.instead_of == actor:", "if False:")
"""And so is whoever was away, when somebody has answered for them."""

DEFECTS = (
    mutation(
        "one approval is always enough",
        Edit("if given < request.stage.quorum:", "if given < 1:"),
        by=access_was_decided_by_enough,
    ),
    mutation(
        "the last stage is left out",
        Edit(
            "if request.stage_number < len(request.stages):",
            "if request.stage_number < len(request.stages) - 1:",
        ),
        by=access_was_decided_by_enough,
    ),
    mutation("who asks decides", BARRED, OWN, by=access_was_decided_by_enough),
    mutation("both of the two count", PEOPLE, IN_YOUR_STEAD, by=access_was_decided_by_enough),
    mutation(
        "whoever stood in goes on when it is over",
        Edit("return self.begins_at <= at < self.over_at", "return self.begins_at <= at"),
        by=access_was_decided_by_enough,
    ),
    mutation(
        "a delegation for one thing is one for all",
        Edit("if one.scope.covers(entitlement) and parts:", "if parts:"),
        by=access_was_decided_by_enough,
    ),
    mutation(
        "whoever asks stands in for who decides",
        Edit("tuple(part for part in away.parts if may_decide(one.delegate, part))", "away.parts"),
        OWN,
        by=access_was_decided_by_enough,
    ),
)


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_no_policy_lets_access_through_that_was_not_decided(chunk: int) -> None:
    """Nor does any break another invariant."""
    for seed in range(chunk * CHUNK, (chunk + 1) * CHUNK):
        try:
            play(seed, kind=AnyPolicy)
        except Failure as failure:
            pytest.fail(str(shrink(failure)), pytrace=False)


@pytest.mark.parametrize("happened", ["three stages", "three people", "in somebody's stead"])
def test_there_is_something_to_be_seen(happened: str) -> None:
    """Access is given after long ways, too, and through those who stand in."""
    assert any(happened in _ways(play(seed, kind=AnyPolicy)) for seed in range(CHUNK))


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_a_defect_is_seen_where_access_is_given(
    defect: Mutation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also by this alone: with nobody who looks at each commit."""
    _ask_nothing_but(access_was_decided_by_enough, monkeypatch)

    with mutated(defect):
        failure = next(filter(None, map(_failure, range(CHUNK * CHUNKS * 4))), None)

    assert failure is not None, f"“{defect.name}” was not found"
    assert isinstance(failure.error, asked.Broken), str(failure)
    assert failure.error.rule == access_was_decided_by_enough.__doc__


def _ask_nothing_but(check: Callable[..., object], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("EACH_COMMIT", "EACH_GIVING", "EACH_TAKING", "EACH_TICK", "ONCE_QUIET"):
        kept = [one for one in getattr(asked, name) if one is check]
        monkeypatch.setattr(asked, name, kept)


def _failure(seed: int) -> Failure | None:
    try:
        play(seed, kind=AnyPolicy)
    except Failure as failure:
        return failure
    return None


def _ways(world: World) -> set[str]:
    ways = set()
    for number in world.state.grants:
        decisions = world.state.decisions.get(number, ())
        if len(world.state.requests[number].stages) == 3:
            ways.add("three stages")
        if len(decisions) >= 3:
            ways.add("three people")
        if any(decision.instead_of for decision in decisions):
            ways.add("in somebody's stead")
    return ways
