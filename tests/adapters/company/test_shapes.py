"""Mirrors adapters/company/shapes.py and build.py: how an item must look."""

from __future__ import annotations

import pytest

from tests.adapters.company.conftest import Broken


@pytest.mark.parametrize(
    "case",
    [
        ("company.yaml", "name: Acme Corporation", "nam: Acme", "did you mean `name`?"),
        ("company.yaml", "name: Acme Corporation", "people: {}", "belongs in people.yaml"),
        ("people.yaml", "  riya.patel:", "  Riya.Patel:", "`Riya.Patel` cannot be an id"),
        ("people.yaml", "  riya.patel:", "  riya_patel:", "`riya_patel` cannot be an id"),
        ("people.yaml", "title: Treasurer\n", "titel: Treasurer\n", "did you mean `title`?"),
        ("people.yaml", "    title: Treasurer\n", "", "`title` is missing."),
        ("people.yaml", "title: Treasurer\n", "title: 12\n", "`title` must be text; put it in"),
        ("people.yaml", "title: Treasurer\n", "title: [a]\n", "`title` must be text"),
        ("people.yaml", "name: Grace Lindqvist", 'name: " "', "this needs 1 to 200 characters"),
        ("people.yaml", "name: Grace Lindqvist", 'name: "a\\u202Eb"', "an invisible character"),
        ("people.yaml", "email: grace.lindqvist@acme.example", "email: grace", "e-mail address"),
        ("people.yaml", "zone: Asia/Tokyo", "zone: Tokyo", "`Tokyo` is not an IANA time zone"),
        ("people.yaml", "zone: Asia/Tokyo", "zone: ../UTC", "is not an IANA time zone"),
        ("people.yaml", "zone: Asia/Tokyo", "active: 1", "`active` must be true or false."),
        ("people.yaml", "people: [riya.patel, liam.murphy, yuki.tanaka]", "people: []", "empty"),
        ("systems.yaml", '"{person}"', '"jit"', "a pattern of logins has `{person}` in it"),
        (
            "systems.yaml",
            "url_from: LEDGER_CONNECTOR_URL",
            "url_from: postgresql://jit:hunter2@db/ledger",
            "`url_from` is the name of a setting, in capitals",
        ),
        ("entitlements.yaml", "tier: 2", "tier: 4", "`tier`: Input should be less than or equal"),
        ("entitlements.yaml", "tier: 2", 'tier: "2"', "`tier` must be a whole number"),
        ("entitlements.yaml", "default: 4h", "default: 4 hours", "is not a length of time; write"),
        (
            "company.yaml",
            "delegation: 31d",
            "delegation: 1 month",
            "is not a length of time; write",
        ),
        ("entitlements.yaml", "default: 4h", "default: 4", "`default` must be a length of time"),
        ("entitlements.yaml", "default: 4h", "defalt: 4h", "did you mean `default`?"),
        ("entitlements.yaml", "[everyone]", "everyone", "`requestable_by` must be a list"),
        ("entitlements.yaml", "[everyone]", "[anybody]", "`anybody` does not say who; write"),
        ("entitlements.yaml", "[everyone]", "[group]", "`group` does not say who; write"),
        ("entitlements.yaml", "[everyone]", "['everyone:x']", "does not say who; write"),
        ("entitlements.yaml", "[everyone]", "['role:boss']", "there is no role `boss`"),
        ("entitlements.yaml", "PAY-1234", "PAY1", "the example `PAY1` does not fit the pattern."),
        ("entitlements.yaml", "'\\bPAY", "'(PAY", "this is not a regular expression"),
        ("chains.yaml", "limit: 1d", "limit: 1d\n      quorum: 0", "from 1 on, or `all`."),
        (
            "chains.yaml",
            "approvers: [manager]",
            "approvers: [manager:boss]",
            "`manager:boss` does not say how far up; write manager, manager:2 or so.",
        ),
        ("chains.yaml", "[manager]", "[cost-centre-owner:it]", "does not say who; write person:ID"),
        (
            "chains.yaml",
            "      parts:\n",
            "      quorum: 2\n      parts:\n",
            "a stage has parts, or approvers of its own, and not both.",
        ),
        ("chains.yaml", "      approvers: [manager]\n", "", "`approvers` is missing."),
        (
            "chains.yaml",
            "        - name: Compliance\n          approvers: [person:ingrid.solberg]\n",
            "",
            "one part alone is a stage; write its approvers there.",
        ),
        ("chains.yaml", "limit: 1d", "limit: 1d\n      quorm: 1", "did you mean `quorum`?"),
        (
            "chains.yaml",
            "limit: 1d",
            "limit: 1d\n      when: {if: 'true'}",
            "`because` is missing.",
        ),
        ("chains.yaml", "limit: 1d", "limit: 1d\n      when: 'true'", "`when` must be a map"),
        ("calendar.yaml", "zone: Europe/Berlin", "zone: Berlin", "is not an IANA time zone"),
        ("calendar.yaml", 'from: "08:00"', "from: early", "`early` is not a time of day; write"),
        ("calendar.yaml", "[mon, tue,", "[monday, tue,", "is not a day of the week; write mon,"),
        ("calendar.yaml", "from: 2027-01-02", "from: 02.01.2027", "is not a day; write e.g."),
        ("calendar.yaml", "T09:00+01:00", "T09:00", "does not say in which zone; write e.g."),
        ("calendar.yaml", "T09:00+01:00", "Tnine", "is not an instant; write e.g."),
        ("sod.yaml", "rules:\n", "rules: []\nother:\n", "`rules` must be a map from ids"),
    ],
)
def test_an_item_that_does_not_fit_says_what_would(
    case: tuple[str, str, str, str], broken: Broken
) -> None:
    """Each way to get an item wrong has a sentence that says what would be right."""
    file, old, new, expected = case

    found = broken(file, old, new)

    assert any(expected in problem for problem in found), found
    assert not any("hunter2" in problem for problem in found)
