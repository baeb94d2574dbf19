"""A stage is approved: the next one opens, or the access is decided."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.audit.entry import instant
from engine.audit.vocabulary import Action
from engine.errors import Conflict
from engine.model.grant import GrantState
from engine.model.identifiers import AccountName, ChainId, PersonId
from engine.model.request import RequestState, Verdict
from engine.ports import EffectKind
from tests.engine.acts import (
    actions,
    answer,
    ask,
    configure,
    entries,
    given,
    grant,
    refusal,
    request_of,
    with_person,
)
from tests.simulation.company import (
    AP,
    BEN,
    GL,
    HOUR,
    LEDGER,
    MARA,
    PAYMENTS,
    RIYA,
    SOFIA,
    TOM,
    USUAL,
    Setup,
    company,
)
from tests.simulation.memory import State
from tests.simulation.world import World

RULELESS = Setup(has_ledger_rule=False)


def test_a_stage_waits_for_its_quorum(world: World) -> None:
    """One of two is not enough: nobody else is asked, and the stage's time runs on."""
    request = ask(world, wanted=PAYMENTS)
    before = request_of(world, request)
    world.advance(HOUR / 2)

    answer(world, BEN, request)

    assert request_of(world, request) == replace(before, version=before.version + 1)
    assert actions(world, request)[-1] == Action.DECISION_APPROVED


def test_a_stage_with_its_quorum_opens_the_next(world: World) -> None:
    """Its time begins then; who has decided is not asked again."""
    request = ask(world, wanted=PAYMENTS)
    answer(world, BEN, request)
    world.advance(HOUR / 2)

    answer(world, SOFIA, request)

    kept = request_of(world, request)
    opened = entries(world, request)[-1]
    assert (kept.state, kept.stage_number) == (RequestState.PENDING, 2)
    assert kept.stage_due_at == world.now + HOUR
    assert [a.person for a in kept.stage.asked] == [MARA]
    assert actions(world, request)[-2:] == [Action.DECISION_APPROVED, Action.STAGE_OPENED]
    assert (opened.facts["stage"], opened.facts["stage_name"]) == (2, "CFO")
    assert opened.facts["asked_people"] == [[MARA, "named in the policy", [1]]]
    assert opened.facts["due_at"] == instant(world.now + HOUR)


def test_approvals_of_another_stage_do_not_count(world: World) -> None:
    """Each stage has its own quorum: one of the first and one of the second are not two."""
    chain = company().chain[ChainId("two-of")]
    turned = replace(chain, stages=chain.stages[::-1])
    world.work.configure(
        replace(company(), chains=tuple(turned if c == chain else c for c in company().chains))
    )
    request = ask(world, wanted=PAYMENTS)

    answer(world, MARA, request)
    answer(world, BEN, request)

    kept = request_of(world, request)
    assert (kept.state, kept.stage_number) == (RequestState.PENDING, 2)
    answer(world, TOM, request)
    assert request_of(world, request).state is RequestState.APPROVED


def test_the_last_approval_decides_the_access(world: World) -> None:
    """Request, grant and the duty to give it are one commit, with their entries."""
    commits: list[State] = []
    request = ask(world, wanted=GL)
    answer(world, BEN, request)
    answer(world, MARA, request)
    world.advance(HOUR)
    world.work.committed = lambda _, after: commits.append(after)

    answer(world, TOM, request)

    (only,) = commits
    settled, begun = only.requests[request], only.grants[request]
    assert (settled.state, settled.settled_at) == (RequestState.APPROVED, world.now)
    assert (begun.state, begun.ordered_at) == (GrantState.PROVISIONING, world.now)
    assert (begun.id, begun.holder, begun.entitlement) == (request, RIYA, GL)
    assert (begun.system, begun.account) == (LEDGER, AccountName("riya_patel"))
    assert (begun.resource, begun.permission, begun.duration) == ("main", "gl_posting", HOUR)
    assert begun.ends_at is None
    duties = [row.duty for row in only.effects.values()]
    (duty,) = [duty for duty in duties if duty.kind is EffectKind.PROVISION]
    assert (duty.request, duty.exclusive) == (request, begun.exclusive)
    assert actions(world, request)[-2:] == [Action.DECISION_APPROVED, Action.REQUEST_APPROVED]
    facts = entries(world, request)[-1].facts
    assert (facts["account"], facts["permission"]) == ("riya_patel", "gl_posting")
    assert (facts["resource"], facts["duration"]) == ("main", 3600)


def test_nothing_is_given_before_the_last_approval(world: World) -> None:
    """Neither a grant nor a duty to give it."""
    request = ask(world, wanted=GL)

    answer(world, BEN, request)
    answer(world, MARA, request)

    assert not world.state.grants
    assert {row.duty.kind for row in world.state.effects.values()} == {EffectKind.ANNOUNCE}


def test_what_is_given_is_what_was_shown(world: World) -> None:
    """The catalog and the logins changed since the submission: that is for the next request."""
    request = ask(world)
    changed = with_person(
        company(Setup(has_new_permission=True)),
        RIYA,
        lambda one: replace(one, accounts={LEDGER: AccountName("rp")}),
    )
    world.work.configure(changed)

    answer(world, SOFIA, request)

    begun = grant(world, request)
    assert (begun.account, begun.permission) == ("riya_patel", "gl_posting")
    assert request_of(world, request).config_version == 1


@pytest.mark.parametrize("approver", [BEN, SOFIA, TOM])
def test_a_rule_that_came_meanwhile_forbids_the_approval(world: World, approver: PersonId) -> None:
    """The decision is not kept either, so that the request can still be denied."""
    configure(world, RULELESS)
    given(world, RIYA, AP)
    request = ask(world)
    configure(world, USUAL)
    before = world.state

    refused = refusal(lambda: answer(world, approver, request))

    assert (refused.code, type(refused)) == ("sod.conflict", Conflict)
    assert world.state is before
    answer(world, approver, request, verdict=Verdict.DENY, reason="against the rule")
    assert request_of(world, request).state is RequestState.DENIED


def test_of_two_pending_requests_the_earlier_is_approved(world: World) -> None:
    """They would break a rule together: the later one waits, and then is in conflict for good."""
    configure(world, RULELESS)
    earlier = ask(world)
    later = ask(world, wanted=AP)
    configure(world, USUAL)

    assert "JIT-1" in refusal(lambda: answer(world, SOFIA, later)).sentence
    answer(world, SOFIA, earlier)

    assert request_of(world, earlier).state is RequestState.APPROVED
    assert refusal(lambda: answer(world, SOFIA, later)).code == "sod.conflict"


def test_it_is_judged_at_every_stage(world: World) -> None:
    """What the holder got between two stages counts at the second."""
    configure(world, RULELESS)
    request = ask(world, wanted=GL)
    answer(world, BEN, request)
    given(world, RIYA, AP)
    configure(world, USUAL)

    assert refusal(lambda: answer(world, MARA, request)).code == "sod.conflict"
    assert request_of(world, request).stage_number == 2
