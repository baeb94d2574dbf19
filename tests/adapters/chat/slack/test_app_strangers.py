"""Whoever is not Slack gets nowhere, and what a client could have changed is only a claim."""

from __future__ import annotations

import gzip
import json
from collections.abc import AsyncIterator
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest

from adapters.chat.cards import Answer, Card
from adapters.chat.inbox import Inbound
from adapters.chat.slack.app import BODY_MAX
from adapters.chat.slack.conversation import BROKE
from tests.adapters.chat.slack.stage import (
    ASK,
    ASKED,
    AUDIT,
    RIYA,
    Stage,
    parts_for,
    serve,
    settled,
    until,
)
from tests.slack.fake_slack import Envelope, FakeSlack, plain
from tests.slack.fake_slack.deliver import FORM, sign
from tests.slack.fake_slack.payloads import command, submission

AN_HOUR_AGO, FIVE_MINUTES_AGO = Envelope(age=3600), Envelope(age=301)


@pytest.mark.parametrize(
    "envelope",
    [
        Envelope(secret="another-apps-secret"),
        Envelope(signature=""),
        Envelope(signature="v0=" + "0" * 64),
        Envelope(signature="v0=ünsigned".encode().decode("latin-1")),
        FIVE_MINUTES_AGO,
        AN_HOUR_AGO,
        Envelope(age=-360),
    ],
)
async def test_what_slack_did_not_sign_lately_is_refused(stage: Stage, envelope: Envelope) -> None:
    """Forged, unsigned, recorded and sent again later, or dated ahead: nothing is done."""
    stage.riya.envelope = envelope

    done = await stage.riya.types("/jit request netsuite-gl 4h let me in", AUDIT)

    assert done is not None
    assert done.status == 401
    assert not stage.script.inbounds
    assert not stage.slack.calls


async def test_a_changed_body_is_refused(stage: Stage) -> None:
    """The signature is over every byte."""
    done = await stage.riya.types("/jit mine", AUDIT)
    assert done is not None
    stage.script.inbounds.clear()

    changed = await stage.slack.deliver.raw(done.sent.replace(b"mine", b"help"), done.headers)

    assert changed.status == 401
    assert not stage.script.inbounds


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"{}", {}),
        (b"", {"X-Slack-Request-Timestamp": "", "X-Slack-Signature": ""}),
        (b"{}", {"X-Slack-Request-Timestamp": "soon", "X-Slack-Signature": "v0=1"}),
        (b"{}", {"X-Slack-Request-Timestamp": "9" * 5000, "X-Slack-Signature": "v0=1"}),
        (b"\xff\xfe", {"X-Slack-Request-Timestamp": "1", "X-Slack-Signature": "v0=1"}),
        (b"{", {"Content-Type": "application/json; charset=nonsense"}),
        (b"payload=%7B", {"Content-Type": FORM}),
        (b"ssl_check=0&payload=1", {"Content-Type": FORM}),
    ],
)
async def test_no_stranger_makes_it_fail(
    stage: Stage, body: bytes, headers: dict[str, str]
) -> None:
    """Whatever they send, they are told that it is not Slack's."""
    done = await stage.slack.deliver.raw(body, headers)

    assert done.status == 401


@pytest.mark.parametrize("body", [b"payload={", b"payload=[]", b"payload=7"])
async def test_what_slack_signs_and_nobody_can_read_is_no_failure_of_ours(
    stage: Stage, body: bytes
) -> None:
    """It never happens; if it did, nothing would come of sending it again."""
    at = str(int(stage.slack.world.now()))
    signature = sign(stage.slack.app.signing_secret, at, body)
    headers = {
        "Content-Type": FORM,
        "X-Slack-Request-Timestamp": at,
        "X-Slack-Signature": signature,
    }

    done = await stage.slack.deliver.raw(body, headers)

    assert 200 <= done.status < 500
    assert not stage.script.inbounds


@pytest.mark.parametrize("says_how_long", [True, False])
async def test_a_body_of_a_megabyte_is_not_read(stage: Stage, says_how_long: bool) -> None:
    """Whether or not it says beforehand how long it is."""
    whole = b"x" * (BODY_MAX + 100_000)

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(whole), 50_000):
            yield whole[start : start + 50_000]

    async with (
        aiohttp.ClientSession() as session,
        session.post(
            stage.slack.bot_url, data=BytesIO(whole) if says_how_long else pieces()
        ) as answer,
    ):
        status = answer.status

    assert status == 413


async def test_a_packed_body_is_not_unpacked(stage: Stage) -> None:
    """Slack packs nothing; a stranger could pack gigabytes."""
    packed = gzip.compress(b"x" * 1_000_000)

    refused = await stage.slack.deliver.raw(packed, {"Content-Encoding": "gzip"})

    assert refused.status == 415
    assert not stage.script.inbounds


async def test_a_look_at_the_certificate_does_nothing(stage: Stage) -> None:
    """It is unsigned, so it is answered and no more; even with a command in it."""
    plainly = await stage.slack.deliver.ssl_check()
    body = b"ssl_check=1&command=%2Fjit&text=mine&user_id=U0RIYA&trigger_id=1"
    sneaky = await stage.slack.deliver.raw(body, {"Content-Type": FORM})

    assert (plainly.status, sneaky.status) == (200, 200)
    assert not stage.script.inbounds


async def test_the_address_is_proven_to_slack(stage: Stage) -> None:
    """With the challenge, once it is signed."""
    done = await stage.slack.deliver.url_verification("a-challenge")

    assert done.json() == {"challenge": "a-challenge"}


# ── claims ──────────────────────────────────────────────────────────────────────────────────────


async def card_of(stage: Stage) -> None:
    """Let Riya see a card with buttons."""
    await settled(stage.riya.types("/jit mine", AUDIT))
    stage.script.inbounds.clear()


@pytest.mark.parametrize(
    "action",
    [
        {"type": "button", "action_id": "say:x", "value": "approve JIT-1"},
        {"type": "button", "action_id": "approve_it", "value": "approve JIT-1"},
        {"type": "button", "action_id": "say:0"},
        {"type": "button", "action_id": "say:0", "value": ""},
        {"type": "button", "action_id": "say:0", "value": {"says": "approve JIT-1"}},
        {"type": "static_select", "action_id": "say:0", "selected_option": {"value": "x"}},
    ],
)
async def test_a_button_that_is_none_of_ours_gets_one_private_sentence(
    stage: Stage, action: dict[str, object]
) -> None:
    """It may be from an older version, too."""
    await card_of(stage)
    card = stage.riya.ephemerals()[0]
    block = next(block for block in card.blocks if block["type"] == "actions")

    done = await stage.riya.acts(card, block, action)
    await until(lambda: len(stage.riya.ephemerals()) == 2)

    assert done.status == 200
    assert "no button of mine" in plain(stage.riya.ephemerals()[-1])
    assert not stage.script.inbounds


async def test_what_a_button_says_is_only_said(stage: Stage) -> None:
    """A changed value reaches the Inbox as a line of this person's, and as nothing else."""
    await card_of(stage)
    card = stage.riya.ephemerals()[0]
    block = next(block for block in card.blocks if block["type"] == "actions")
    line = "approve JIT-1 @0000000000000000"

    action = {"type": "button", "action_id": "say:0", "value": line}
    await settled(stage.riya.acts(card, block, action))

    assert (stage.said.account, stage.said.text) == (RIYA, line)


@pytest.mark.parametrize(
    ("part", "forged"),
    [
        ("private_metadata", ""),
        ("private_metadata", "{"),
        ("private_metadata", '{"says": ["approve"], "from": {"channel": "", "thread": ""}}'),
        ("private_metadata", '{"says": "request", "from": {"channel": "<@U1>", "thread": ""}}'),
        ("callback_id", "another"),
        ("state", {"values": {"reason": "x"}}),
        ("state", {}),
    ],
)
async def test_a_form_that_is_none_of_ours_gets_one_private_sentence(
    stage: Stage, part: str, forged: object
) -> None:
    """Submitted, searched or changed: nothing is done, and Slack is told that it is well."""
    stage.script.always(Answer(form=ASK))
    await settled(stage.riya.types("/jit request", AUDIT))
    stage.script.inbounds.clear()
    view = stage.riya.modal
    assert view is not None
    body = submission(stage.slack.workspace, view)
    body["view"][part] = forged

    submitted = await stage.slack.deliver.interaction(body)
    suggested = await stage.slack.deliver.interaction(
        body | {"type": "block_suggestion", "action_id": "choose", "block_id": "x", "value": "x"}
    )

    assert (submitted.status, suggested.status) == (200, 200)
    assert submitted.json()["response_action"] == "update"
    assert "no form of mine" in json.dumps(submitted.json()["view"])
    assert suggested.json() == {"options": []}
    assert not stage.script.inbounds


# ── elsewhere ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"api_app_id": "A0ANOTHER"},
        {"team_id": "T0ANOTHER"},
        {"team_id": "T0ANOTHER", "enterprise_id": "E0ANOTHER"},
        {"team_id": "", "enterprise_id": "E0ANOTHER"},
    ],
)
async def test_another_workspace_is_refused_by_the_inbox(
    stage: Stage, elsewhere: dict[str, str]
) -> None:
    """It is told so and recorded like every refusal."""
    slack = stage.slack
    fields = command(slack.workspace, RIYA, slack.world.channels[AUDIT], "/jit mine")

    await settled(slack.deliver.form(fields | elsewhere))

    assert stage.said.outsider == "in another workspace than this bot"


# ── failing ─────────────────────────────────────────────────────────────────────────────────────


def explode(_inbound: Inbound) -> Answer:
    """Break, as nothing in the Inbox should."""
    raise ZeroDivisionError


async def test_whatever_breaks_is_told_to_the_person(stage: Stage) -> None:
    """Slack has its acknowledgement, and the person a sentence."""
    stage.script.answering = explode

    done = await stage.riya.types("/jit mine", AUDIT)
    await until(stage.riya.ephemerals)

    assert done is not None
    assert done.status == 200
    assert BROKE.card is not None
    assert BROKE.card.title in plain(stage.riya.ephemerals()[0])


async def test_a_form_whose_answer_breaks_says_so_in_its_place(stage: Stage) -> None:
    """What was typed cannot be kept, but nobody believes that it was taken."""
    stage.script.always(Answer(form=ASK))
    await settled(stage.riya.types("/jit request", AUDIT))
    view = stage.riya.modal
    assert view is not None
    await stage.riya.fills_in(view, {"What you need": "Thing number 3", "Why you need it": "x"})
    stage.script.answering = explode

    await stage.riya.submits(view)

    assert stage.riya.modal is not None
    assert "That did not work" in plain(stage.riya.modal)
    assert not stage.riya.failures


async def test_choices_that_break_are_none(stage: Stage) -> None:
    """A menu without choices says so itself."""
    stage.script.always(Answer(form=ASK))
    await settled(stage.riya.types("/jit request", AUDIT))
    stage.script.answering = explode
    assert stage.riya.modal is not None

    assert await stage.riya.searches(stage.riya.modal, "choose", "number") == []
    assert not stage.riya.failures


async def test_a_draft_that_breaks_changes_nothing(stage: Stage) -> None:
    """The form stays as it is, and follows again."""
    stage.script.always(Answer(form=ASK))
    await settled(stage.riya.types("/jit request", AUDIT))
    view = stage.riya.modal
    assert view is not None
    stage.script.answering = explode
    await settled(stage.riya.fills_in(view, {"Why you need it": "Q4"}))

    stage.script.always(Answer(form=ASK))
    await settled(stage.riya.fills_in(view, {"Why you need it": "Q4 close"}))

    assert len(stage.slack.calls_of("views.update")) == 1


async def test_news_that_break_are_taken_all_the_same(stage: Stage) -> None:
    """Slack would only send them again."""
    odd: list[dict[str, Any]] = [
        {"type": "user_change", "user": {}},
        {"type": "app_home_opened", "tab": "home"},
    ]

    done = [await stage.slack.happens(one) for one in odd]

    assert [[one.status for one in tries] for tries in done] == [[200], [200]]


async def test_what_is_delivered_again_is_answered_once(stage: Stage) -> None:
    """The Inbox says that it answered before, and so nothing is written again."""
    first = await stage.riya.types("help")
    await until(lambda: len(stage.riya.direct()) == 2)
    again = Answer(ASKED.card, is_repeated=True)
    stage.script.always(again)

    assert first is not None
    done = await stage.slack.deliver.raw(first.sent, {**first.headers, "X-Slack-Retry-Num": "1"})
    await settled(_nothing())

    one, other = stage.script.inbounds
    assert one.delivery == other.delivery
    assert done.status == 200
    assert len(stage.riya.direct()) == 2


async def _nothing() -> None:
    """Do nothing."""


# ── over a socket ───────────────────────────────────────────────────────────────────────────────


async def test_a_socket_is_as_good(slack: FakeSlack, stage: Stage) -> None:
    """Commands, presses and forms come over it, and nothing listens over HTTP."""
    parts = parts_for(slack, stage.script, app_token=slack.app.app_token, signing_secret="")
    runner, url = await serve(parts)
    await until(lambda: slack.deliver.sockets)

    stage.script.always(Answer(form=ASK))
    await settled(stage.riya.types("/jit request", AUDIT))
    view = stage.riya.modal
    assert view is not None
    await stage.riya.fills_in(view, {"What you need": "Thing number 3", "Why you need it": "x"})
    stage.script.always(Answer(Card("Taken")))
    await stage.riya.submits(view)
    async with aiohttp.ClientSession() as session, session.post(url, data=urlencode({})) as told:
        status = told.status
    await runner.cleanup()

    assert stage.riya.modal is not None
    assert "Taken" in plain(stage.riya.modal)
    assert status == 404
    assert not slack.deliver.sockets
