"""Which steps an asking takes, and why."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest

from engine.conditions import FACTS, ConditionFailed, FactKind, Facts, NoConditions
from engine.model.calendar import Calendar, Hours, Rotation, Schedule
from engine.model.company import Chain, Company, Condition, Entitlement, Route
from engine.model.identifiers import ChainId, PersonId, ScheduleId
from engine.policy.approvers import Asking
from engine.policy.facts import facts_of
from engine.policy.plan import NoPlan, plan
from tests.simulation.company import GL, HOUR, LI, RIYA, Setup, company

AT = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)

LONG = Condition("long", "it is for long")
FROZEN = Condition("frozen", "the books are being closed")


@dataclass
class Known:
    """Answers conditions by what a test says of them; of others it knows nothing."""

    answers: dict[str, bool] = field(default_factory=dict)

    def problem(self, expression: str) -> str:
        """Find nothing wrong."""
        return ""

    def holds(self, expression: str, facts: Facts) -> bool:
        """Give the answer that was told."""
        if expression not in self.answers:
            raise ConditionFailed("it cannot be computed")
        return self.answers[expression]


def policy(*conditions: Condition | None, routes: tuple[Route, ...] = ()) -> Company:
    """Give a company where GL's three stages have these conditions."""
    known = company(Setup())
    three = known.chain[ChainId("three")]
    stages = tuple(
        replace(stage, when=when) for stage, when in zip(three.stages, conditions, strict=True)
    )
    chains = (Chain(three.id, stages), *(c for c in known.chains if c.id != three.id))
    asked = replace(known.entitlement[GL], routes=routes)
    others = (e for e in known.entitlements if e.id != GL)
    return replace(known, chains=chains, entitlements=(asked, *others))


def gl(known: Company) -> Entitlement:
    """Give what is asked for."""
    return known.entitlement[GL]


def test_without_conditions_every_stage_counts() -> None:
    """And nothing has to be explained."""
    known = policy(None, None, None)

    made = plan(known, gl(known), Known(), {})

    assert [step.place for step in made.taken] == [0, 1, 2]
    assert {step.why for step in made.steps} == {""}
    assert made.chain == "three"


def test_a_stage_counts_where_its_condition_holds() -> None:
    """Of each it is said why it is there, or when it would be."""
    known = policy(None, LONG, FROZEN)

    made = plan(known, gl(known), Known({"long": True, "frozen": False}), {})

    assert [step.place for step in made.taken] == [0, 1]
    assert [step.why for step in made.steps] == [
        "",
        "because it is for long",
        "only where the books are being closed",
    ]


@pytest.mark.parametrize("answers", [{}, {"long": False}])
def test_a_condition_without_an_answer_stops_it(answers: dict[str, bool]) -> None:
    """A stage that may be needed is never left out."""
    known = policy(None, LONG, FROZEN)

    with pytest.raises(NoPlan, match="gave no answer: it cannot be computed"):
        plan(known, gl(known), Known(answers), {})


def test_where_no_stage_is_left_nobody_decides() -> None:
    """That is not an approval."""
    known = policy(LONG, LONG, LONG)

    with pytest.raises(NoPlan, match="no stage of the chain three counts"):
        plan(known, gl(known), Known({"long": False}), {})


@pytest.mark.parametrize(
    ("answers", "chain", "why"),
    [
        ({"frozen": True}, "two-of", "because the books are being closed"),
        ({"frozen": False, "long": True}, "one", "because it is for long"),
        ({"frozen": False, "long": False}, "three", ""),
    ],
)
def test_the_first_route_whose_condition_holds_is_taken(
    answers: dict[str, bool], chain: str, why: str
) -> None:
    """Later ones are not even asked."""
    known = policy(
        None,
        None,
        None,
        routes=(Route(FROZEN, ChainId("two-of")), Route(LONG, ChainId("one"))),
    )

    made = plan(known, gl(known), Known(answers), {})

    assert (made.chain, made.why) == (chain, why)


# ── facts ───────────────────────────────────────────────────────────────────────────────────────

_KINDS: dict[FactKind, type] = {
    FactKind.TEXT: str,
    FactKind.TEXTS: tuple,
    FactKind.NUMBER: int,
    FactKind.TRUTH: bool,
    FactKind.LENGTH: type(HOUR),
    FactKind.INSTANT: datetime,
}


def facts(known: Company, *, requester: PersonId = RIYA, holder: PersonId = RIYA) -> Facts:
    """Give what is known of somebody's asking for GL."""
    return facts_of(known, Asking(requester, holder, gl(known), at=AT), duration=HOUR, at=AT)


def test_every_fact_that_is_declared_is_known_and_of_its_kind() -> None:
    """A condition that was sound when it was applied finds what it asks for."""
    known = facts(company(Setup()))

    assert known.keys() == FACTS.keys()
    assert all(type(known[name]) is _KINDS[fact.kind] for name, fact in FACTS.items())
    assert all(fact.meaning for fact in FACTS.values())


def test_requester_and_holder_are_told_apart() -> None:
    """A rule about one of them is none about the other."""
    known = facts(company(Setup()), requester=LI)

    assert known["request.for_another"] is True
    assert (known["requester.department"], known["holder.department"]) == ("Engineering", "Finance")
    assert (known["requester.groups"], known["holder.groups"]) == ((), ("accountants",))


def test_facts_of_the_day_are_the_calendars() -> None:
    """Freeze, hours and who is on call."""
    turns = Schedule(ScheduleId("gl"), "GL", rotation=Rotation((RIYA,), AT, 24 * HOUR))
    hours = Hours((1,), AT.time().replace(hour=9), AT.time().replace(hour=17))
    calendar = Calendar(hours=hours, schedules={turns.id: turns})

    known = facts(replace(company(Setup()), calendar=calendar))

    assert known["calendar.freeze"] == ""
    assert known["calendar.business_hours"] is False
    assert known["requester.on_call"] == ("gl",)


def test_without_a_language_nothing_is_answered() -> None:
    """A process that was put together wrongly lets nothing through, and takes nothing in."""
    assert NoConditions().problem("true")
    with pytest.raises(ConditionFailed):
        NoConditions().holds("true", {})
