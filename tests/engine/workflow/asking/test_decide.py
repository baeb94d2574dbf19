"""An approver answers: whose answer counts, when, and what is kept of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from engine.audit.vocabulary import Action
from engine.errors import Invalid, NotAllowed, Stale
from engine.model.identifiers import EntitlementId, PersonId
from engine.model.request import RequestState, Verdict
from engine.policy.content import shown_hash
from engine.workflow.asking.cancel import cancel
from tests.engine.acts import (
    actions,
    answer,
    approved,
    ask,
    configure,
    entries,
    refusal,
    request_of,
    with_person,
)
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

MOMENT = timedelta(microseconds=1)
DENIAL = "not this week"


def test_a_decision_says_who_decided_and_why_they_could(world: World) -> None:
    """Name, title and basis as they are now: it can be read when the person has left."""
    request = ask(world, wanted=GL)
    world.advance(HOUR / 2)

    decided = answer(world, BEN, request, reason="  as agreed \n")

    (kept,) = world.state.decisions[request]
    assert decided.dossier.decisions == (kept,)
    assert not decided.is_repeated
    assert (kept.request, kept.requester, kept.holder, kept.stage) == (request, RIYA, RIYA, 1)
    assert (kept.approver, kept.approver_name) == (BEN, "Ben Okafor")
    assert (kept.approver_title, kept.basis) == ("Controller", "manager of Riya Patel")
    assert (kept.verdict, kept.reason) == (Verdict.APPROVE, "as agreed")
    assert kept.content_hash == request_of(world, request).content_hash
    assert kept.decided_at == world.now


def test_a_title_is_todays(world: World) -> None:
    """Not the one of the configuration that the request began with."""
    request = ask(world)
    promoted = with_person(company(), SOFIA, lambda one: replace(one, title="CFO"))
    world.work.configure(promoted)

    answer(world, SOFIA, request)

    assert world.state.decisions[request][0].approver_title == "CFO"
    (entry,) = [e for e in entries(world, request) if e.action == Action.DECISION_APPROVED]
    assert (entry.actor, entry.facts["actor_title"]) == (SOFIA, "CFO")
    assert entry.facts["basis"] == "one of Controllers"


# ── one no ends it ──────────────────────────────────────────────────────────────────────────────


def test_one_denial_ends_it(world: World) -> None:
    """At whatever stage: the next ones are never asked, and nothing is given."""
    request = ask(world, wanted=GL)
    answer(world, BEN, request)

    denied = answer(world, MARA, request, verdict=Verdict.DENY, reason=f" {DENIAL} ").dossier

    assert denied.request == request_of(world, request)
    assert (denied.request.state, denied.request.settled_at) == (RequestState.DENIED, world.now)
    assert denied.request.stage_number == 2
    assert actions(world, request)[-2:] == [Action.DECISION_DENIED, Action.REQUEST_DENIED]
    said = entries(world, request)[-2]
    assert (said.actor, said.facts["verdict_reason"]) == (MARA, DENIAL)
    assert said.facts["basis"] == "owner of Ledger"
    assert denied.grant is None
    assert not world.state.grants


def test_a_denial_outweighs_an_approval_of_the_same_stage(world: World) -> None:
    """One of two controllers said yes; the other one ends it."""
    request = ask(world, wanted=PAYMENTS)
    answer(world, BEN, request)

    answer(world, TOM, request, verdict=Verdict.DENY, reason=DENIAL)

    assert request_of(world, request).state is RequestState.DENIED


@pytest.mark.parametrize("words", ["", "   no!    ", "x" * 9, "x" * 1001], ids=len)
def test_a_denial_needs_words(world: World, words: str) -> None:
    """The requester learns from them; an approval needs none."""
    request = ask(world)
    before = world.state

    refused = refusal(lambda: answer(world, SOFIA, request, verdict=Verdict.DENY, reason=words))

    assert (refused.code, type(refused)) == ("reason.length", Invalid)
    assert world.state is before
    answer(world, SOFIA, request)


# ── the same again, and something else ──────────────────────────────────────────────────────────


@pytest.mark.parametrize("wanted", [CLOSE, GL], ids=["settled by it", "next stage"])
def test_a_double_click_is_one_decision(world: World, wanted: EntitlementId) -> None:
    """The second one is answered as the first, whatever came of it, and changes nothing."""
    request = ask(world, wanted=wanted)
    answer(world, BEN, request)
    before = world.state

    again = answer(world, BEN, request, seen="0" * 16)

    assert again.is_repeated
    assert again.dossier.request == request_of(world, request)
    assert world.state is before


def test_a_denial_twice_is_one_denial(world: World) -> None:
    """The second press needs no words."""
    request = ask(world)
    answer(world, SOFIA, request, verdict=Verdict.DENY, reason=DENIAL)

    again = answer(world, SOFIA, request, verdict=Verdict.DENY)

    assert again.is_repeated
    assert actions(world, request).count(Action.DECISION_DENIED) == 1


def test_nobody_decides_two_stages(world: World) -> None:
    """Ben is named at both; his second yes is his first one, and the stage still waits."""
    request = ask(world, wanted=GL)
    answer(world, BEN, request)

    again = answer(world, BEN, request)

    assert again.is_repeated
    assert len(world.state.decisions[request]) == 1
    assert request_of(world, request).stage_number == 2


def test_a_decision_is_not_changed(world: World) -> None:
    """A no after a yes is no decision any more; access is ended in another way."""
    request = ask(world, wanted=GL)
    answer(world, BEN, request)
    before = world.state

    refused = refusal(lambda: answer(world, BEN, request, verdict=Verdict.DENY, reason=DENIAL))

    assert (refused.code, type(refused)) == ("decision.given", Invalid)
    assert world.state is before


# ── when ────────────────────────────────────────────────────────────────────────────────────────


def test_the_last_moment_is_in_time(world: World) -> None:
    """A stage's time is half-open: at its end it is over."""
    request = ask(world)
    world.advance(2 * HOUR - MOMENT)

    answer(world, SOFIA, request)

    assert request_of(world, request).state is RequestState.APPROVED


@pytest.mark.parametrize("late", [timedelta(0), HOUR], ids=str)
def test_too_late_is_too_late(world: World, late: timedelta) -> None:
    """Also where the clock has not come to it yet."""
    request = ask(world)
    world.advance(2 * HOUR + late)
    before = world.state

    refused = refusal(lambda: answer(world, SOFIA, request))

    assert (refused.code, type(refused)) == ("request.too_late", Stale)
    assert world.state is before


@pytest.mark.parametrize("verdict", Verdict)
def test_what_is_settled_is_not_decided(world: World, verdict: Verdict) -> None:
    """It was taken back: neither a yes nor a no counts."""
    request = ask(world)
    cancel(world.work, RIYA, request)
    before = world.state

    refused = refusal(lambda: answer(world, SOFIA, request, verdict=verdict, reason=DENIAL))

    assert (refused.code, type(refused)) == ("request.settled", Stale)
    assert "JIT-1 is cancelled already" in refused.sentence
    assert world.state is before


# ── what was seen ───────────────────────────────────────────────────────────────────────────────


def test_a_press_is_for_what_was_shown(world: World) -> None:
    """The button's hash is the request's."""
    request = ask(world)
    seen = shown_hash(request_of(world, request))

    answer(world, SOFIA, request, seen=seen)

    assert request_of(world, request).state is RequestState.APPROVED


@pytest.mark.parametrize("seen", ["", "0" * 16], ids=["nothing", "something else"])
@pytest.mark.parametrize("verdict", Verdict)
def test_a_press_for_something_else_is_refused(world: World, seen: str, verdict: Verdict) -> None:
    """Whatever it says, and whoever pressed."""
    request = ask(world)
    before = world.state

    refused = refusal(
        lambda: answer(world, SOFIA, request, verdict=verdict, reason=DENIAL, seen=seen)
    )

    assert (refused.code, type(refused)) == ("request.changed", Stale)
    assert world.state is before


def test_a_press_for_an_earlier_stage_decides_nothing(world: World) -> None:
    """Sofia is asked at two stages: the button of the first one does not decide the second."""
    request = ask(world, wanted=GL)
    seen = shown_hash(request_of(world, request))
    answer(world, BEN, request)

    assert refusal(lambda: answer(world, SOFIA, request, seen=seen)).code == "request.changed"
    answer(world, SOFIA, request, seen=shown_hash(request_of(world, request)))

    assert request_of(world, request).stage_number == 3


# ── who ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("person", [BEN, SOFIA], ids=["requester", "holder"])
@pytest.mark.parametrize("verdict", Verdict)
def test_nobody_decides_about_themselves(world: World, person: PersonId, verdict: Verdict) -> None:
    """Neither who asked nor who would hold it, though the chain names both."""
    request = ask(world, BEN, holder=SOFIA)
    before = world.state

    refused = refusal(lambda: answer(world, person, request, verdict=verdict, reason=DENIAL))

    assert (refused.code, type(refused)) == ("decision.own_request", NotAllowed)
    assert world.state is before


def test_who_was_never_there_decides_nothing(world: World) -> None:
    """An account whose person has been taken out of the directory."""
    request = ask(world)

    assert refusal(lambda: answer(world, PersonId("x"), request)).code == "person.unknown"


@pytest.mark.parametrize(
    ("changed", "names"),
    [
        (Setup(is_sofia_controller=False), "Ben Okafor or Tom Reyes can."),
        (Setup(gone=frozenset({SOFIA})), "Ben Okafor or Tom Reyes can."),
        (Setup(gone=frozenset({SOFIA, BEN, TOM})), "nobody can."),
    ],
    ids=["moved", "left", "all left"],
)
def test_who_was_asked_and_is_no_approver_any_more_decides_nothing(
    world: World, changed: Setup, names: str
) -> None:
    """The button is a suggestion, never a proof; who can decide today is named."""
    request = ask(world)
    configure(world, changed)
    before = world.state

    refused = refusal(lambda: answer(world, SOFIA, request))

    assert (refused.code, type(refused)) == ("decision.not_approver", NotAllowed)
    assert refused.sentence.endswith(f"is not yours to decide; {names}")
    assert world.state is before


def test_who_became_an_approver_meanwhile_decides(world: World) -> None:
    """Though nobody asked them."""
    configure(world, Setup(is_sofia_controller=False))
    request = ask(world)
    assert SOFIA not in {a.person for a in request_of(world, request).stage.asked}
    configure(world, USUAL)

    answer(world, SOFIA, request)

    assert request_of(world, request).state is RequestState.APPROVED


def test_a_later_stages_approver_waits_for_their_turn(world: World) -> None:
    """Mara owns the system; the first stage is not hers."""
    request = ask(world, wanted=GL)

    refused = refusal(lambda: answer(world, MARA, request))

    assert refused.code == "decision.not_approver"
    assert "Stage 1 of JIT-1, Manager, is not yours to decide" in refused.sentence


def test_who_has_decided_is_not_named_as_one_who_can(world: World) -> None:
    """Ben's yes is given; the second stage is for the others."""
    request = ask(world, wanted=GL)
    answer(world, BEN, request)

    refused = refusal(lambda: answer(world, LI, request))

    assert refused.sentence.endswith("Mara Lind or Sofia Almeida or Tom Reyes can.")


def test_a_grant_is_part_of_the_answer(world: World) -> None:
    """Whoever gave the last approval sees what came of it."""
    request = ask(world)

    decided = answer(world, SOFIA, request)

    assert decided.dossier.grant == world.state.grants[request]
    assert decided.dossier.request == request_of(world, request)
    assert approved(world, MARA) in world.state.grants
