"""Conditions in CEL: checked before they count, and no answer rather than a wrong one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from adapters.conditions.cel import LENGTH_MAX, CelConditions
from engine.conditions import FACTS, ConditionFailed, Facts

CEL = CelConditions()

ASKED: Facts = {
    "request.duration": timedelta(hours=9),
    "request.at": datetime(2026, 11, 23, 17, 30, tzinfo=UTC),
    "request.for_another": False,
    "requester.id": "riya.patel",
    "requester.department": "Finance",
    "requester.employment": "",
    "requester.groups": ("accountants", "readers"),
    "requester.cost_centre": "it",
    "requester.on_call": (),
    "holder.id": "riya.patel",
    "holder.department": "Finance",
    "holder.employment": "",
    "holder.groups": (),
    "entitlement.id": "netsuite-gl",
    "entitlement.tier": 2,
    "entitlement.data": ("sox-key",),
    "system.id": "ledger",
    "system.environment": "production",
    "calendar.freeze": "",
    "calendar.business_hours": True,
}

TEN_THOUSAND = ".all(x, ".join(["[1,2,3,4,5,6,7,8,9,0]"] * 5) + ".all(x, true" + ")" * 5


def test_the_sample_has_every_fact() -> None:
    """What is declared is what is asked below."""
    assert ASKED.keys() == FACTS.keys()


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('request.duration > duration("8h")', True),
        ('request.duration > duration("9h")', False),
        ('request.at >= timestamp("2026-11-23T00:00:00Z")', True),
        ('request.at.getHours("Europe/Berlin") == 18', True),
        ("request.for_another", False),
        ('requester.department in ["Finance", "Treasury"]', True),
        ('"readers" in requester.groups', True),
        ('requester.cost_centre == "it"', True),
        ("requester.on_call.size() > 0", False),
        ("entitlement.tier == 1 || entitlement.data.exists(d, d.startsWith('sox'))", True),
        ('system.environment == "production" && calendar.freeze != ""', False),
        ("!calendar.business_hours", False),
    ],
)
def test_a_sound_condition_is_answered(expression: str, *, expected: bool) -> None:
    """Each kind of fact can be asked."""
    assert CEL.problem(expression) == ""
    assert CEL.holds(expression, ASKED) is expected


@pytest.mark.parametrize(
    ("expression", "problem"),
    [
        ("", "Syntax error"),
        ("request.duration >", "Syntax error"),
        ("entitlement.tier = 1", "Syntax error"),
        ("request.durtion > duration('8h')", "undeclared reference to 'request.durtion'"),
        ("entitlement.tier == 'a'", "no matching overload for '_==_' applied to '(int, string)'"),
        ("true &&\n  entitlement.teer == 1", "(in line 2)"),
        ("entitlement.tier", "it gives a INT, and must be true or false"),
        ("__import__('os')", "undeclared reference to '__import__'"),
        ("true || " * 100 + "true", f"{LENGTH_MAX} are the most"),
    ],
)
def test_what_is_not_sound_is_told(expression: str, problem: str) -> None:
    """Whoever writes it learns what is wrong when a company is applied, and never later."""
    assert problem in CEL.problem(expression)


@pytest.mark.parametrize(
    "expression",
    ["1 / 0 == 1", "request.at.getHours('Nowhere/X') == 1", TEN_THOUSAND, "request.durtion == 1"],
)
def test_what_cannot_be_computed_gives_no_answer(expression: str) -> None:
    """Neither yes nor no, whatever the reason; and no endless work."""
    with pytest.raises(ConditionFailed) as failed:
        CEL.holds(expression, ASKED)

    assert "riya" not in str(failed.value)


def test_a_missing_fact_gives_no_answer() -> None:
    """Nothing is ever taken for empty."""
    known = {name: fact for name, fact in ASKED.items() if name != "requester.department"}

    with pytest.raises(ConditionFailed):
        CEL.holds('requester.department == ""', known)


def test_many_threads_ask_at_once() -> None:
    """The web process has several, and they share what is compiled."""
    expressions = [f"entitlement.tier == {n % 3}" for n in range(300)]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda e: CEL.holds(e, ASKED), expressions))

    assert answers == [n % 3 == 2 for n in range(300)]
