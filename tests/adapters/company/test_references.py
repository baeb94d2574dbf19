"""Mirrors adapters/company/references.py: what is named exists."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.adapters.company.conftest import Broken


@pytest.mark.parametrize(
    "case",
    [
        (
            "people.yaml",
            "manager: ben.okafor",
            "manager: ben.okafo",
            "`ben.okafo` is not among the people; did you mean `ben.okafor`?",
        ),
        (
            "people.yaml",
            "people: [ben.okafor, marta.kowalska]",
            "people: [ben.okafor, martha.kowalska]",
            "did you mean `marta.kowalska`?",
        ),
        (
            "people.yaml",
            "platforms: {playground: riya.patel}",
            "platforms: {playgrund: riya.patel}",
            "there is no chat platform `playgrund`; did you mean `playground`?",
        ),
        (
            "people.yaml",
            "platforms: {playground: riya.patel}",
            "accounts: {ledgr: riya}",
            "`ledgr` is not among the systems; did you mean `ledger`?",
        ),
        (
            "people.yaml",
            "title: Head of Finance Systems",
            "title: Head of Finance Systems\n    active: false",
            "the owner `aisha.farouk` is not active",
        ),
        (
            "entitlements.yaml",
            "chain: treasury-in-freeze",
            "chain: treasury-in-frost",
            "did you mean `treasury-in-freeze` or `treasury-three`?",
        ),
        (
            "chains.yaml",
            'if: requester.employment == "contractor"',
            'if: requester.employmnt == "contractor"',
            "this is no sound condition: undeclared reference to 'requester.employmnt'",
        ),
        (
            "entitlements.yaml",
            'if: calendar.freeze != ""',
            "if: calendar.freeze",
            "this is no sound condition: it gives a STRING, and must be true or false.",
        ),
        ("calendar.yaml", "[arjun.mehta, tomas", "[arjun.meta, tomas", "mean `arjun.mehta`?"),
        (
            "calendar.yaml",
            "    rotation:",
            (
                "    shifts: [{person: li.we, from: 2026-12-24T18:00Z, until: 2026-12-25T18:00Z}]\n"
                "    rotation:"
            ),
            "did you mean `li.wei`?",
        ),
        (
            "systems.yaml",
            "owner: aisha.farouk",
            "owner: finance",
            "`finance` is not among the people",
        ),
        (
            "systems.yaml",
            "connector: postgres",
            "connector: postgresql",
            "there is no connector `postgresql`; did you mean `postgres`?",
        ),
        (
            "systems.yaml",
            "url_from: LEDGER_CONNECTOR_URL",
            "url_form: LEDGER_CONNECTOR_URL",
            "the connector `postgres` knows no `url_form`; did you mean `url_from`?",
        ),
        (
            "systems.yaml",
            "file_from: SANDBOX_FILE",
            "colour: red",
            "the connector `sandbox` needs `file_from` in the settings.",
        ),
        (
            "people.yaml",
            "cost_centre: it",
            "cost_centre: itt",
            "`itt` is not among the cost_centres",
        ),
        ("people.yaml", "owner: helen.moreau", "owner: helen", "`helen` is not among the people"),
        (
            "chains.yaml",
            "        - name: Compliance\n          approvers: [person:ingrid.solberg]",
            "        - name: Compliance\n          approvers: [on-call:platfrm]",
            "`platfrm` is not among the schedules",
        ),
        (
            "chains.yaml",
            "approvers: [group:finance-managers, manager]",
            "approvers: [manager]\n      except: [person:nobody.known]",
            "`nobody.known` is not among the people",
        ),
        (
            "entitlements.yaml",
            "requestable_by: [everyone]",
            "requestable_by: [cost-centre-owner]",
            "`cost-centre-owner` depends on a request",
        ),
        ("tickets.yaml", "kind: file", "kind: fil", "kind of ticket system `fil`; did you mean"),
        ("tickets.yaml", "file_from: T", "url_from: T", "the kind `file` knows no `url_from`"),
        ("tickets.yaml", "{file_from: TICKETS_FILE}", "{}", "the kind `file` needs `file_from`"),
        (
            "entitlements.yaml",
            "{source: changes,",
            "{source: change,",
            "`change` is not among the tickets; did you mean `changes`?",
        ),
        (
            "entitlements.yaml",
            "system: ledger",
            "system: ledgers",
            "`ledgers` is not among the systems; did you mean `ledger`?",
        ),
        (
            "entitlements.yaml",
            "chain: finance-posting",
            "chain: finance-post",
            "`finance-post` is not among the chains; did you mean `finance-posting` or",
        ),
        (
            "entitlements.yaml",
            "functions: [gl-posting]",
            "functions: [gl-post]",
            "`gl-post` is not among the functions; did you mean `gl-posting`?",
        ),
        (
            "entitlements.yaml",
            "requestable_by: [everyone]",
            "requestable_by: [manager]",
            "`manager` depends on a request and only makes sense in a chain.",
        ),
        (
            "entitlements.yaml",
            "[department:HR, group:executives]",
            "[department:Human, group:executives]",
            "nobody is in the department `Human`",
        ),
        (
            "chains.yaml",
            "approvers: [group:finance-managers, manager]",
            "approvers: [group:finance-manager]",
            "`finance-manager` is not among the groups; did you mean `finance-managers`?",
        ),
        (
            "chains.yaml",
            "approvers: [person:ingrid.solberg]",
            "approvers: [person:ingrid]",
            "`ingrid` is not among the people",
        ),
        (
            "company.yaml",
            "- person:li.wei",
            "- role:compliance",
            "a role cannot be given by a role",
        ),
        (
            "company.yaml",
            "- person:li.wei",
            "- system-owner",
            "`system-owner` depends on a request",
        ),
        (
            "company.yaml",
            'playground: "#jit-admin"',
            'slak: "#jit-admin"',
            "there is no chat platform `slak`; did you mean `slack`?",
        ),
        (
            "sod.yaml",
            "functions: [gl-posting, bill-entry]",
            "functions: [gl-posting, bill-enter]",
            "`bill-enter` is not among the functions; did you mean `bill-entry`?",
        ),
    ],
)
def test_a_name_that_leads_nowhere_is_told_where_it_stands(
    case: tuple[str, str, str, str], broken: Broken
) -> None:
    """The problem names the file, what is wrong, and the closest that would be right."""
    file, old, new, expected = case

    found = broken(file, old, new)

    assert any(expected in problem for problem in found), found


def test_the_line_is_the_one_that_is_wrong(broken: Broken, folder: Path) -> None:
    """An editor that jumps there shows the mistake."""
    [problem] = broken("people.yaml", "manager: ben.okafor", "manager: nobody.here")

    _, line, _ = problem.split(":", 2)
    written = (folder / "people.yaml").read_text("utf-8").splitlines()[int(line) - 1]
    assert written.strip() == "manager: nobody.here"


def test_a_reference_to_an_item_that_is_itself_wrong_is_no_second_problem(broken: Broken) -> None:
    """Somebody with a wrong time zone still exists."""
    found = broken("people.yaml", "zone: Europe/Oslo", "zone: Oslo")

    assert len(found) == 1
