"""Everything that the engine refuses: the code, and the sentence that a person reads.

One row per refusal. A new one without a row fails, and so does a row that nothing refuses any more.
"""

from __future__ import annotations

import ast
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

import engine
from engine.errors import (
    Conflict,
    ConnectorError,
    IllegalMove,
    Invalid,
    LostRace,
    NotAllowed,
    NotFound,
    Permanent,
    Refused,
    Stale,
    Temporary,
    Undecided,
)
from engine.model.identifiers import EntitlementId, PersonId, RequestId
from engine.model.request import RequestState, Verdict
from engine.policy.questions import QUESTIONS_MAX
from engine.ports import EntryFilter
from engine.workflow.apply_config import apply_config
from engine.workflow.asking import question
from engine.workflow.asking.cancel import cancel
from engine.workflow.dashboard import dashboard
from engine.workflow.granting.end import give_back, revoke
from engine.workflow.look import status
from engine.workflow.read_audit import read_audit, read_holdings
from engine.workflow.who import Question, who
from tests.engine.acts import answer, ask, configure, given, refusal, settle
from tests.refusals import Row, after, delegating, emergency, extending, guarding, parts, tickets
from tests.simulation.company import (
    AP,
    BEN,
    CLOSE,
    GL,
    HOUR,
    LI,
    OLA,
    PAYMENTS,
    RIYA,
    SOFIA,
    TOM,
    Setup,
    company,
)
from tests.simulation.memory.conditions import ODD
from tests.simulation.world import World

KINDS = (NotFound, NotAllowed, Conflict, Stale, Undecided, Invalid)
NOBODY = PersonId("nobody")
UNKNOWN = RequestId(4711)
WORDS = "not needed any more"


def _settled(world: World) -> object:
    request = ask(world)
    answer(world, SOFIA, request, verdict=Verdict.DENY, reason="not this week")
    return answer(world, BEN, request)


def _twice(world: World) -> object:
    request = ask(world, wanted=GL)
    answer(world, BEN, request)
    return answer(world, BEN, request, verdict=Verdict.DENY, reason="I was too fast")


def _too_late(world: World) -> object:
    request = ask(world)
    world.advance(2 * HOUR)
    return answer(world, SOFIA, request)


def _odd_policy(world: World) -> object:
    configure(world, Setup(owner_when=ODD))
    return ask(world, wanted=GL)


def _needed_later(world: World) -> object:
    request = ask(world, wanted=GL)
    answer(world, BEN, request)
    return answer(world, TOM, request)


def _cancel_given(world: World) -> object:
    return cancel(world.work, RIYA, given(world))


def _sod_with_removed(world: World) -> object:
    given(world)
    configure(world, Setup(removed=frozenset({CLOSE})))
    return ask(world, wanted=AP)


def _revoke_pending(world: World) -> object:
    return revoke(world.work, TOM, ask(world), WORDS)


def _too_many_questions(world: World) -> object:
    request = ask(world)
    for number in range(QUESTIONS_MAX):
        question.ask(world.work, SOFIA, request, f"Question number {number}?")
    return question.ask(world.work, BEN, request, "And one more question?")


def _revoke_denied(world: World) -> object:
    request = ask(world)
    answer(world, SOFIA, request, verdict=Verdict.DENY, reason="not this week")
    return revoke(world.work, TOM, request, WORDS)


def _return_ended(world: World) -> object:
    request = given(world)
    give_back(world.work, RIYA, request)
    settle(world)
    return give_back(world.work, RIYA, request)


def _lost_system(world: World) -> object:
    given(world)
    smaller = replace(company(), systems=company().systems[1:], entitlements=())
    return apply_config(
        world.work, smaller, applied_by="operator:ops", difference=lambda _, __: ["Less."]
    )


ROWS = (
    *delegating.ROWS,
    *emergency.ROWS,
    *extending.ROWS,
    *guarding.ROWS,
    *parts.ROWS,
    *tickets.ROWS,
    # ── asking ──────────────────────────────────────────────────────────────────────────────────
    Row(
        "person.unknown",
        NotFound,
        "There is nobody called “riya.patell” in the directory; did you mean riya.patel?",
        lambda world: ask(world, PersonId("riya.patell")),
    ),
    Row(
        "person.unknown",
        NotFound,
        "There is nobody called “xyz” in the directory.",
        lambda world: ask(world, holder=PersonId("xyz")),
    ),
    Row(
        "entitlement.unknown",
        NotFound,
        "There is no entitlement “netsuite” in the catalog; "
        "did you mean netsuite-gl or netsuite-ap or netsuite-close?",
        lambda world: ask(world, wanted=EntitlementId("netsuite")),
    ),
    Row(
        "person.inactive",
        NotAllowed,
        "Riya Patel is not active in the directory; an admin can change that.",
        after(Setup(gone=frozenset({RIYA})), lambda world: ask(world, BEN, holder=RIYA)),
    ),
    Row(
        "request.not_eligible",
        NotAllowed,
        "NETSUITE CLOSE may not be requested for Li Wei; `catalog` shows what may, "
        "and Mara Lind owns the list.",
        lambda world: ask(world, LI),
    ),
    Row(
        "duration.too_long",
        Invalid,
        "9 hours is more than NETSUITE CLOSE may be held at a time; ask for 8 hours or less.",
        lambda world: ask(world, duration=9 * HOUR),
    ),
    Row(
        "duration.too_short",
        Invalid,
        "Less than a second is too short for NETSUITE CLOSE; ask for 1 minute or more.",
        lambda world: ask(world, duration=timedelta(0)),
    ),
    Row(
        "reason.empty",
        Invalid,
        "The justification does not say why you need this; an auditor must understand it a year "
        "from now, e.g. “Q4 close, posting accruals for November”.",
        lambda world: ask(world, reason="please please"),
    ),
    Row(
        "reason.too_long",
        Invalid,
        "The justification has 3001 characters; please keep it to 3000.",
        lambda world: ask(world, reason="Q4 close " + "x" * 2992),
    ),
    Row(
        "reason.pattern",
        Invalid,
        "A justification for NETSUITE AP must name a reference such as FIN-1234; please add it.",
        lambda world: ask(world, wanted=AP, reason="Q4 close, bills"),
    ),
    Row(
        "request.undecidable",
        Invalid,
        "Nobody eligible could decide the stage “Two controllers” of PAYMENTS as you ask, because "
        "too few people are left: requester, holder, whoever is below them and whoever decides "
        "elsewhere do not count; "
        "please ask Sofia Almeida, who owns it, or an admin.",
        after(Setup(is_sofia_controller=False), lambda world: ask(world, BEN, PAYMENTS)),
    ),
    Row(
        "sod.conflict",
        Conflict,
        "NETSUITE AP cannot be combined with NETSUITE CLOSE, which Riya Patel holds or asked for "
        "in JIT-1 (rule gl-ap: Posting and bills are kept apart); end or cancel that one first.",
        lambda world: (ask(world), ask(world, wanted=AP)),
    ),
    Row(
        "sod.conflict",
        Conflict,
        "NETSUITE AP cannot be combined with netsuite-close, which Riya Patel holds or asked for "
        "in JIT-1 (rule gl-ap: Posting and bills are kept apart); end or cancel that one first.",
        _sod_with_removed,
    ),
    Row(
        "request.not_yours",
        NotAllowed,
        "JIT-1 is not yours to take back; its approvers can deny it.",
        lambda world: cancel(world.work, BEN, ask(world)),
    ),
    Row(
        "request.settled",
        Invalid,
        "JIT-1 is approved already, so it cannot be taken back; "
        "access that was given is given back with `return JIT-1`.",
        _cancel_given,
    ),
    # ── deciding ────────────────────────────────────────────────────────────────────────────────
    Row(
        "request.unknown",
        NotFound,
        "There is no request JIT-4711; check the number.",
        lambda world: answer(world, SOFIA, UNKNOWN),
    ),
    Row(
        "request.settled",
        Stale,
        "JIT-1 is denied already, so nothing was changed.",
        _settled,
    ),
    Row(
        "decision.given",
        Invalid,
        "You answered JIT-1 already; a decision cannot be changed. "
        "To end the access, use `revoke JIT-1`.",
        _twice,
    ),
    Row(
        "request.too_late",
        Stale,
        "JIT-1 was not decided in time, so it lapses and nothing is given; "
        "whoever still needs it can ask again.",
        _too_late,
    ),
    Row(
        "request.changed",
        Stale,
        "JIT-1 has changed or moved on since you were shown it; "
        "look at it again with `status JIT-1` and decide then.",
        lambda world: answer(world, SOFIA, ask(world), seen="0" * 16),
    ),
    Row(
        "reason.length",
        Invalid,
        "A denial needs a reason of 10 to 1000 characters, "
        "because it is kept in the record; you wrote 2.",
        lambda world: answer(world, SOFIA, ask(world), verdict=Verdict.DENY, reason=" no "),
    ),
    Row(
        "policy.no_answer",
        Undecided,
        "Who has to decide about NETSUITE GL cannot be said, because the condition “nobody knows” "
        "gave no answer: it cannot be computed; nothing was asked. Please tell Mara Lind, who owns "
        "it, or an admin.",
        _odd_policy,
    ),
    Row(
        "decision.own_request",
        NotAllowed,
        "You cannot decide JIT-1, because it is your own; others were asked.",
        lambda world: answer(world, BEN, ask(world, BEN)),
    ),
    Row(
        "decision.not_approver",
        NotAllowed,
        "Stage 1 of JIT-1, Controller, is not yours to decide; "
        "Ben Okafor or Sofia Almeida or Tom Reyes can.",
        lambda world: answer(world, LI, ask(world)),
    ),
    Row(
        "decision.needed_later",
        NotAllowed,
        "JIT-1 needs you for the stage “Compliance”, which could not be decided without you, "
        "and nobody decides twice; please leave this one to Mara Lind or Sofia Almeida.",
        _needed_later,
    ),
    Row(
        "question.own_request",
        NotAllowed,
        "You cannot ask about JIT-1, because it is your own; those who decide it may ask you.",
        lambda world: question.ask(world.work, RIYA, ask(world), "May I have this?"),
    ),
    Row(
        "question.too_many",
        Invalid,
        "JIT-1 has had 10 questions, and more do not fit in one record; "
        "please talk to each other, and write the outcome into your decision.",
        _too_many_questions,
    ),
    Row(
        "question.not_yours",
        NotAllowed,
        "Questions about JIT-1 are for its requester and holder to answer.",
        lambda world: question.answer(world.work, SOFIA, ask(world), "It is for the close."),
    ),
    Row(
        "question.none_open",
        Invalid,
        "There is no question that waits for your answer; `status` shows what was asked.",
        lambda world: question.answer(world.work, RIYA, ask(world), "It is for the close."),
    ),
    # ── ending ──────────────────────────────────────────────────────────────────────────────────
    Row(
        "grant.revoke_not_allowed",
        NotAllowed,
        "You cannot end JIT-1: its owners, compliance and admins can; "
        "your own access you give back with `return`.",
        lambda world: revoke(world.work, RIYA, given(world), WORDS),
    ),
    Row(
        "reason.length",
        Invalid,
        "Ending access early needs a reason of 10 to 1000 characters, "
        "because it is kept in the record; you wrote 0.",
        lambda world: revoke(world.work, TOM, given(world), ""),
    ),
    Row(
        "grant.not_yours",
        NotAllowed,
        "JIT-1 is not yours to give back; its owners, compliance and admins can `revoke` it.",
        lambda world: give_back(world.work, OLA, given(world)),
    ),
    Row(
        "grant.none",
        Invalid,
        "JIT-1 is pending; no access was given, so cancel or deny it.",
        _revoke_pending,
    ),
    Row(
        "grant.none",
        Invalid,
        "JIT-1 is denied; no access was given, so nothing is to be ended.",
        _revoke_denied,
    ),
    Row(
        "grant.ending",
        Invalid,
        "The access of JIT-1 is ending or gone already; nothing was changed.",
        _return_ended,
    ),
    Row(
        "config.system_in_use",
        Invalid,
        "The system “ledger” cannot be taken out while access in it is held (JIT-1); "
        "revoke it first, or wait for its end.",
        _lost_system,
    ),
    # ── looking ─────────────────────────────────────────────────────────────────────────────────
    Row(
        "request.not_visible",
        NotAllowed,
        "JIT-1 is not yours to see; "
        "its requester, holder, approvers and owners, compliance and admins can.",
        lambda world: status(world.work, OLA, ask(world)),
    ),
    Row(
        "audit.not_allowed",
        NotAllowed,
        "The audit log is read by compliance, admins and the owners of what it is about; "
        "your own part of it is `audit person riya.patel`.",
        lambda world: read_audit(world.work, RIYA, EntryFilter()),
    ),
    Row(
        "audit.not_allowed",
        NotAllowed,
        "Who had NETSUITE CLOSE can be asked by its owners, compliance and admins only.",
        lambda world: read_holdings(world.work, RIYA, CLOSE, world.now),
    ),
    Row(
        "person.inactive",
        NotAllowed,
        "You are not active in the company's directory; an admin can change that.",
        after(Setup(gone=frozenset({RIYA})), lambda world: dashboard(world.work, RIYA)),
    ),
    Row(
        "who.not_allowed",
        NotAllowed,
        "Who has NETSUITE CLOSE is seen by its owners (Mara Lind), compliance and admins; "
        "what you have yourself is `who @me`.",
        lambda world: who(world.work, RIYA, Question(CLOSE)),
    ),
    Row(
        "who.not_allowed",
        NotAllowed,
        "What Ben Okafor has is seen by the owners of it, compliance and admins; "
        "what you have yourself is `who @me`.",
        lambda world: who(world.work, RIYA, Question(person=BEN)),
    ),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.code)
def test_a_refusal_says_why_and_what_would_be_right(world: World, row: Row) -> None:
    """The code is stable, and the sentence is what a person can act on."""
    refused = refusal(lambda: row.act(world))

    assert (refused.code, refused.sentence) == (row.code, row.sentence)
    assert type(refused) is row.kind
    assert str(refused) == f"{row.code}: {row.sentence}"


def test_every_refusal_has_a_row() -> None:
    """No code is left out here, and none is here that nothing refuses any more."""
    names = {kind.__name__ for kind in KINDS}

    raised = {
        call.args[0].value
        for file in Path(engine.__path__[0]).rglob("*.py")
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in names
        and isinstance(call.args[0], ast.Constant)
    }

    assert raised == {row.code for row in ROWS}


@pytest.mark.parametrize("kind", KINDS)
def test_attempts_to_do_what_is_forbidden_are_recorded(kind: type[Refused]) -> None:
    """A slip of the pen is not; reaching for what is not one's own is (PCI DSS 10.2.1.4)."""
    assert kind.recorded is (kind not in {NotFound, Invalid})


def test_a_target_says_whether_to_try_again() -> None:
    """A failure is one of two kinds, and the passing one may say when to come back."""
    throttled = Temporary("the system asks to wait.", retry_after=timedelta(seconds=3))

    assert isinstance(throttled, ConnectorError)
    assert isinstance(Permanent("no such account."), ConnectorError)
    assert (str(throttled), throttled.retry_after) == (
        "the system asks to wait.",
        timedelta(seconds=3),
    )
    assert Temporary("the system is away.").retry_after is None


def test_defects_are_no_refusals() -> None:
    """An illegal move and a lost race are never an answer for a person."""
    illegal = IllegalMove("request", RequestState.DENIED, RequestState.APPROVED)

    assert str(illegal) == "a request never moves from denied to approved"
    assert not isinstance(illegal, Refused)
    assert not isinstance(LostRace(), Refused)
