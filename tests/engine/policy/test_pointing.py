"""Mirrors engine/policy/approvers.py: whom the policy points at by a relation or the calendar."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from engine.model.calendar import Calendar, Rotation, Schedule, Shift
from engine.model.company import Company, CostCentre, PartRule, StageRule
from engine.model.identifiers import CostCentreId, PersonId, ScheduleId
from engine.model.rules.selector import Selector, SelectorKind
from engine.policy.approvers import Asking, approvers, pointed_at, resolved, why_few
from tests.simulation.company import BEN, GL, HOUR, LI, MARA, OLA, RIYA, SOFIA, TOM, company

AT = datetime(2026, 11, 23, 10, tzinfo=UTC)
DAY = timedelta(days=1)
DUTY = ScheduleId("duty")
CENTRE = CostCentreId("fin-100")
ON_CALL = Selector(SelectorKind.ON_CALL, DUTY)
OWNER = Selector(SelectorKind.COST_CENTRE_OWNER)


def known(schedule: Schedule | None = None) -> Company:
    """Give a company where Riya's costs are Sofia's, and somebody may be on call."""
    usual = company()
    people = tuple(
        replace(one, cost_centre=CENTRE) if one.id == RIYA else one for one in usual.people
    )
    calendar = Calendar(schedules={DUTY: schedule} if schedule else {})
    centres = (CostCentre(CENTRE, "Finance", SOFIA),)
    return replace(usual, people=people, cost_centres=centres, calendar=calendar)


def asking(of: Company, requester: PersonId = RIYA, at: datetime | None = AT) -> Asking:
    """Ask for something at that time."""
    return Asking(requester, requester, of.entitlement[GL], at=at)


@pytest.mark.parametrize(
    ("requester", "selector", "found", "basis"),
    [
        (RIYA, Selector(SelectorKind.MANAGER), (BEN,), "manager of Riya Patel"),
        (RIYA, Selector(SelectorKind.MANAGER, "2"), (MARA,), "manager of Riya Patel, 2 levels up"),
        (RIYA, Selector(SelectorKind.MANAGER, "3"), (), "manager of Riya Patel, 3 levels up"),
        (RIYA, OWNER, (SOFIA,), "owner of the cost centre Finance"),
        (OLA, OWNER, (), "owner of a cost centre of Ola Berg"),
        (PersonId("who.left"), OWNER, (), "owner of a cost centre of who.left"),
        (RIYA, ON_CALL, (), "on call by duty"),
    ],
)
def test_whom_a_relation_points_at(
    requester: PersonId, selector: Selector, found: tuple[PersonId, ...], basis: str
) -> None:
    """And why, in words; nobody where there is nobody."""
    of = known()

    assert pointed_at(of, selector, asking(of, requester)) == (found, basis)


def test_whoever_is_on_call_is_so_at_an_instant() -> None:
    """A shift comes before the rotation; without an instant, whoever is ever on call counts."""
    shift = Shift(LI, AT, AT + HOUR)
    of = known(Schedule(DUTY, "Duty", (shift,), Rotation((BEN, TOM), AT - DAY, DAY)))

    def on_call(at: datetime | None) -> tuple[PersonId, ...]:
        return pointed_at(of, ON_CALL, asking(of, at=at))[0]

    assert on_call(AT) == (LI,)
    assert on_call(AT + HOUR) == (TOM,)
    assert on_call(AT - HOUR) == (BEN,)
    assert on_call(AT - 2 * DAY) == ()
    assert on_call(None) == (LI, BEN, TOM)


def test_turns_follow_the_clock_on_the_wall() -> None:
    """Who takes over at nine does so at nine, in winter as in summer."""
    begin = datetime(2026, 10, 23, 7, tzinfo=UTC)  # nine in Berlin's summer
    of = known(Schedule(DUTY, "Duty", (), Rotation((BEN, TOM), begin, DAY), "Europe/Berlin"))
    winter = datetime(2026, 10, 26, 7, 30, tzinfo=UTC)  # half past eight there

    assert pointed_at(of, ON_CALL, asking(of, at=winter))[0] == (BEN,)
    assert pointed_at(of, ON_CALL, asking(of, at=winter + HOUR))[0] == (TOM,)


def test_nobody_below_the_requester_decides() -> None:
    """However far down; beside or above them somebody may."""
    of = company()
    rule = StageRule("Anybody", (Selector(SelectorKind.EVERYONE),), 1, HOUR)
    asked = approvers(of, rule, asking(of, MARA), excluded=frozenset())

    assert {one.person for one in asked} == {SOFIA, TOM}


def test_each_part_has_its_own_people_and_exceptions() -> None:
    """Who is pointed at twice may decide either, and why is said for both."""
    of = company()
    leads = Selector(SelectorKind.GROUP, "controllers")
    tom, mara = (Selector(SelectorKind.PERSON, one) for one in (TOM, MARA))
    parts = (PartRule("Finance", (leads, mara), 0, (tom,)), PartRule("Risk", (tom, leads)))
    rule = StageRule("Both", (), 0, HOUR, parts=parts)

    found = resolved(of, rule, asking(of))

    assert found.quorums == (3, 1)
    assert {one.person: one.parts for one in found.people} == {
        BEN: (1, 2),
        SOFIA: (1, 2),
        MARA: (1,),
        TOM: (2,),
    }


def test_why_too_few_can_decide_is_said() -> None:
    """Whom it points at to no avail comes first."""
    of = known(Schedule(DUTY, "Duty"))
    group = PartRule("Any", (ON_CALL, OWNER))

    assert why_few(of, group, asking(of, OLA)) == (
        "nobody is on call by Duty now and nobody is owner of a cost centre of Ola Berg"
    )
    assert why_few(of, replace(group, approvers=()), asking(of)).startswith("too few people")
