"""A stage is resolved to people: by the rules it began with, and the people of today."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.audit.vocabulary import Action
from engine.errors import Invalid, NotAllowed
from engine.model.company import Chain, Company, Selector, SelectorKind, StageRule
from engine.model.identifiers import ChainId, EntitlementId, PersonId, RequestId
from engine.model.request import RequestState, Verdict
from engine.policy.approvers import Asking
from engine.workflow.asking.stages import resolve
from tests.engine.acts import answer, ask, configure, entries, refusal, request_of, whole
from tests.simulation.company import (
    BEN,
    CLOSE,
    GL,
    HOUR,
    LI,
    MARA,
    PAYMENTS,
    RIYA,
    SOFIA,
    TOM,
    USUAL,
    Setup,
    company,
)
from tests.simulation.world import World

NO_MARA = Setup(gone=frozenset({MARA}))
"""Sofia, who owns the bank, is then the only one for the last stage of PAYMENTS."""


def with_chain(known: Company, chain: str, *stages: StageRule) -> Company:
    """Give the company with one chain different."""
    changed = Chain(ChainId(chain), stages)
    chains = tuple(changed if one.id == chain else one for one in known.chains)
    return replace(known, chains=chains)


def asked_at(world: World, request: RequestId) -> list[PersonId]:
    """List whom the open stage has asked."""
    return [approver.person for approver in request_of(world, request).stage.asked]


def named(*people: PersonId, quorum: int = 1) -> StageRule:
    """Give a stage that names its approvers."""
    return StageRule("Named", tuple(Selector(SelectorKind.PERSON, p) for p in people), quorum, HOUR)


# ── at the submission ───────────────────────────────────────────────────────────────────────────


def test_all_stages_are_resolved_at_the_submission(world: World) -> None:
    """In order, with name, quorum and limit, and everybody who could decide each."""
    known = company()
    asking = Asking(RIYA, RIYA, known.entitlement[PAYMENTS], at=world.now)

    first, second = resolve(world.version, whole(known.chain[ChainId("two-of")]), asking)

    assert (first.number, first.name, first.quorum, first.limit) == (1, "Two controllers", 2, HOUR)
    assert [a.person for a in first.asked] == [BEN, SOFIA, TOM]
    assert (second.number, second.name, second.quorum) == (2, "CFO", 1)
    assert [(a.person, a.basis) for a in second.asked] == [
        (MARA, "named in the policy"),
        (SOFIA, "owner of PAYMENTS"),
    ]


def test_people_are_found_for_all_stages_together(world: World) -> None:
    """Whoever comes first at the first stage is needed at the second: others take the first."""
    world.work.configure(with_chain(company(), "one", named(SOFIA, BEN), named(SOFIA)))

    request = ask(world)

    assert request_of(world, request).is_pending


@pytest.mark.parametrize(
    ("stages", "wedged"),
    [
        ((StageRule("Nobody", (), 1, HOUR),), "Nobody"),
        ((named(LI),), "Named"),
        ((named(RIYA),), "Named"),
        ((named(SOFIA), replace(named(SOFIA), name="Again")), "Again"),
        ((named(SOFIA, BEN, quorum=2), replace(named(SOFIA, BEN), name="Third")), "Third"),
    ],
    ids=["nobody", "no role", "requester", "one for two", "two for three"],
)
def test_what_cannot_be_decided_is_refused_at_once(
    world: World, stages: tuple[StageRule, ...], wedged: str
) -> None:
    """With the stage, the reason, and whom to ask; it is not left hanging."""
    world.work.configure(with_chain(company(), "one", *stages))
    before = world.state

    refused = refusal(lambda: ask(world))

    assert (refused.code, type(refused)) == ("request.undecidable", Invalid)
    assert f"the stage “{wedged}” of NETSUITE CLOSE" in refused.sentence
    assert "please ask Mara Lind" in refused.sentence
    assert world.state is before


# ── when it is opened, and when somebody answers ────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("wanted", "first", "expected"),
    [(GL, (BEN,), [MARA, SOFIA, TOM]), (PAYMENTS, (BEN, SOFIA), [MARA])],
)
def test_who_has_decided_is_not_asked_again(
    world: World, wanted: EntitlementId, first: tuple[PersonId, ...], expected: list[PersonId]
) -> None:
    """The next stage asks the others, though it names them all."""
    request = ask(world, wanted=wanted)

    for person in first:
        answer(world, person, request)

    assert asked_at(world, request) == expected


def test_a_stage_asks_the_people_of_the_day_it_opens(world: World) -> None:
    """Mara left and Ben owns the ledger now: the second stage knows it."""
    request = ask(world, wanted=GL)
    configure(world, Setup(gone=frozenset({MARA}), is_ben_owner=True))

    answer(world, SOFIA, request)

    kept = request_of(world, request)
    assert [(a.person, a.basis) for a in kept.stage.asked] == [
        (BEN, "owner of Ledger"),
        (TOM, "one of Controllers"),
    ]


def test_who_joined_between_the_stages_decides_the_second(world: World) -> None:
    """Sofia was no controller when the request was submitted."""
    configure(world, Setup(is_sofia_controller=False))
    request = ask(world, wanted=GL)
    configure(world, USUAL)
    answer(world, BEN, request)

    answer(world, SOFIA, request)

    assert asked_at(world, request) == [TOM]


def test_who_left_between_the_stages_decides_nothing(world: World) -> None:
    """Mara was asked when it was her turn; the next day she is gone."""
    request = ask(world, wanted=GL)
    answer(world, BEN, request)
    assert MARA in asked_at(world, request)
    configure(world, NO_MARA)

    refused = refusal(lambda: answer(world, MARA, request))

    assert refused.code == "decision.not_approver"


def test_the_rules_are_those_it_began_with(world: World) -> None:
    """The chain is another one by now: that is for the next request."""
    request = ask(world)
    world.work.configure(with_chain(company(), "one", named(MARA), named(TOM, quorum=2)))

    assert refusal(lambda: answer(world, MARA, request)).code == "decision.not_approver"
    answer(world, SOFIA, request)

    assert request_of(world, request).state is RequestState.APPROVED


def test_a_stage_for_which_nobody_is_left_says_so(world: World) -> None:
    """It opens, asks nobody, and lapses in time unless somebody becomes eligible."""
    request = ask(world, wanted=PAYMENTS)
    configure(world, Setup(gone=frozenset({MARA, SOFIA})))
    answer(world, BEN, request)

    answer(world, TOM, request)

    opened = entries(world, request)[-2]
    assert asked_at(world, request) == []
    assert opened.action == Action.STAGE_OPENED
    assert opened.facts["asked"] == "nobody, because nobody eligible is left"
    assert opened.facts["asked_people"] == []


def test_what_left_the_catalog_is_not_decided_any_more(world: World) -> None:
    """It lapses: whoever still needs something asks for what there is."""
    request = ask(world)
    configure(world, Setup(removed=frozenset({CLOSE})))

    assert refusal(lambda: answer(world, SOFIA, request)).code == "entitlement.unknown"


# ── nobody is used up ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("earlier", "others"),
    [((), "Ben Okafor or Tom Reyes"), ((BEN,), "Tom Reyes"), ((TOM,), "Ben Okafor")],
    ids=["first", "after Ben", "after Tom"],
)
def test_who_is_needed_later_leaves_this_stage_to_others(
    world: World, earlier: tuple[PersonId, ...], others: str
) -> None:
    """Without Mara only Sofia can decide the last stage, and nobody decides two."""
    configure(world, NO_MARA)
    request = ask(world, wanted=PAYMENTS)
    for person in earlier:
        answer(world, person, request)
    before = world.state

    refused = refusal(lambda: answer(world, SOFIA, request))

    assert (refused.code, type(refused)) == ("decision.needed_later", NotAllowed)
    assert "needs you for the stage “CFO”" in refused.sentence
    assert refused.sentence.endswith(f"please leave this one to {others}.")
    assert world.state is before


def test_the_one_who_is_needed_later_decides_then(world: World) -> None:
    """All stages are decided, each by different people."""
    configure(world, NO_MARA)
    request = ask(world, wanted=PAYMENTS)

    for person in (BEN, TOM, SOFIA):
        answer(world, person, request)

    assert request_of(world, request).state is RequestState.APPROVED


def test_who_is_needed_later_may_deny(world: World) -> None:
    """A no ends it: there is no later stage any more."""
    configure(world, NO_MARA)
    request = ask(world, wanted=PAYMENTS)

    answer(world, SOFIA, request, verdict=Verdict.DENY, reason="not this week")

    assert request_of(world, request).state is RequestState.DENIED


def test_nobody_is_held_back_for_what_cannot_be_decided_anyway(world: World) -> None:
    """Too few are left for the last stage with or without Ben: his yes is not refused for it."""
    request = ask(world, wanted=PAYMENTS)
    configure(world, Setup(gone=frozenset({MARA, SOFIA})))

    answer(world, BEN, request)

    assert len(world.state.decisions[request]) == 1
