"""Mirrors adapters/company/read.py: a whole company, sound or with everything wrong at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.company.problems import CompanyProblems
from adapters.company.read import read_company
from engine.model.company import Company, Entitlement, Role, Selector, SelectorKind
from engine.model.identifiers import EntitlementId, PersonId, PlatformName, SystemId
from engine.policy.approvers import Asking, Resolved, resolved, undecidable_stage
from engine.policy.people import holders_of, may_request
from tests.adapters.company.conftest import ACME, KNOWN


def test_the_example_company_is_read_whole() -> None:
    """Acme has 25 people, 5 systems and 12 entitlements, as the README says."""
    company = read_company(ACME, KNOWN)

    assert (len(company.people), len(company.systems), len(company.entitlements)) == (25, 5, 12)
    assert company.name == "Acme Corporation"
    assert company.audit_channels == {"playground": "#access-audit"}
    assert company.admin_channels == {"playground": "#jit-admin"}


def test_everybody_of_the_example_is_in_the_playground() -> None:
    """Each person can be chosen there, under their own id."""
    company = read_company(ACME, KNOWN)

    named = [company.person_on(PlatformName("playground"), p.id) for p in company.people]

    assert named == list(company.people)


@pytest.mark.parametrize(("written", "days"), [("14d", 14), ("31d", 31), ("", 31)])
def test_the_longest_delegation_is_read(folder: Path, written: str, days: int) -> None:
    """A company that says nothing of it has the length of a long holiday."""
    path = folder / "company.yaml"
    text = path.read_text(encoding="utf-8")
    line = f"  delegation: {written}" if written else ""
    path.write_text(text.replace("  delegation: 31d", line, 1), encoding="utf-8")

    assert read_company(folder, KNOWN).delegation_max == timedelta(days=days)


def test_an_entitlement_is_read_with_all_its_policy() -> None:
    """What is written arrives, each thing in its place."""
    company = read_company(ACME, KNOWN)

    found = company.entitlement[EntitlementId("payments-db")]

    assert (found.resource, found.permission, found.tier) == ("ledger", "payments_rw", 1)
    assert found.duration_min == timedelta(minutes=1)
    assert found.duration_default == timedelta(hours=1)
    assert found.duration_max == timedelta(hours=4)
    assert found.requestable_by == (
        Selector(SelectorKind.DEPARTMENT, "Engineering"),
        Selector(SelectorKind.PERSON, "li.wei"),
    )
    assert found.functions == ("payment-data-write",)
    assert (found.reason_pattern, found.reason_example) == (
        r"\bPAY-[1-9][0-9]{0,6}\b",
        "PAY-1234",
    )


def test_the_accountant_of_the_story_needs_three_approvers() -> None:
    """GL posting goes from a finance manager to the system's owner to the CFO or compliance."""
    company = read_company(ACME, KNOWN)
    riya = PersonId("riya.patel")
    posting = company.entitlement[EntitlementId("netsuite-gl")]

    asked = [[a.person for a in found.people] for found in _stages(company, riya, posting)]

    assert asked == [
        ["ben.okafor", "marta.kowalska"],
        ["aisha.farouk"],
        ["helen.moreau", "ingrid.solberg"],
    ]
    assert company.account_of(company.person[riya], SystemId("ledger")) == "riya_patel"


def test_everybody_but_the_head_of_all_can_be_approved() -> None:
    """In the example only the CEO, who has no manager, may request something in vain."""
    company = read_company(ACME, KNOWN)

    stuck = {
        (person.id, entitlement.id)
        for entitlement in company.entitlements
        for person in company.people
        if may_request(company, person, entitlement) and _stuck(company, person.id, entitlement)
    }

    assert stuck == {("grace.lindqvist", "netsuite-reports")}


def test_whoever_writes_the_policy_does_not_decide_by_it() -> None:
    """No admin of the example is an approver."""
    company = read_company(ACME, KNOWN)

    both = set(holders_of(company, Role.ADMIN)) & set(holders_of(company, Role.APPROVER))

    assert both == set()


def test_every_problem_is_told_at_once(folder: Path, problems: Callable[[], list[str]]) -> None:
    """One mistake hides no other, in whatever file; they come in the order of the lines."""
    for file, old, new in (
        ("people.yaml", "manager: james.whitaker", "manager: james.whitacker"),
        ("people.yaml", "zone: Europe/Oslo", "zone: Europe/Olso"),
        ("systems.yaml", "connector: sandbox", "connector: sandbx"),
        ("entitlements.yaml", "tier: 2", "teir: 2"),
        ("entitlements.yaml", "max: 5d", "max: 4h"),
        ("sod.yaml", "[vendor-master, bill-entry]", "[vendor-master]"),
    ):
        path = folder / file
        path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")

    found = problems()

    assert [problem.split(" ", 1)[0].split(":")[0] for problem in found] == [
        "entitlements.yaml",
        "entitlements.yaml",
        "entitlements.yaml",
        "people.yaml",
        "people.yaml",
        "sod.yaml",
        "systems.yaml",
    ]
    assert any("did you mean `tier`?" in problem for problem in found)
    assert any("`tier` is missing" in problem for problem in found)
    assert any("did you mean `james.whitaker`?" in problem for problem in found)
    assert any("did you mean `Europe/Oslo`" in problem for problem in found)
    assert any("did you mean `sandbox`?" in problem for problem in found)


def test_a_folder_that_does_not_exist_is_one_problem_among_missing_things(tmp_path: Path) -> None:
    """A wrong path is said to be one."""
    with pytest.raises(CompanyProblems) as caught:
        read_company(tmp_path / "nowhere", KNOWN)

    assert f"{tmp_path / 'nowhere'}:1: this folder does not exist." in str(caught.value)


def _stuck(company: Company, person: PersonId, entitlement: Entitlement) -> bool:
    return undecidable_stage(_stages(company, person, entitlement)) is not None


def _stages(company: Company, person: PersonId, entitlement: Entitlement) -> list[Resolved]:
    asking = Asking(person, person, entitlement, at=None)
    stages = company.chain[entitlement.chain].stages
    return [resolved(company, stage, asking) for stage in stages]
