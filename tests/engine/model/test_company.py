"""A company's parts are found by name."""

from __future__ import annotations

from dataclasses import replace

from engine.model.company import CostCentre, PartRule, StageRule
from engine.model.identifiers import AccountName, ChainId, CostCentreId, GroupId, PlatformName
from engine.model.rules.selector import Selector, SelectorKind
from tests.simulation.company import BANK, BEN, CHAT, GL, HOUR, LEDGER, OLA, RIYA, TOM, company


def test_parts_are_found_by_their_id() -> None:
    """People, groups, systems, entitlements and chains."""
    known = company()

    assert known.person[RIYA].name == "Riya Patel"
    assert RIYA in known.group[GroupId("accountants")].people
    assert known.system[LEDGER].name == "Ledger"
    assert known.entitlement[GL].permission == "gl_posting"
    assert len(known.chain[ChainId("three")].stages) == 3


def test_a_chat_account_is_somebody_on_one_platform_only() -> None:
    """The same name elsewhere is nobody."""
    known = company()

    assert known.person_on(CHAT, RIYA) == known.person[RIYA]
    assert known.person_on(CHAT, "nobody") is None
    assert known.person_on(PlatformName("slack"), RIYA) is None


def test_an_address_is_one_active_persons_or_nobodys() -> None:
    """However it is spelled; an empty one is nobody's, and so is one that two people share."""
    riya, ben, ola = (
        replace(company().person[who], email=email, active=active)
        for who, email, active in (
            (RIYA, "Riya@acme.example", True),
            (BEN, "desk@acme.example", True),
            (OLA, "riya@acme.example", False),
        )
    )
    known = replace(company(), people=(riya, ola, ben, replace(ben, id=OLA), company().people[-1]))

    assert known.person_at("riya@ACME.example") == riya
    assert known.person_at("desk@acme.example") is None
    assert known.person_at("") is None


def test_a_login_is_the_explicit_one_or_follows_the_pattern() -> None:
    """The pattern writes a person's id with `_` for `.`."""
    known = company()

    assert known.account_of(known.person[BEN], LEDGER) == AccountName("bo")
    assert known.account_of(known.person[RIYA], LEDGER) == AccountName("riya_patel")
    assert known.account_of(known.person[BEN], BANK) == AccountName("svc-ben_okafor")


def test_two_companies_are_equal_by_what_they_say() -> None:
    """Whether somebody looked something up makes no difference."""
    first, second = company(), company.__wrapped__()

    looked_up = first.person[RIYA]

    assert looked_up in second.people
    assert first == second


def test_a_stage_without_parts_is_one_group() -> None:
    """Whoever asks who decides need not tell the two apart."""
    leads, tom = Selector(SelectorKind.GROUP, "controllers"), Selector(SelectorKind.PERSON, TOM)
    alone = StageRule("Controller", (leads,), 2, HOUR, barred=(tom,))
    parts = (PartRule("Finance", (leads,)), PartRule("Security", (tom,)))

    assert alone.groups == (PartRule("Controller", (leads,), 2, (tom,)),)
    assert replace(alone, approvers=(), parts=parts).groups == parts


def test_cost_centres_are_found_by_their_ids() -> None:
    """As people and systems are."""
    centre = CostCentre(CostCentreId("fin-100"), "Finance", RIYA)

    assert replace(company(), cost_centres=(centre,)).cost_centre == {"fin-100": centre}
