"""One inbound thing becomes one answer, once; and whatever goes wrong is said."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from threading import Barrier
from typing import NoReturn
from unittest.mock import patch

import pytest
import structlog
from structlog.testing import capture_logs

from adapters.chat.inbox import WAIT_MAX, Inbound, Inbox
from engine.errors import LostRace
from engine.model.company import Condition, Route
from engine.model.identifiers import EntitlementId, PersonId, PlatformName
from engine.model.via import Via
from engine.ports import UnitOfWork, Work
from engine.workflow import receive
from storage.database.connect import connect
from storage.unit_of_work import PostgresWork
from tests.adapters.chat.company import BEN, CHAT, INGRID, RIYA, acme
from tests.adapters.chat.town import Town, button

_VIA = {"platform", "account", "assurance"}
ASK = 'request netsuite-gl 4h "Q4 close, posting accruals"'


@pytest.fixture(autouse=True)
def _fresh_log() -> Iterator[None]:
    """Let logs be captured, whoever configured logging before."""
    structlog.reset_defaults()
    yield
    structlog.reset_defaults()


def _inbound(text: str, *, account: str = RIYA, delivery: str = "d1") -> Inbound:
    return Inbound(
        CHAT, account, delivery=delivery, text=text, fields=None, channel="", thread=None
    )


# ── once ────────────────────────────────────────────────────────────────────────────────────────


def test_the_same_delivery_again_gives_the_same_answer_and_does_nothing(town: Town) -> None:
    """Slack and Teams deliver again when an acknowledgement got lost."""
    first = town.say(RIYA, ASK, delivery="d1")

    second = town.say(RIYA, ASK, delivery="d1")

    assert second == replace(first, is_repeated=True)
    assert town.actions(1).count("request.submitted") == 1
    assert not town.actions(2)


def test_eight_copies_of_a_delivery_at_once_are_one(town: Town) -> None:
    """All of them get the one answer, whichever came first."""
    inbox, start = Inbox(town.work), Barrier(4)

    def deliver(_: int) -> str:
        start.wait()
        card = inbox.receive(_inbound(ASK)).card
        return card.title if card else ""

    with ThreadPoolExecutor(4) as pool:
        titles = set(pool.map(deliver, range(4))) | set(pool.map(deliver, range(4)))

    assert titles == {"JIT-1: GL posting for Riya Patel: asked"}
    assert not town.actions(2)


def test_another_persons_delivery_of_the_same_name_is_another_one(town: Town) -> None:
    """An answer is for the person who asked, and never for somebody who guesses a name."""
    town.say(RIYA, "mine", delivery="d1")

    answer = town.say(BEN, "pending", delivery="d1")

    assert answer.card is not None
    assert answer.card.title == "Nothing waits for your decision"


def test_a_copy_whose_first_never_answered_says_so(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process may have died in between; nobody knows, and nobody guesses."""
    monkeypatch.setattr("adapters.chat.inbox.WAIT_MAX", WAIT_MAX / 50)
    inbound = _inbound(ASK)
    receive.claim_delivery(town.work, inbound.key)

    answer = Inbox(town.work).receive(inbound)

    assert (answer.code, answer.is_repeated) == ("seen", True)


# ── who ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_stranger_is_told_so_and_recorded(town: Town) -> None:
    """By the account, without what they wrote."""
    answer = town.say("U666", "request netsuite-gl 4h let me in")

    assert answer.code == "person.stranger"
    (entry,) = town.entries("refusals")
    assert entry.actor == f"{CHAT}:U666"
    assert "let me in" not in str(entry.facts)


def test_an_account_of_another_platform_is_a_strangers(town: Town) -> None:
    """The same id means somebody else there."""
    inbound = Inbound(
        PlatformName("slack"), RIYA, delivery="d", text="mine", fields=None, channel="", thread=None
    )

    assert Inbox(town.work).receive(inbound).code == "person.stranger"


def test_whom_the_platform_knows_as_an_outsider_is_refused_and_recorded(town: Town) -> None:
    """Even where the directory has the account: a guest is nobody's employee."""
    inbound = replace(_inbound("mine"), outsider="a guest in this workspace")

    answer = Inbox(town.work).receive(inbound)

    assert answer.code == "person.outsider"
    assert answer.card is not None
    assert "You are a guest in this workspace" in answer.card.plain()
    (entry,) = town.entries("refusals")
    assert (entry.actor, entry.facts["code"]) == (RIYA, "person.outsider")


def test_what_somebody_does_names_the_account_that_said_it(town: Town) -> None:
    """And the line in the log says how sure that is."""
    with capture_logs() as logs:
        town.ask()

    submitted = town.entries("JIT-1")[0]
    assert submitted.facts["via"] == {"platform": CHAT, "account": RIYA, "assurance": "pinned"}
    assert [one["assurance"] for one in logs if one["event"] == "inbound"] == ["pinned"]


def test_the_record_says_through_which_account_and_shows_no_secret(town: Town) -> None:
    """In a chat and as a file; beside platform, account and assurance there is nothing of it."""
    town.ask()

    shown = town.card(INGRID, "audit JIT-1").table
    taken = town.say(INGRID, "audit JIT-1 csv").file

    assert shown is not None
    assert [row[3] for row in shown.rows] == ["", f"{CHAT} {RIYA} (pinned)"]
    assert taken is not None
    assert taken.text.count(f"{CHAT} {RIYA} (pinned)") == 1
    assert all(set(e.facts.get("via", {})) <= _VIA for e in town.entries("JIT-1"))


def test_a_managed_address_lets_in_whom_the_files_give_no_account(town: Town) -> None:
    """What they do says that it was by the address."""
    inbound = replace(_inbound(ASK, account="U1"), platform=PlatformName("slack"))
    riya = acme().person[RIYA]

    answer = Inbox(town.work).receive(replace(inbound, email=riya.email.upper()))

    assert answer.request == 1
    submitted = town.entries("JIT-1")[0]
    assert submitted.actor == RIYA
    assert submitted.facts["via"] == {
        "platform": "slack",
        "account": "U1",
        "assurance": "managed-email",
    }


def test_an_address_lets_nobody_in_beside_a_pinned_account(town: Town) -> None:
    """It may have been given to somebody else since."""
    inbound = replace(_inbound("mine", account="U1"), email=acme().person[RIYA].email)

    answer = Inbox(town.work).receive(inbound)

    assert answer.code == "person.stranger"


# ── drafts ──────────────────────────────────────────────────────────────────────────────────────


def test_a_draft_is_the_form_as_it_would_be_now(town: Town) -> None:
    """What is filled in is checked; what is not filled in yet is no mistake."""
    fields = {"entitlement": "netsuite-gl", "duration": "soon", "reason": ""}
    inbound = replace(_inbound("request"), fields=fields, is_draft=True)

    answer = Inbox(town.work).receive(inbound)

    assert answer.form is not None
    shown = {field.name: (field.value, bool(field.error)) for field in answer.form.fields}
    assert shown["entitlement"] == ("netsuite-gl", False)
    assert shown["duration"] == ("soon", True)
    assert shown["reason"] == ("", False)
    assert answer.form.lines


def test_a_draft_does_nothing(town: Town) -> None:
    """However complete it is: nothing is asked for, claimed or recorded."""
    fields = {"entitlement": "netsuite-gl", "duration": "4h", "reason": "Q4 close, accruals"}
    draft = replace(_inbound("request"), fields=fields, is_draft=True)
    outside = replace(draft, outsider="a bot")
    inbox = Inbox(town.work)

    answers = [inbox.receive(one) for one in (draft, draft, outside)]

    assert [bool(answer.form) for answer in answers] == [True, True, False]
    assert not town.actions(1)
    assert not town.entries("refusals")
    assert not inbox.receive(replace(draft, is_draft=False)).is_repeated


@pytest.mark.parametrize(
    ("who", "line", "code"),
    [
        ("U666", "request", "person.stranger"),
        (RIYA, "approve JIT-1", ""),
        (RIYA, "mine", "form.none"),
        (RIYA, "xyzzy", "command.unknown"),
        (INGRID, "audit netsuite-gl", ""),
    ],
)
def test_a_draft_never_carries_anything_out(town: Town, who: str, line: str, code: str) -> None:
    """Whatever it says, complete or refused: no decision, no read of the record, no attempt."""
    town.ask()
    before = [town.actions(1), town.entries("refusals"), town.entries("audit")]

    answer = town.say(who, line, fields={}, is_draft=True)

    assert answer.code == code
    assert [town.actions(1), town.entries("refusals"), town.entries("audit")] == before


def test_a_conflict_is_seen_while_the_form_is_filled_in(town: Town) -> None:
    """And is not an attempt yet."""
    town.ask()

    draft = town.say(RIYA, "request", fields={"entitlement": "netsuite-ap"}, is_draft=True)

    assert draft.form is not None
    assert "would be refused: AP processing cannot be combined" in str(draft.form.lines)
    assert not town.entries("refusals")


def test_a_policy_that_gives_no_answer_is_an_alarm(town: Town) -> None:
    """Whoever asks is told, the attempt is recorded, and the log says that somebody must mend it.

    Nothing of the justification is in that line.
    """
    pay = acme().entitlement[EntitlementId("netsuite-pay")]
    never = Route(Condition("1 / 0 == 1", "the moon is full"), pay.chain)
    broken = replace(pay, routes=(never,))
    town.apply(replace(acme(), entitlements=(broken,)))

    with capture_logs() as logs:
        answer = town.say("sofia.almeida", 'request netsuite-pay 1h "PAY-1234 November run"')

    assert answer.code == "policy.no_answer"
    assert "the condition “the moon is full” gave no answer" in answer.card.plain()  # type: ignore[union-attr] # it is there
    assert [one.facts["code"] for one in town.entries("refusals")] == ["policy.no_answer"]
    [alarm] = [one for one in logs if one["event"] == "policy.no_answer"]
    assert alarm["log_level"] == "error"
    assert "November" not in str(alarm)


def test_choices_are_those_of_the_person(town: Town) -> None:
    """Only what they may request, closest first; for a stranger and for nonsense nothing."""
    inbox, typing = Inbox(town.work), replace(_inbound("request"), is_draft=True)

    found = inbox.choices(typing, "entitlement", "posting")

    assert found[0].value == "netsuite-gl"
    assert not inbox.choices(typing, "entitlement", "payments-db")
    assert not inbox.choices(replace(typing, account="U666"), "entitlement", "")
    assert not inbox.choices(replace(typing, outsider="a guest"), "entitlement", "")
    assert not inbox.choices(replace(typing, text="xyzzy"), "entitlement", "")
    assert not town.entries("refusals")


def test_choices_that_cannot_be_read_are_none() -> None:
    """A menu stays empty; the log says why."""

    def broken(via: Via | None = None) -> NoReturn:
        raise _Broken

    with capture_logs() as logs:
        assert not Inbox(broken).choices(_inbound("request"), "entitlement", "")

    assert [line["event"] for line in logs] == ["inbound.choices_broke"]


# ── refused ─────────────────────────────────────────────────────────────────────────────────────


def test_a_refused_attempt_is_recorded_with_its_request(town: Town) -> None:
    """In the request's own stream, without the words that the person used."""
    town.ask()

    answer = town.say(RIYA, "approve JIT-1 because I say so")

    assert (answer.code, answer.request) == ("decision.own_request", 1)
    (entry,) = [e for e in town.entries("JIT-1") if e.action == "attempt.refused"]
    assert (entry.actor, entry.facts["word"]) == (RIYA, "approve")
    assert "because I say so" not in str(entry.facts)


def test_a_slip_of_the_tongue_is_not_recorded(town: Town) -> None:
    """An invalid word is nobody's attempt at anything."""
    town.say(RIYA, "aprove JIT-1")
    town.say(RIYA, "request netsuite-gl 99h why not")

    assert not town.entries("refusals")


def test_a_submitted_form_is_shown_again_with_what_is_wrong(town: Town) -> None:
    """At the field, and everything that was filled in is still there."""
    fields = {"entitlement": "netsuite-gl", "duration": "4h", "reason": "because", "holder": ""}

    answer = town.say(RIYA, "request", fields=fields)

    assert answer.code == "reason.empty"
    assert answer.form is not None
    shown = {field.name: (field.value, bool(field.error)) for field in answer.form.fields}
    assert shown["reason"] == ("because", True)
    assert shown["duration"] == ("4h", False)


def test_a_conflict_in_a_form_is_a_card_and_recorded(town: Town) -> None:
    """It is about the person, not about a field."""
    town.ask()
    fields = {"entitlement": "netsuite-ap", "duration": "1h", "reason": "paying the vendors"}

    answer = town.say(RIYA, "request", fields=fields)

    assert answer.code == "sod.conflict"
    assert answer.card is not None
    assert [entry.facts["code"] for entry in town.entries("refusals")] == ["sod.conflict"]


def test_a_button_of_what_was_shown_before_is_refused(town: Town) -> None:
    """Its hash no longer is the request's."""
    town.ask()
    town.say(BEN, "help")
    says = button(town.direct(BEN)[0], "Approve")
    stale = says[:-16] + "0" * 16

    answer = town.say(BEN, stale)

    assert answer.code == "request.changed"
    assert town.say(BEN, says).code == ""


def test_a_refused_line_can_be_corrected_in_a_form(town: Town) -> None:
    """Nobody has to type a good reason twice because of a wrong number."""
    refused = town.card(RIYA, 'request netsuite-gl 9h "Q4 close, posting accruals"')

    opened = town.say(RIYA, button(refused, "Correct it…"))

    assert opened.form is not None
    shown = {field.name: (field.value, bool(field.error)) for field in opened.form.fields}
    assert shown["duration"] == ("9h", True)
    assert shown["reason"] == ("Q4 close, posting accruals", False)
    fields = {name: value for name, (value, _) in shown.items()} | {"duration": "4h"}
    assert town.say(RIYA, opened.form.says, fields=fields).request == 1


# ── broken ──────────────────────────────────────────────────────────────────────────────────────


class _Broken(Exception):
    """Something that nobody expected."""


def _breaking(work: Work, times: int, error: Exception) -> Work:
    """Let some commits fail of those that follow a person's lock: submitting, not claiming."""
    left = [times]

    @contextmanager
    def begin(via: Via | None = None) -> Iterator[UnitOfWork]:
        with work(via) as uow:
            commit, lock_person = uow.commit, uow.lock_person
            locked: list[PersonId] = []

            def lock(person: PersonId) -> None:
                locked.append(person)
                lock_person(person)

            def fail() -> None:
                if left[0] and locked:
                    left[0] -= 1
                    raise error
                commit()

            with patch.multiple(uow, lock_person=lock, commit=fail):
                yield uow

    return begin


def test_what_nobody_expected_is_said_with_a_reference(town: Town) -> None:
    """No stack trace and no words of the person; the log has the same reference."""
    work = _breaking(town.work, 1, _Broken("secret words"))

    with capture_logs() as logs:
        answer = Inbox(work).receive(_inbound(ASK))

    assert answer.code == "unexpected"
    assert answer.card is not None
    (broke,) = [line for line in logs if line["event"] == "inbound.broke"]
    assert broke["reference"] in answer.card.plain()
    assert "secret words" not in answer.card.plain()
    assert not town.actions(1)


def test_what_was_done_is_said_even_if_the_answer_could_not_be_kept(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is only for a second copy of the delivery."""

    def fail(*_: object) -> None:
        raise _Broken

    monkeypatch.setattr(receive, "keep_answer", fail)

    answer = Inbox(town.work).receive(_inbound(ASK))

    assert (answer.code, answer.request) == ("", 1)


def test_without_any_company_everybody_is_told_so(
    migrated_database_url: str,
) -> None:
    """An operator has not applied a configuration yet."""
    engine = connect(migrated_database_url, pool_size=1)

    answer = Inbox(PostgresWork(engine)).receive(_inbound("help"))

    assert answer.code == "config.none"
    engine.dispose()


def test_who_loses_a_race_decides_again(town: Town) -> None:
    """The person notices nothing."""
    work = _breaking(town.work, 2, LostRace())

    answer = Inbox(work).receive(_inbound(ASK))

    assert answer.code == ""
    assert answer.request is not None
    assert town.actions(answer.request)[0] == "request.submitted"


# ── the log ─────────────────────────────────────────────────────────────────────────────────────


def test_each_inbound_is_logged_without_its_words(town: Town) -> None:
    """Who, which command, which request, what came of it, how long; never the text."""
    inbox = Inbox(town.work)

    with capture_logs() as logs:
        inbox.receive(_inbound(ASK, delivery="a"))
        inbox.receive(_inbound("approve JIT-1 secret comment", delivery="b"))
        inbox.receive(_inbound("sesame open", delivery="c"))

    lines = [line for line in logs if line["event"] == "inbound"]
    seen = [(line["word"], line["person"], line["request"], line["code"]) for line in lines]
    assert seen == [
        ("request", RIYA, 1, "ok"),
        ("approve", RIYA, 1, "decision.own_request"),
        ("", RIYA, None, "command.unknown"),
    ]
    assert all(isinstance(line["ms"], int) for line in lines)
    assert "accruals" not in str(logs)
    assert "secret" not in str(logs)
    assert "sesame" not in str(logs)
