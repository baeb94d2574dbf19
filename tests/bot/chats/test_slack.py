"""Slack end to end: people at the fake, the real web process, the real engine."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable

import pytest

from bot.wiring import Parts
from engine.model.identifiers import PersonId, RequestId
from engine.workflow.look import company_now
from tests.adapters.chat.slack.stage import AUDIT, RIYA, until
from tests.bot.chats.conftest import BEN, GUEST
from tests.slack.fake_slack import FakeSlack, Person, plain
from tests.slack.fake_slack.payloads import submission


async def test_a_person_asks_with_the_form(slack: FakeSlack, installed: Parts) -> None:
    """A command opens the modal, what is wrong is said in it, what is right is asked for."""
    riya = slack.person(RIYA)

    await riya.types("/jit", AUDIT)
    await until(lambda: riya.modal)
    view = riya.modal
    assert view is not None
    await riya.fills_in(
        view, {"What you need": "GL posting (netsuite-gl)", "For how long": "4 hours"}
    )
    await riya.fills_in(view, {"Why you need it": "x"})
    await riya.submits(view)
    assert "reason" in view.errors
    await riya.fills_in(view, {"Why you need it": "Q4 close, posting accruals"})
    await riya.submits(view)

    assert riya.modal is not None
    assert "JIT-1" in plain(riya.modal)
    with installed.work() as uow:
        dossier = uow.requests.find(RequestId(1))
    assert dossier is not None
    assert (dossier.request.requester, dossier.request.entitlement) == ("riya.patel", "netsuite-gl")


async def test_the_first_approver_decides_with_a_button(slack: FakeSlack, installed: Parts) -> None:
    """Whatever a card's button says, the engine looks at who pressed it."""
    riya, ben = slack.person(RIYA), slack.person(BEN)
    await riya.types('/jit request netsuite-gl 4h "Q4 close, posting accruals"', AUDIT)
    await until(riya.ephemerals)

    await ben.types("/jit pending", AUDIT)
    await until(ben.ephemerals)
    await ben.presses(ben.ephemerals()[0], "Look at JIT-1")
    await until(lambda: len(ben.ephemerals()) == 2)
    card = ben.ephemerals()[-1]
    await riya.presses(card, "Approve")
    await until(lambda: len(riya.ephemerals()) == 2)
    await ben.presses(card, "Approve")
    await until(lambda: len(ben.ephemerals()) == 3)

    refused, taken = riya.ephemerals()[-1], ben.ephemerals()[-1]
    assert "your own" in plain(refused)
    assert "approved" in plain(taken)
    with installed.work() as uow:
        dossier = uow.requests.find(RequestId(1))
    assert dossier is not None
    assert [decision.approver for decision in dossier.decisions] == ["ben.okafor"]


async def test_whose_account_is_deactivated_has_left(slack: FakeSlack, installed: Parts) -> None:
    """As soon as Slack says so, and until it says otherwise; a guest's news are nobody's."""

    def works_here() -> bool:
        return company_now(installed.work).company.person[PersonId("riya.patel")].active

    slack.change_person(RIYA, deleted=True)
    await slack.tell_of_person(RIYA)
    await until(lambda: not works_here())

    slack.change_person(RIYA, deleted=False)
    await slack.tell_of_person(GUEST)
    await slack.tell_of_person(RIYA)
    await until(works_here)

    with installed.work() as uow:
        told = [recorded.entry.action for recorded in uow.audit.stream("people")]
    assert told == ["account.deactivated", "account.reactivated"]


# ── self-approval ───────────────────────────────────────────────────────────────────────────────

LINE = "approve JIT-1"


async def by_command(slack: FakeSlack, riya: Person) -> None:
    """Type it."""
    await riya.types(f"/jit {LINE}", AUDIT)


async def by_message(slack: FakeSlack, riya: Person) -> None:
    """Write it to the bot."""
    await riya.types(LINE)


async def by_button(slack: FakeSlack, riya: Person) -> None:
    """Make a button say it that says something else."""
    card = riya.ephemerals()[0]
    block = next(block for block in card.blocks if block["type"] == "actions")
    await riya.acts(card, block, {"type": "button", "action_id": "say:0", "value": LINE})


async def by_form(slack: FakeSlack, riya: Person) -> None:
    """Make a form say it that says something else."""
    await riya.types("/jit request", AUDIT)
    await until(lambda: riya.modal)
    assert riya.modal is not None
    body = submission(slack.workspace, riya.modal)
    told = json.loads(body["view"]["private_metadata"]) | {"says": LINE}
    body["view"]["private_metadata"] = json.dumps(told)
    body["view"]["state"]["values"] = {}
    await slack.deliver.interaction(body)


async def by_home(slack: FakeSlack, riya: Person) -> None:
    """Press it on the dashboard."""
    await riya.opens_home()
    await until(lambda: riya.home)
    assert riya.home is not None
    block = {"type": "actions", "block_id": "b"}
    await riya.acts(riya.home, block, {"type": "button", "action_id": "say:0", "value": LINE})


@pytest.mark.parametrize("door", [by_command, by_message, by_button, by_form, by_home])
async def test_nobody_approves_their_own_request(
    slack: FakeSlack, installed: Parts, door: Callable[[FakeSlack, Person], Awaitable[None]]
) -> None:
    """Whichever door they come in by; and every try is in the request's own record."""
    riya = slack.person(RIYA)
    await riya.types('/jit request netsuite-gl 4h "Q4 close, posting accruals"', AUDIT)
    await until(riya.ephemerals)

    await door(slack, riya)
    await until(lambda: "attempt.refused" in actions(installed))

    with installed.work() as uow:
        (refused,) = [
            recorded.entry
            for recorded in uow.audit.stream("JIT-1")
            if recorded.entry.action == "attempt.refused"
        ]
        dossier = uow.requests.find(RequestId(1))
    assert (refused.actor, refused.facts["code"]) == ("riya.patel", "decision.own_request")
    assert dossier is not None
    assert not dossier.decisions


def actions(installed: Parts) -> list[str]:
    """Read what was recorded about the first request."""
    with installed.work() as uow:
        return [recorded.entry.action for recorded in uow.audit.stream("JIT-1")]


# ── strangers, repetitions ──────────────────────────────────────────────────────────────────────


async def test_a_guest_is_refused_and_recorded(slack: FakeSlack, installed: Parts) -> None:
    """Politely, and to them alone."""
    guest = slack.person(GUEST)

    await guest.types("/jit catalog", AUDIT)
    await until(guest.ephemerals)

    assert "You are a guest in this workspace" in plain(guest.ephemerals()[0])
    with installed.work() as uow:
        (recorded,) = uow.audit.stream("refusals")
    assert recorded.entry.actor == f"slack:{GUEST}"


async def test_a_message_that_slack_delivers_again_is_answered_once(
    slack: FakeSlack, installed: Parts
) -> None:
    """Its acknowledgement got lost; the answer did not."""
    riya = slack.person(RIYA)
    first = await riya.types('request netsuite-gl 4h "Q4 close, posting accruals"')
    await until(lambda: len(riya.direct()) == 2)
    assert first is not None

    for number in ("1", "2", "3"):
        headers = {**first.headers, "X-Slack-Retry-Num": number}
        assert (await slack.deliver.raw(first.sent, headers)).status == 200
    await riya.types("mine")
    await until(lambda: len(riya.direct()) == 4)

    shown = [plain(message) for message in riya.direct()]
    assert sum(": asked" in one for one in shown) == 1
    with installed.work() as uow:
        assert uow.requests.find(RequestId(2)) is None


async def test_a_replayed_command_does_nothing_and_says_nothing(
    slack: FakeSlack, installed: Parts
) -> None:
    """The same bytes within five minutes are the same saying."""
    riya = slack.person(RIYA)
    done = await riya.types('/jit request netsuite-gl 4h "Q4 close, posting accruals"', AUDIT)
    await until(riya.ephemerals)

    assert done is not None
    again = await slack.deliver.again(done)
    await riya.types("/jit mine", AUDIT)
    await until(lambda: len(riya.ephemerals()) == 2)

    assert again.status == 200
    assert "JIT-1" in plain(riya.ephemerals()[-1])
    with installed.work() as uow:
        assert uow.requests.find(RequestId(2)) is None


@pytest.mark.usefixtures("working")
async def test_what_follows_is_told_in_slack(slack: FakeSlack) -> None:
    """The audit channel gets a thread, the approver a question, which is answered right there."""
    riya, ben = slack.person(RIYA), slack.person(BEN)
    await riya.types('/jit request netsuite-gl 4h "Q4 close, posting accruals"', AUDIT)
    await until(ben.direct)
    (asked,) = ben.direct()
    assert "[Approve]" in plain(asked)

    await ben.presses(asked, "Approve")
    await until(riya.direct)

    await until(lambda: "approved by Ben Okafor" in plain(ben.direct()[0]))
    assert "[Approve]" not in plain(ben.direct()[0])
    (root,) = riya.channel(AUDIT)
    await until(lambda: "Waiting for stage 2 of 3" in plain(root))
    replies = [plain(reply).splitlines()[0] for reply in riya.thread(root)]
    assert [title.split(" ", 1)[1] for title in replies] == [
        "Asked for",
        "Waiting for a decision",
        "Approved",
        "Waiting for a decision",
    ]
    assert len(riya.direct()) == len(ben.direct()) == 1
