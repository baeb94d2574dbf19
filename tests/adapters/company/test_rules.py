"""Mirrors adapters/company/rules.py and decidable.py: what contradicts itself is refused."""

from __future__ import annotations

import pytest

from tests.adapters.company.conftest import Broken


@pytest.mark.parametrize(
    "case",
    [
        (
            "people.yaml",
            "title: Chief Executive Officer",
            "title: Chief Executive Officer\n    manager: helen.moreau",
            (
                "managers go in a circle: `grace.lindqvist` reports to `helen.moreau` reports to "
                "`grace.lindqvist`."
            ),
        ),
        (
            "people.yaml",
            "platforms: {playground: liam.murphy}",
            "platforms: {playground: riya.patel}",
            "`riya.patel` on playground already belongs to `riya.patel`.",
        ),
        (
            "people.yaml",
            "platforms: {playground: liam.murphy}",
            "accounts: {ledger: riya_patel}",
            "the login `riya_patel` in ledger already belongs to `riya.patel`.",
        ),
        (
            "people.yaml",
            "people: [ben.okafor, marta.kowalska]",
            "people: [ben.okafor, ben.okafor]",
            "`ben.okafor` is listed 2 times; once is enough.",
        ),
        (
            "entitlements.yaml",
            "limits: {requests: {times: 3, within: 1d}",
            "limits: {requests: {times: 3, within: 30s}",
            "requests are counted over 1m to 366d, not over 30s.",
        ),
        (
            "entitlements.yaml",
            "holders: 2, after_denial: 4h",
            "holders: 2, after_denial: 91d",
            "after a denial, people wait 1m to 90d, not 91d.",
        ),
        (
            "entitlements.yaml",
            "duration: {min: 1m, default: 4h, max: 8h}",
            "duration: {min: 4s, default: 4h, max: 8h}",
            "4s is too short; 5s or more.",
        ),
        (
            "entitlements.yaml",
            "duration: {min: 1m, default: 4h, max: 8h}",
            "duration: {min: 1m, default: 4h, max: 31d}",
            "31d is too long; 30d or less.",
        ),
        (
            "entitlements.yaml",
            "duration: {min: 1m, default: 4h, max: 8h}",
            "duration: {min: 1m, default: 9h, max: 8h}",
            "the default of 9h must lie between the shortest, 1m, and the longest, 8h.",
        ),
        (
            "entitlements.yaml",
            "functions: [gl-posting]",
            "functions: [gl-posting, bill-entry]",
            "which the rule `gl-and-ap` forbids; split it into two entitlements.",
        ),
        (
            "entitlements.yaml",
            "permission: netsuite_ap",
            "permission: netsuite_gl",
            "`netsuite-gl` already stands for exactly this permission.",
        ),
        ("chains.yaml", "limit: 1d", "limit: 59s", "59s is not a sensible time to answer"),
        ("chains.yaml", "limit: 1d", "limit: 31d", "31d is not a sensible time to answer"),
        (
            "chains.yaml",
            "- name: Compliance\n",
            "- name: System owner\n",
            "another stage of this chain is called `System owner`, too.",
        ),
        (
            "sod.yaml",
            "functions: [gl-posting, bill-entry]",
            "functions: [gl-posting]",
            "a rule keeps at least two different functions apart.",
        ),
        (
            "sod.yaml",
            "functions: [vendor-master, bill-entry]",
            "functions: [bill-entry, gl-posting]",
            "the rule `gl-and-ap` already keeps exactly these functions apart.",
        ),
        (
            "chains.yaml",
            "approvers: [person:ingrid.solberg]",
            "approvers: [person:victor.amadi]",
            "stage 3, Compliance, of the chain `owner-and-compliance` does not find anybody",
        ),
        (
            "chains.yaml",
            "approvers: [person:helen.moreau, person:ingrid.solberg]\n",
            "approvers: [person:helen.moreau, person:ingrid.solberg]\n      quorum: 3\n",
            "stage 3, CFO or compliance, of the chain `finance-posting` does not find 3 people",
        ),
        (
            "chains.yaml",
            "approvers: [group:finance-managers, manager]",
            "approvers: [system-owner]",
            "stage 2, System owner, of the chain `finance-two` does not find anybody",
        ),
        (
            "chains.yaml",
            "approvers: [person:tomas.silva, manager]",
            "approvers: [person:victor.amadi]",
            "stage 2, Security, of the chain `owner-and-compliance` does not find anybody",
        ),
        (
            "chains.yaml",
            "          approvers: [person:helen.moreau]\n",
            "          approvers: [person:victor.amadi]\n",
            "stage 3, CFO and compliance, part CFO, of the chain `treasury-in-freeze` does not",
        ),
        (
            "chains.yaml",
            "        - name: Compliance\n",
            "        - name: CFO\n",
            "another part of this stage is called `CFO`, too.",
        ),
        (
            "chains.yaml",
            "    - name: Manager\n      approvers: [manager]\n      limit: 1d\n",
            (
                "    - name: Manager\n      approvers: [manager]\n      limit: 1d\n"
                "      when: {if: entitlement.tier == 1, because: it is of tier 1}\n"
            ),
            "one stage must count always, or there might be nobody to decide.",
        ),
        ("calendar.yaml", 'until: "18:00"', 'until: "08:00"', "a day end after they begin"),
        ("calendar.yaml", "until: 2027-01-15", "until: 2027-01-01", "a freeze ends after it"),
        ("calendar.yaml", "each: 7d", "each: 7m", "nobody can be on call by turns of less than 1h"),
        (
            "calendar.yaml",
            (
                "    rotation:\n      people: [arjun.mehta, tomas.silva]\n      "
                "from: 2026-11-23T09:00+01:00\n      each: 7d\n"
            ),
            "",
            "nobody is ever on call by it",
        ),
        (
            "calendar.yaml",
            "    rotation:",
            (
                "    shifts:\n"
                "      - {person: li.wei, from: 2026-12-24T18:00Z, until: 2026-12-24T18:00Z}\n"
                "    rotation:"
            ),
            "a shift ends after it begins.",
        ),
    ],
)
def test_a_contradiction_is_refused(case: tuple[str, str, str, str], broken: Broken) -> None:
    """The problem says what contradicts what."""
    file, old, new, expected = case

    found = broken(file, old, new)

    assert any(expected in problem for problem in found), found


def test_an_entitlement_that_nobody_may_request_is_refused(broken: Broken) -> None:
    """A catalog holds nothing that is of no use to anybody."""
    found = broken(
        "people.yaml",
        "title: HR Business Partner",
        "title: HR Business Partner\n    active: false",
    )
    found += broken("entitlements.yaml", "[department:HR, group:executives]", "[department:HR]")

    assert any("nobody active may request this" in problem for problem in found)


def test_a_longer_circle_of_managers_is_told_once(broken: Broken) -> None:
    """A circle is one mistake, and those who report into it are not part of it."""
    found = broken(
        "people.yaml",
        "title: Chief Financial Officer\n    department: Executive\n    manager: grace.lindqvist",
        "title: Chief Financial Officer\n    department: Executive\n    manager: ben.okafor",
    )

    circles = [problem for problem in found if "circle" in problem]
    assert len(circles) == 1
    assert circles[0].count("reports to") == 3
    assert "riya.patel" not in circles[0]
