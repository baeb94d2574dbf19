"""What would stand in the way of an asking."""

from __future__ import annotations

from datetime import UTC, datetime

from engine.conditions import NoConditions
from engine.model.company import Company
from engine.model.identifiers import PersonId
from engine.policy.approvers import Asking
from engine.policy.explain import Explained, explain
from tests.engine.policy.test_plan import LONG, Known, policy
from tests.simulation.company import GL, HOUR, LI, OLA, RIYA, TOM, Setup, company

AT = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)


def told(
    known: Company, who: PersonId = RIYA, *, holder: PersonId = RIYA, **answers: bool
) -> Explained:
    """Explain an hour of GL."""
    asking = Asking(who, holder, known.entitlement[GL], at=AT)
    return explain(known, Known(answers), asking, duration=HOUR, at=AT)


def test_every_step_is_there_with_its_people() -> None:
    """Nobody is named for a step that is not taken."""
    known = policy(None, LONG, None)

    taken, left_out = told(known, long=True), told(known, long=False)

    assert [stage is not None for _, stage in taken.asked] == [True, True, True]
    assert [stage is not None for _, stage in left_out.asked] == [True, False, True]
    assert taken.obstacles == left_out.obstacles == ()


def test_a_stage_that_cannot_be_decided_is_named() -> None:
    """Where requester and earlier approvers are left out."""
    found = told(company(Setup()), TOM, holder=TOM).obstacles

    assert [one for one in found if one.startswith("The stage “Compliance” could not be decided")]


def test_every_obstacle_is_told() -> None:
    """Who left, who may not, and what is too long, at once."""
    gone = company(Setup(gone=frozenset({OLA})))
    asking = Asking(OLA, LI, gone.entitlement[GL], at=AT)

    found = explain(gone, NoConditions(), asking, duration=9 * HOUR, at=AT).obstacles

    assert [one.split(" ", 2)[:2] for one in found] == [
        ["Ola", "Berg"],
        ["NETSUITE", "GL"],
        ["9", "hours"],
    ]


def test_without_an_answer_nobody_would_be_asked() -> None:
    """A condition that fails stands in the way of the whole, and is named."""
    found = told(policy(None, LONG, None))

    assert found.plan is None
    assert found.asked == ()
    assert found.obstacles == (
        (
            "Nobody could be asked, because the condition “it is for long” gave no answer: "
            "it cannot be computed."
        ),
    )
