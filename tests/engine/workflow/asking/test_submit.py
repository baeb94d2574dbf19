"""Someone asks for access: what is kept, what is recorded, and what the first stage is asked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from engine.audit.entry import instant
from engine.audit.vocabulary import Action
from engine.errors import Conflict
from engine.model.identifiers import ChainId, ConfigVersion, EntitlementId, PersonId
from engine.model.request import RequestState
from engine.policy.approvers import Asking
from engine.policy.content import Terms, content_hash
from engine.ports import EffectKind
from engine.workflow.asking.cancel import cancel
from engine.workflow.asking.submit import Ask, submit
from tests.engine.acts import actions, ask, configure, entries, given, refusal, request_of, whole
from tests.simulation.company import (
    AP,
    BEN,
    CHAT,
    CLOSE,
    GL,
    HOUR,
    LI,
    MARA,
    OLA,
    PAYMENTS,
    REPORTS,
    RIYA,
    SECOND_CHAT,
    SOFIA,
    TOM,
    Setup,
)
from tests.simulation.world import World

REASON = "Q4 close, FIN-1234"


def test_what_was_asked_is_kept(world: World) -> None:
    """Who, for whom, what, how long, why, and under which configuration."""
    configure(world, Setup(has_treasury_rule=True))

    done = submit(world.work, Ask(RIYA, GL, 2 * HOUR, f"  {REASON}\n"))

    kept = request_of(world, done.request.id)
    assert done.is_new
    assert kept == done.request
    assert (kept.requester, kept.holder, kept.entitlement) == (RIYA, RIYA, GL)
    assert (kept.duration, kept.reason) == (2 * HOUR, REASON)
    assert (kept.state, kept.config_version) == (RequestState.PENDING, ConfigVersion(2))
    assert (kept.submitted_at, kept.stage_due_at) == (world.now, world.now + HOUR)
    assert (kept.stage_number, [stage.number for stage in kept.stages]) == (1, [1, 2, 3])


def test_its_content_hash_is_of_what_was_asked(world: World) -> None:
    """By the configuration that it began with."""
    request = ask(world, wanted=GL, duration=2 * HOUR)

    company = world.version.company
    assert request_of(world, request).content_hash == content_hash(
        Asking(RIYA, RIYA, company.entitlement[GL], at=world.now),
        Terms(2 * HOUR, REASON),
        plan=whole(company.chain[ChainId("three")]),
        config=world.version.number,
    )


def test_without_a_length_it_is_the_usual_one(world: World) -> None:
    """Which the catalog says; no time at all is something else, and refused."""
    request = ask(world, duration=None)

    assert request_of(world, request).duration == 4 * HOUR
    assert refusal(lambda: ask(world, OLA, duration=timedelta(0))).code == "duration.too_short"


def test_asking_for_somebody_else_is_recorded_as_both(world: World) -> None:
    """Who asked and who would hold it; the rules of who may hold it are about the holder."""
    request = ask(world, LI, holder=RIYA)

    kept = request_of(world, request)
    submitted = entries(world, request)[0]
    assert (kept.requester, kept.holder) == (LI, RIYA)
    assert (submitted.actor, submitted.facts["actor_name"]) == (LI, "Li Wei")
    assert (submitted.facts["requester"], submitted.facts["holder"]) == (LI, RIYA)
    assert submitted.facts["holder_name"] == "Riya Patel"


def test_neither_requester_nor_holder_is_asked(world: World) -> None:
    """Whatever the chain says of them."""
    request = ask(world, BEN, holder=SOFIA)

    assert [a.person for a in request_of(world, request).stage.asked] == [TOM]


def test_a_submission_is_recorded_and_announced(world: World) -> None:
    """What was asked, then whom the first stage asks and why; on every platform of the company."""
    configure(world, Setup(has_second_chat=True))

    request = ask(world, wanted=GL)

    submitted, opened = entries(world, request)
    assert (submitted.action, submitted.actor) == (Action.REQUEST_SUBMITTED, RIYA)
    assert submitted.facts["permission"] == "gl_posting"
    assert (submitted.facts["resource"], submitted.facts["tier"]) == ("main", 1)
    assert (submitted.facts["duration"], submitted.facts["reason"]) == (3600, REASON)
    assert submitted.facts["config_version"] == world.version.number
    assert (opened.action, opened.actor) == (Action.STAGE_OPENED, "jitbot")
    assert opened.facts["asked"] == "Ben Okafor, Sofia Almeida, Tom Reyes"
    assert opened.facts["asked_people"] == [
        [BEN, "manager of Riya Patel", [1]],
        [SOFIA, "one of Controllers", [1]],
        [TOM, "one of Controllers", [1]],
    ]
    assert opened.facts["due_at"] == instant(world.now + HOUR)
    assert opened.facts["quorum"] == 1
    duties = [row.duty for row in world.state.effects.values()]
    assert {(duty.kind, duty.request) for duty in duties} == {(EffectKind.ANNOUNCE, request)}
    assert sorted(str(duty.platform) for duty in duties) == sorted([CHAT, SECOND_CHAT])


@pytest.mark.parametrize(
    "again",
    [
        Ask(RIYA, CLOSE, HOUR, REASON),
        Ask(RIYA, CLOSE, 99 * HOUR, "?"),
        Ask(BEN, CLOSE, None, "somebody else asks for her", RIYA),
    ],
    ids=["equal", "nonsense", "by another"],
)
def test_the_same_again_is_the_first_one(world: World, again: Ask) -> None:
    """While it is pending, and whatever else is said of it: nothing is kept twice."""
    first = submit(world.work, Ask(RIYA, CLOSE, HOUR, REASON))
    before = world.state

    second = submit(world.work, again)

    assert (second.request, second.is_new) == (first.request, False)
    assert world.state is before


def test_the_same_for_another_holder_is_another_request(world: World) -> None:
    """As is something else for the same one."""
    assert len({ask(world), ask(world, OLA), ask(world, wanted=REPORTS)}) == 3


def test_what_is_settled_can_be_asked_for_again(world: World) -> None:
    """The first one is over; this is a new one with its own story."""
    first = ask(world)
    cancel(world.work, RIYA, first)

    second = submit(world.work, Ask(RIYA, CLOSE, HOUR, REASON))

    assert second.is_new
    assert second.request.id != first
    assert actions(world, second.request.id) == [Action.REQUEST_SUBMITTED, Action.STAGE_OPENED]


Act = Callable[[World], object]


@pytest.mark.parametrize(
    ("setup", "act", "code"),
    [
        (Setup(), lambda w: ask(w, PersonId("who")), "person.unknown"),
        (Setup(), lambda w: ask(w, holder=PersonId("who")), "person.unknown"),
        (Setup(), lambda w: ask(w, wanted=EntitlementId("x")), "entitlement.unknown"),
        (
            Setup(gone=frozenset({RIYA})),
            lambda w: ask(w, RIYA, holder=OLA),
            "person.inactive",
        ),
        (
            Setup(gone=frozenset({RIYA})),
            lambda w: ask(w, OLA, holder=RIYA),
            "person.inactive",
        ),
        (Setup(), lambda w: ask(w, RIYA, holder=LI), "request.not_eligible"),
        (Setup(), lambda w: ask(w, duration=8 * HOUR + HOUR), "duration.too_long"),
        (Setup(), lambda w: ask(w, duration=timedelta(seconds=59)), "duration.too_short"),
        (Setup(), lambda w: ask(w, reason="please please"), "reason.empty"),
        (Setup(), lambda w: ask(w, wanted=AP, reason="bills of Q4"), "reason.pattern"),
        (
            Setup(gone=frozenset({MARA, SOFIA})),
            lambda w: ask(w, wanted=PAYMENTS),
            "request.undecidable",
        ),
    ],
)
def test_a_refused_ask_leaves_nothing(world: World, setup: Setup, act: Act, code: str) -> None:
    """No request, no entry, no duty: what could never be decided or given is not begun."""
    configure(world, setup)
    before = world.state

    refused = refusal(lambda: act(world))

    assert refused.code == code
    assert world.state is before


@pytest.mark.parametrize("begin", [ask, given], ids=["pending", "live"])
def test_what_must_be_kept_apart_is_not_begun(world: World, begin: Callable[..., object]) -> None:
    """Beside what the holder has, or has asked for; somebody else's access does not matter."""
    begin(world)
    before = world.state

    refused = refusal(lambda: ask(world, BEN, AP, holder=RIYA))

    assert (refused.code, type(refused)) == ("sod.conflict", Conflict)
    assert world.state is before
    assert ask(world, OLA, AP)
