"""Whatever can be recorded can be said, out of what is really recorded."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from engine.audit.canonical import Json
from engine.audit.entry import Entry
from engine.audit.vocabulary import VOCABULARY, Action, sentence, slots
from engine.errors import NotAllowed
from engine.model.closing import ClosingOutcome
from engine.model.identifiers import AccountName, DelegationId
from engine.model.request import Verdict
from engine.model.target import Target
from engine.policy.accounts import AccountFacts
from engine.ports import EffectKind, EntryFilter
from engine.workflow.accounts import note_account
from engine.workflow.apply_config import apply_config
from engine.workflow.asking import question
from engine.workflow.asking.cancel import cancel
from engine.workflow.delegating.end import undelegate
from engine.workflow.extending.over import end_extensions
from engine.workflow.granting.end import give_back, revoke
from engine.workflow.guarding.enforce import end_frozen
from engine.workflow.guarding.freeze import freeze, unfreeze
from engine.workflow.leavers import follow_people
from engine.workflow.read_audit import read_audit
from engine.workflow.receive import note_refusal
from tests.engine.acts import answer, approved, ask, configure, given, settle, work_on
from tests.engine.workflow.closely import write_to
from tests.engine.workflow.delegating.acts import stand_in
from tests.engine.workflow.emergency.acts import broken, closed
from tests.engine.workflow.extending.acts import longer
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
    TICKET,
    TOM,
    Setup,
    company,
)
from tests.simulation.memory.conditions import LONG
from tests.simulation.sandbox import Fault
from tests.simulation.world import World

STANDING = Target(AccountName("ola_berg"), "main", "reports")

SAID = {
    "request.submitted": "Riya Patel asked for NETSUITE CLOSE for Riya Patel, for 1 hour: "
    "“Q4 close, FIN-1234”",
    "stage.opened": "Stage 1 of 1, Controller: asked Ben Okafor, Sofia Almeida, Tom Reyes. "
    "Lapses 2026-11-22 11:00.",
    "stage.unreached_found": "Nobody who is asked at stage 1 of 1, Controller, could be written "
    "to: Ben Okafor (refused by playground), Sofia Almeida (refused by playground), "
    "Tom Reyes (refused by playground). Please tell them: whoever says “pending” to the bot can "
    "decide. It lapses 2026-11-22 11:00.",
    "stage.reached": "Ben Okafor could be written to by now, and can decide stage 1 of 1, "
    "Controller.",
    "request.questioned": "Sofia Almeida, Treasurer, asks at stage 1 of 1, Controller: "
    "“For which month is it?”",
    "request.answered": "Riya Patel answers Sofia Almeida: “For November.”",
    "stage.asked_again": "Stage 1 of 2, Two controllers: people have changed; "
    "it asks Ben Okafor, Tom Reyes now.",
    "stage.stalled_found": "Nobody who may is left to decide the stage “Controller”, so nothing "
    "can be given before it lapses 2026-11-22 20:02, unless people come back or the configuration "
    "changes.",
    "ticket.checked": "FIN-1234 was looked up in Changes: it is open (Approved), belongs to "
    "Ola Berg and is about Ledger.",
    "sod.alerted": "Segregation of duties: Ola Berg would combine NETSUITE AP with NETSUITE CLOSE "
    "(JIT-17), which the rule gl-ap (Posting and bills are kept apart) reports but allows.",
    "decision.approved": "Sofia Almeida, Treasurer, approved stage 1 of 1, Controller, "
    "as one of Controllers.",
    "decision.denied": "Sofia Almeida, Treasurer, denied it at stage 1 of 1, Controller, "
    "as one of Controllers: “not this week”",
    "request.approved": "Every stage is satisfied; the access is being given.",
    "request.denied": "The request is denied; nothing is given.",
    "request.cancelled": "Riya Patel took the request back; nothing is given.",
    "request.dropped": "Ola Berg has left, so the request is cancelled; nothing is given.",
    "request.lapsed": "Nobody decided stage 1 of 1, Controller, in time; nothing is given.",
    "grant.standing_found": "ola_berg held reports on main before this grant; "
    "that standing access will be left as it was.",
    "grant.activated": "Ola Berg now has NETSUITE REPORTS (reports on main as ola_berg), "
    "read back from the system. It ends 2026-11-22 10:00.",
    "grant.warned": "NETSUITE CLOSE ends 2026-11-22 10:00.",
    "request.overtaken": "The access of {extended} ended before this was decided, so there is "
    "nothing to extend.",
    "grant.extension_asked": "Riya Patel asked in {extension} that it goes on until "
    "2026-11-22 13:02 instead of 2026-11-22 12:02: “the close takes longer, FIN-1234”",
    "grant.extended": "The access goes on until 2026-11-22 13:02 instead of 2026-11-22 12:02, as "
    "{extension} was approved.",
    "grant.extension_settled": "{extension} was taken back; the access ends 2026-11-22 12:02, as "
    "before.",
    "grant.expired": "The time is over; the access is being taken away.",
    "grant.revoked": "Tom Reyes, Head of Compliance, ended the access early: “not needed any more”",
    "grant.returned": "Ola Berg gave the access back early.",
    "grant.left_behind": "Ola Berg has left; the access is being taken away.",
    "grant.frozen": "Li Wei froze NETSUITE CLOSE and what is held of it (“it was leaked”); "
    "the access is being taken away.",
    "grant.failed": "The access could not be given: "
    "the sandbox has no such account; it must be made first.",
    "grant.overdue_found": "The access should have gone 2026-11-22 10:00 and is still there: "
    "the sandbox cannot be reached; it will be tried again. "
    "It is tried again without end; please look at the system.",
    "grant.ended": "The access is gone, read back from the system; within a second of its end.",
    "grant.access_kept": "This grant ended; the permission was left as it is, "
    "because the person held it before this grant.",
    "grant.ended_unused": "This grant ended before anything was given; nothing was taken away.",
    "account.linked": "The account U1 on second is Riya Patel's, as its managed address says.",
    "account.unlinked": "The account U1 on second is not Riya Patel's any more.",
    "account.deactivated": "Riya Patel counts as having left: their account U1 on second is "
    "a guest in this workspace.",
    "account.reactivated": "Riya Patel's account U1 on second is a member's again.",
    "delegation.given": "Li Wei let Tom Reyes decide for Ben Okafor, for everything, from "
    "2026-11-22 09:00 until 2026-11-22 10:00: “on holiday until Friday” (D-1).",
    "delegation.ended": "Tom Reyes ended D-1: Tom Reyes does not decide for Ben Okafor any more.",
    "attempt.refused": "Ola Berg tried “approve” and was refused (a.b): You cannot.",
    "request.routed": ("Owner is not asked: only where it is for longer than an hour."),
    "config.activated": "operator put configuration 7 in force ({digest}): A rule was added.",
    "freeze.begun": "Li Wei froze *-close: “it was leaked”; what is held is taken away.",
    "freeze.lifted": "Li Wei lifted the freeze of *-close: “it is over by now”.",
    "breakglass.opened": "Ola Berg, Accountant, broke the glass: NETSUITE GL (gl_posting on main "
    "as ola_berg) is given at once, for 1 hour, because of INC-4711. It begins as soon as a "
    "signed checkpoint of the record holds this, and is decided afterwards.",
    "breakglass.unsigned_found": "No signed checkpoint of the record holds this break-glass yet, "
    "so nothing is given; please look whether the clock runs and can sign.",
    "breakglass.unanswered_found": "Whether this break-glass was right should have been decided "
    "until 2026-11-22 14:02, at stage 1 of 1, Controller, by Ben Okafor or Sofia Almeida or "
    "Tom Reyes. It stays open until somebody answers.",
    "breakglass.unapproved": "Nobody approved it afterwards in time, so it counts as not approved.",
    "breakglass.ended_unused": "Nothing was given, so there is nothing to approve afterwards.",
    "closing.opened": "The access has ended; what was done with it? To be closed by Tom Reyes, "
    "until 2026-11-22 17:02.",
    "closing.reassigned": "People have changed: this use of break-glass is to be closed by "
    "Tom Reyes now, until 2026-11-22 17:02.",
    "closing.reminded": "This use of break-glass is not closed yet; it is to be closed by "
    "Tom Reyes, until 2026-11-22 17:02.",
    "closing.escalated": "This use of break-glass is not closed yet, and 2026-11-22 17:02 is "
    "near; from now on it can be closed by Tom Reyes or Mara Lind.",
    "closing.overdue_found": "This use of break-glass should have been closed until "
    "2026-11-22 17:02 and is not; it can be closed by Tom Reyes or Mara Lind, and is overdue "
    "until one of them does.",
    "closing.closed": "Tom Reyes, Head of Compliance, closed this use of break-glass as not "
    "justified: “Two stuck postings were corrected.”",
    "closing.ended_unused": "Nothing was given, so there is nothing to look at; it is closed.",
    "audit.read": "Tom Reyes read the audit log: person riya.patel ({count} entries).",
}
"""What is said when each thing happens for the first time in the life below."""


ACCOUNT_LIFE = (
    AccountFacts(SECOND_CHAT, "U1", f"{RIYA}@acme.example"),
    AccountFacts(SECOND_CHAT, "U1", why_not="a guest in this workspace"),
    AccountFacts(SECOND_CHAT, "U1"),
    AccountFacts(SECOND_CHAT, "U1", "nobody@acme.example"),
)


def come_and_go(world: World) -> None:
    """Let people leave: who holds, who is about to, who asked, and who was asked."""
    given(world, OLA, AP)
    approved(world, OLA, REPORTS)
    ask(world, OLA, PAYMENTS)
    ask(world)
    for people in ((SOFIA,), (BEN, TOM, OLA)):
        for person in people:
            note_account(world.work, AccountFacts(CHAT, person, why_not="a guest"))
        follow_people(world.work)
    settle(world)


def freeze_and_lift(world: World) -> None:
    """Let something be frozen that somebody holds."""
    given(world)
    freeze(world.work, LI, "*-close", "it was leaked", ends_live=True)
    end_frozen(world.work)
    settle(world)
    unfreeze(world.work, LI, "*-close", "it is over by now")


def break_the_glass(world: World) -> None:
    """Let emergencies happen: one that is never given, and one that nobody answers for in time."""
    world.is_unsigned = True
    broken(world, OLA)
    world.advance(timedelta(seconds=11))
    settle(world)
    world.advance(HOUR)
    settle(world)
    world.is_unsigned = False
    request = broken(world)
    settle(world)
    for _ in range(6):
        world.advance(HOUR)
        settle(world)
    for setup in (Setup(gone=frozenset({MARA})), Setup()):
        configure(world, setup)
        settle(world)
    closed(world, request, outcome=ClosingOutcome.NOT_JUSTIFIED)


def go_on(world: World) -> None:
    """Let access be extended, and what was asked of it be over before anybody decides it."""
    request = given(world)
    answer(world, SOFIA, longer(world, request))
    longer(world, request)
    give_back(world.work, RIYA, request)
    end_extensions(world.work)
    request = given(world, OLA)
    cancel(world.work, OLA, longer(world, request, OLA))
    give_back(world.work, OLA, request)
    settle(world)


def combine(world: World) -> None:
    """Ask for what a rule keeps apart, but only reports."""
    configure(world, Setup(is_ledger_rule_reported=True))
    combined = [ask(world, OLA, CLOSE), ask(world, OLA, AP)]
    for one in combined:
        cancel(world.work, OLA, one)


def live_through_everything(world: World) -> list[Entry]:
    """Let everything happen at least once that can be recorded; gives what was recorded."""
    world.standing = frozenset({STANDING})
    world.target.held.add(STANDING)
    stand_in(world, BEN, TOM, by=LI)
    undelegate(world.work, TOM, DelegationId(1))
    lost = ask(world)
    write_to(world, lost, (BEN, SOFIA, TOM), missing=(BEN, SOFIA, TOM))
    write_to(world, lost, (BEN,))
    cancel(world.work, RIYA, lost)
    denied = ask(world)
    question.ask(world.work, SOFIA, denied, "For which month is it?")
    question.answer(world.work, RIYA, denied, "For November.")
    answer(world, SOFIA, denied, verdict=Verdict.DENY, reason="not this week")
    give_back(world.work, OLA, given(world, OLA, REPORTS))
    settle(world)
    revoke(world.work, TOM, given(world), "not needed any more")
    settle(world)
    approved(world, MARA)
    work_on(world, EffectKind.PROVISION, None, Fault.REFUSED)
    given(world, BEN)
    ask(world)
    world.advance(HOUR - timedelta(minutes=5))
    settle(world)
    world.target.faults.append(Fault.DOWN)
    world.advance(timedelta(minutes=5))
    settle(world)
    world.target.faults.append(Fault.DOWN)
    world.advance(timedelta(minutes=2))
    settle(world)
    world.advance(HOUR)
    settle(world)
    for told in ACCOUNT_LIFE:
        note_account(world.work, told)
    note_refusal(world.work, OLA, "approve", NotAllowed("a.b", "You cannot."))
    read_audit(world.work, TOM, EntryFilter(person=RIYA))
    configure(world, Setup(owner_when=LONG))
    cancel(world.work, RIYA, ask(world, wanted=GL))
    for happens in (go_on, break_the_glass, freeze_and_lift, combine):
        happens(world)
    configure(world, Setup(ticket=TICKET))
    cancel(world.work, OLA, ask(world, OLA))
    come_and_go(world)
    apply_config(
        world.work,
        company(Setup(has_treasury_rule=True)),
        applied_by="operator",
        difference=lambda _before, _after: ["A rule was added."],
    )
    return [one.entry for one in world.state.entries]


def said(entry: Entry) -> str:
    """Say an entry as plain text."""
    pieces = sentence(entry)
    return "".join(f"{p:%Y-%m-%d %H:%M}" if isinstance(p, datetime) else p for p in pieces)


def test_every_action_has_a_sentence() -> None:
    """No action is left out of the vocabulary."""
    assert set(VOCABULARY) == set(Action)


def test_what_is_recorded_can_be_said(world: World) -> None:
    """Every entry that the use cases write holds each fact that its sentence names."""
    recorded = live_through_everything(world)

    assert {entry.action for entry in recorded} == set(Action)
    for entry in recorded:
        assert slots(Action(entry.action)) - {"actor"} <= entry.facts.keys()


@pytest.mark.parametrize("action", list(Action), ids=str)
def test_a_sentence_reads_like_one(world: World, action: Action) -> None:
    """Names, lengths and instants are spelled for people."""
    recorded = live_through_everything(world)
    first = next(entry for entry in recorded if entry.action == action)

    assert said(first) == SAID[action].format_map({**first.facts})


def test_every_action_is_a_thing_and_what_happened_to_it() -> None:
    """`thing.past_participle`: lists and filters can rely on it."""
    assert all(action.count(".") == 1 and action.islower() for action in Action)


def test_instants_stay_instants() -> None:
    """A platform shows them in the zone of whoever reads."""
    ends_at = "2026-11-22T18:41:00.000000Z"
    facts = {"entitlement_name": "GL", "ends_at": ends_at}
    entry = Entry("JIT-1", Action.GRANT_WARNED, "jitbot", datetime.now(UTC), facts)

    pieces = sentence(entry)

    assert pieces == ("GL", " ends ", datetime(2026, 11, 22, 18, 41, tzinfo=UTC), ".")


def test_an_actor_without_a_name_is_shown_by_id() -> None:
    """Old entries, and what a command line did, say who it was all the same."""
    facts: dict[str, Json] = {
        "config_version": 1,
        "digest": "3f9a",
        "difference": "Everything is new.",
    }
    entry = Entry("config", Action.CONFIG_ACTIVATED, "operator", datetime.now(UTC), facts)

    assert said(entry).startswith("operator put configuration 1 in force (3f9a)")


def test_a_fact_that_looks_like_an_instant_and_is_none_is_shown_as_it_is() -> None:
    """A sentence never fails because of an old entry's odd fact."""
    facts: dict[str, Json] = {"entitlement_name": "GL", "ends_at": 0}
    entry = Entry("JIT-1", Action.GRANT_WARNED, "jitbot", datetime.now(UTC), facts)

    assert said(entry) == "GL ends 0."


def test_a_duration_that_is_no_number_is_shown_as_it_is() -> None:
    """Neither because of a length that is written out."""
    facts = {
        "entitlement_name": "GL",
        "holder_name": "Riya",
        "duration": "four hours",
        "reason": "Q4",
    }
    entry = Entry("JIT-1", Action.REQUEST_SUBMITTED, "riya", datetime.now(UTC), facts)

    assert said(entry) == "riya asked for GL for Riya, for four hours: “Q4”"
