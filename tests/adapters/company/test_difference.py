"""Mirrors adapters/company/difference.py."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.company.difference import difference
from adapters.company.read import read_company
from engine.model.company import ALL, Company, Role, Selector, SelectorKind
from engine.model.identifiers import ChainId, EntitlementId, PersonId, PlatformName
from tests.adapters.company.conftest import ACME, KNOWN


@pytest.fixture(scope="module")
def acme() -> Company:
    """Give the example company."""
    return read_company(ACME, KNOWN)


def test_the_same_company_makes_no_difference(acme: Company) -> None:
    """Applying what is in force says nothing."""
    assert difference(acme, read_company(ACME, KNOWN)) == []


def test_the_first_company_is_all_new(acme: Company) -> None:
    """Everything is listed once, in the same order every time."""
    said = difference(None, acme)

    assert said[0] == "The company's name is set to `Acme Corporation`."
    assert "Person riya.patel is added: Riya Patel, Senior Accountant." in said
    assert "Chain finance-two is added: Finance manager → System owner." in said
    assert len([s for s in said if s.startswith("Person ")]) == 25
    assert said == difference(None, acme)


def test_the_order_in_the_files_is_no_difference(acme: Company) -> None:
    """Moving an item within its file changes nothing."""
    moved = replace(acme, people=acme.people[::-1], entitlements=acme.entitlements[::-1])

    assert difference(acme, moved) == []


def test_each_changed_field_is_a_sentence(acme: Company) -> None:
    """An admin reads what was and what will be, in words."""
    posting = replace(
        acme.entitlements[0],
        duration_max=timedelta(hours=4),
        functions=(),
        reason_pattern="FIN-[0-9]{1,6}",
        requestable_by=(Selector(SelectorKind.EVERYONE),),
    )
    new = replace(acme, entitlements=(posting, *acme.entitlements[1:]))

    said = difference(acme, new)

    assert said == [
        "Entitlement netsuite-gl: longest duration changes from 8h to 4h.",
        (
            "Entitlement netsuite-gl: who may request changes from group:accountants, "
            "group:finance-managers to everyone."
        ),
        "Entitlement netsuite-gl: functions is no longer `gl-posting`.",
        "Entitlement netsuite-gl: pattern of the justification is set to `FIN-[0-9]{1,6}`.",
    ]


def test_how_long_anybody_may_stand_in_is_a_sentence(acme: Company) -> None:
    """It says for how long somebody else may decide."""
    new = replace(acme, delegation_max=timedelta(days=14))

    assert difference(acme, new) == ["The longest delegation changes from 31d to 14d."]


def test_people_who_come_go_and_change_are_named(acme: Company) -> None:
    """Additions, removals and changes come by id."""
    first, second, *others = acme.people
    new = replace(
        acme,
        people=(replace(first, id=PersonId("aaron.first")), replace(second, active=False), *others),
    )

    said = difference(acme, new)

    assert said == [
        "Person aaron.first is added: Grace Lindqvist, Chief Executive Officer.",
        "Person grace.lindqvist is removed.",
        "Person helen.moreau: active changes from yes to no.",
    ]


def test_channels_roles_and_stages_are_told(acme: Company) -> None:
    """What governs the bot itself is part of the difference."""
    chain = replace(
        acme.chains[0], stages=(replace(acme.chains[0].stages[0], limit=timedelta(hours=2)),)
    )
    new = replace(
        acme,
        audit_channels={PlatformName("slack"): "C042"},
        roles={**acme.roles, Role.ADMIN: (Selector(SelectorKind.PERSON, "li.wei"),)},
        chains=(chain, *acme.chains[1:]),
    )

    said = difference(acme, new)

    assert said == [
        "The audit channel playground is no longer `#access-audit`.",
        "The audit channel slack is set to `C042`.",
        "The role admin changes from person:li.wei, person:arjun.mehta to person:li.wei.",
        (
            "Chain manager-only: stages changes from Manager (1 of manager within 1d) "
            "to Manager (1 of manager within 2h)."
        ),
    ]


def test_tickets_are_spelled_out(acme: Company) -> None:
    """What an entitlement asks for, and where tickets are kept."""
    admin = acme.entitlement[EntitlementId("aws-prod-admin")]
    assert admin.ticket is not None
    loose = replace(admin, ticket=replace(admin.ticket, is_own=False, fits=False))
    rest = tuple(e for e in acme.entitlements if e.id != admin.id)
    without = replace(acme, entitlements=(*rest, loose), ticket_sources=())

    assert difference(without, acme) == [
        (
            "Entitlement aws-prod-admin: ticket changes from in changes, such as CHG-2041 "
            f"[`{admin.ticket.pattern}`] to in changes, such as CHG-2041 "
            f"[`{admin.ticket.pattern}`], their own, about what is asked for."
        ),
        "Ticket system changes is added: Changes and incidents, of the kind file.",
    ]


def test_stages_are_spelled_out_with_their_parts(acme: Company) -> None:
    """Who, how many of them, and who not."""
    chain = acme.chain[ChainId("treasury-in-freeze")]
    last = chain.stages[-1]
    first = replace(last.parts[0], barred=(Selector(SelectorKind.PERSON, "li.wei"),), quorum=ALL)
    new = replace(chain, stages=(replace(last, parts=(first, last.parts[1])),))
    rest = tuple(one for one in acme.chains if one.id != chain.id)

    (said,) = difference(acme, replace(acme, chains=(*rest, new)))

    assert said.endswith(
        "to CFO and compliance (for CFO all of person:helen.moreau but not person:li.wei and "
        "for Compliance 1 of person:ingrid.solberg within 8h)."
    )


def test_cost_centres_are_told(acme: Company) -> None:
    """Who answers for what."""
    assert difference(replace(acme, cost_centres=()), acme) == [
        "Cost centre it is added: Information technology, for which helen.moreau answers."
    ]
