"""The rules of emergencies in a company's files: read, checked, and told when they change."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.company.difference import difference
from adapters.company.read import read_company
from engine.model.company import Selector, SelectorKind
from engine.model.identifiers import EntitlementId
from tests.adapters.company.conftest import ACME, ALL, KNOWN, Broken


def test_the_example_lets_the_payment_database_be_broken_open() -> None:
    """And nothing else."""
    acme = read_company(ACME, KNOWN)
    rule = acme.breakglass[0]

    broken = [entitlement.id for entitlement in acme.entitlements if entitlement.breakglass]

    assert broken == [EntitlementId("payments-db")]
    assert (rule.duration_max, rule.open_max) == (timedelta(hours=1), 1)
    assert rule.by == (Selector(SelectorKind.GROUP, "incident-responders"),)


def test_without_the_file_nobody_breaks_any_glass(broken: Broken) -> None:
    """It may be missing, where nothing names one of its rules."""
    [found] = broken("breakglass.yaml", ALL, "")

    assert "`production-incident` is not among the breakglass" in found
    assert broken("entitlements.yaml", "    breakglass: production-incident\n", "") == []


@pytest.mark.parametrize(
    "case",
    [
        ("max: 1h", "max: 59m", ""),
        ("chain: production-afterwards", "chain: manager-only", ""),
        ("max: 1h", "max: 25h", "1d1h is not a sensible time for an emergency; 5s to 1d"),
        ("max: 1h", "max: 5h", "for 5h, which is longer than what can be asked for, 4h."),
        ("within: 3d", "within: 31d", "31d is not a sensible time to look at it; 1m to 30d."),
        ("example: INC-4711", "example: PAY-1", "the example `PAY-1` does not fit the pattern."),
        ("chain: production-afterwards", "chain: after", "`after` is not among the chains"),
        ("example: INC-4711", "example: INC-4711\n    open_max: 0", "open_max"),
        ("within: 3d", "within: 3d\n      remind: 1d", "`remind` is not known here"),
        ("[group:incident-responders]", "[manager]", "`manager` depends on a request"),
        ("[group:incident-responders]", "[group:responders]", "`responders` is not among the"),
        ("person:daniel.cho", "person:daniel.chow", "`daniel.chow` is not among the people"),
        ("group:compliance-team", "group:compliance", "`compliance` is not among the groups"),
    ],
)
def test_a_mistake_is_told(case: tuple[str, str, str], broken: Broken) -> None:
    """Where it stands and what would be right; nothing, where it is none."""
    old, new, expected = case

    found = broken("breakglass.yaml", old, new)

    assert any(expected in problem for problem in found) if expected else found == []


def test_somebody_else_must_be_able_to_decide_and_to_close(broken: Broken) -> None:
    """A rule that only lets people through whom nobody could judge is refused."""
    found = broken("breakglass.yaml", "[group:incident-responders]", "[person:grace.lindqvist]")
    found += broken("breakglass.yaml", "production-afterwards", "manager-only")
    closed = broken("breakglass.yaml", "[system-owner, group:compliance-team]", "[person:li.wei]")
    closed += broken("breakglass.yaml", "[person:grace.lindqvist]", "[person:li.wei]")

    assert any("no request for this could ever be approved" in problem for problem in found)
    assert any("nobody active but who broke the glass" in problem for problem in closed)


def test_nobody_left_who_may_is_told(broken: Broken) -> None:
    """A rule for people who are gone is a mistake, not a comfort."""
    group = "people: [emily.clarke, arjun.mehta, li.wei]"
    broken("people.yaml", group, "people: [hannah.schmidt]")
    found = broken(
        "people.yaml",
        "title: HR Business Partner",
        "title: HR Business Partner\n    active: false",
    )

    assert any("nobody active may break the glass" in problem for problem in found)


def test_what_changes_is_said_in_words() -> None:
    """An admin reads who may do what in an emergency, before and after."""
    acme = read_company(ACME, KNOWN)
    rule = replace(acme.breakglass[0], duration_max=timedelta(minutes=30), open_max=2)
    new = replace(acme, breakglass=(rule,))

    assert difference(acme, new) == [
        "Break-glass production-incident: longest duration changes from 1h to 30m.",
        "Break-glass production-incident: break-glass not closed, at most changes from `1` to `2`.",
    ]
    assert difference(acme, replace(acme, breakglass=())) == [
        "Break-glass production-incident is removed."
    ]
