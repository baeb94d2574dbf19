"""What must be kept apart is found, also where the catalog has changed since."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.audit.vocabulary import VOCABULARY, Action
from engine.errors import Conflict
from engine.model.company import Company
from engine.model.dossier import Access
from engine.model.identifiers import EntitlementId, FunctionId, RequestId
from engine.policy.sod.check import SodConflict
from engine.workflow.asking.conflict import find_conflicts, refuse_conflicts
from tests.engine.acts import ask, configure, entries, given, refusal
from tests.engine.workflow.emergency.acts import broken
from tests.simulation.company import AP, CLOSE, GL, OLA, REPORTS, RIYA, SOFIA, Setup, company
from tests.simulation.world import World

RULELESS = Setup(has_ledger_rule=False)
WITHOUT_CLOSE = Setup(removed=frozenset({CLOSE}))
WITHOUT_BOTH = Setup(removed=frozenset({CLOSE, AP}))


def found(
    world: World, wanted: EntitlementId, *, request: RequestId | None = None
) -> tuple[SodConflict, ...]:
    """Ask what stands in the way of Riya having something, by the configuration in force."""
    with world.work() as uow:
        uow.lock_person(RIYA)
        access = uow.requests.access_of(RIYA)
        return find_conflicts(uow, world.version.company, wanted, access=access, request=request)


def with_functions(known: Company, wanted: EntitlementId, *functions: str) -> Company:
    """Give the company with an entitlement that stands for other functions."""
    entitlements = tuple(
        replace(one, functions=tuple(map(FunctionId, functions))) if one.id == wanted else one
        for one in known.entitlements
    )
    return replace(known, entitlements=entitlements)


def test_who_has_nothing_is_in_no_conflict(world: World) -> None:
    """Nor with what somebody else has."""
    given(world, OLA)

    assert found(world, AP) == ()


def test_a_pending_request_that_left_the_catalog_still_counts(world: World) -> None:
    """Taking an entitlement out of the files lifts no rule."""
    request = ask(world)
    configure(world, WITHOUT_CLOSE)

    (conflict,) = found(world, AP)

    assert (conflict.rule.id, conflict.other, conflict.request) == ("gl-ap", CLOSE, request)


def test_a_live_grant_that_left_the_catalog_still_counts(world: World) -> None:
    """As what it stood for under the configuration that its request began with."""
    request = given(world)
    configure(world, WITHOUT_CLOSE)

    (conflict,) = found(world, AP)

    assert (conflict.other, conflict.request) == (CLOSE, request)


def test_what_is_judged_may_have_left_the_catalog_itself(world: World) -> None:
    """Both are gone from the files, and neither is free of the rule."""
    configure(world, RULELESS)
    first, second = given(world), given(world, RIYA, AP)
    configure(world, WITHOUT_BOTH)

    (conflict,) = found(world, AP, request=second)

    assert (conflict.other, conflict.request) == (CLOSE, first)


@pytest.mark.parametrize("functions", [("gl-posting", "payment"), ("payment", "gl-posting")])
def test_all_that_an_entitlement_stood_for_counts(world: World, functions: tuple[str, str]) -> None:
    """It was asked for twice, and stood for something else each time."""
    for function in functions:
        world.work.configure(with_functions(company(), CLOSE, function))
        given(world)
    configure(world, WITHOUT_CLOSE)

    assert [conflict.other for conflict in found(world, AP)] == [CLOSE, CLOSE]


def test_what_an_entitlement_stands_for_is_todays_while_it_is_there(world: World) -> None:
    """The catalog in force says it; the old one is asked only about what it lost."""
    given(world)

    world.work.configure(with_functions(company(), CLOSE, "reading"))

    assert found(world, AP) == ()


@pytest.mark.parametrize("wanted", [CLOSE, REPORTS])
def test_what_breaks_no_rule_is_let_through(world: World, wanted: EntitlementId) -> None:
    """The same again, and what has no function."""
    given(world)

    with world.work() as uow:
        uow.lock_person(RIYA)
        refuse_conflicts(uow, world.version, wanted, holder=RIYA)


def test_a_refusal_names_the_other_and_the_way_out(world: World) -> None:
    """Which access, of whom, because of which request, by which rule, and what to do."""
    ask(world, OLA, holder=SOFIA)

    refused = refusal(lambda: ask(world, OLA, AP, holder=SOFIA))

    assert isinstance(refused, Conflict)
    assert refused.sentence == (
        "NETSUITE AP cannot be combined with NETSUITE CLOSE, which Sofia Almeida holds or asked "
        "for in JIT-1 (rule gl-ap: Posting and bills are kept apart); "
        "end or cancel that one first."
    )


def test_nothing_is_looked_up_for_what_is_in_the_catalog(world: World) -> None:
    """A person without access asks for something: there is no earlier request to ask about."""
    with world.work() as uow:
        conflicts = find_conflicts(uow, world.version.company, AP, access=Access())

    assert conflicts == ()


def test_a_rule_that_only_alerts_forbids_nothing_and_is_said(world: World) -> None:
    """Asked for, decided and given all the same; the thread and the admins are told why."""
    configure(world, Setup(is_ledger_rule_reported=True))
    given(world)

    request = ask(world, RIYA, AP)

    [alert] = [one for one in entries(world, request) if one.action == Action.SOD_ALERTED]
    assert (alert.facts["sod_rule"], alert.facts["beside_request"]) == ("gl-ap", "JIT-1")
    assert VOCABULARY[Action.SOD_ALERTED].to_admins
    assert given(world, RIYA, AP) == request


def test_the_emergency_too_says_what_it_combines(world: World) -> None:
    """Whoever breaks the glass beside what only alerts gets it, and everybody reads of it."""
    configure(world, Setup(is_ledger_rule_reported=True))
    given(world, RIYA, AP)

    request = broken(world, RIYA, GL)

    assert any(one.action == Action.SOD_ALERTED for one in entries(world, request))


def test_what_was_looked_at_is_in_the_record(world: World) -> None:
    """At the submission and at each decision: what is wanted, what is beside it, what it breaks."""
    ask(world, RIYA, REPORTS)

    request = given(world)

    looked = [one.facts["sod"] for one in entries(world, request) if "sod" in one.facts]
    assert len(looked) == 2
    for one in looked:
        assert isinstance(one, dict)
        assert (one["beside"], one["broken"]) == ([[1, REPORTS, []]], [])
