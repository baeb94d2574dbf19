"""A press is answered within a second, with a card, to whoever pressed; and once."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from typing import Any

import pytest

from adapters.chat.cards import Answer, Button, Card, File
from adapters.chat.inbox import Inbound
from adapters.chat.platform import Gone, PlatformError
from adapters.chat.teams.talk import presses, views
from tests.adapters.chat.teams.stage import (
    ASK,
    ASKED,
    BEN,
    CHANNEL,
    CHANNELED,
    CHAT,
    ELSEWHERE,
    RIYA,
    THREAD,
    Stage,
    until,
    words,
)

ROOT = f"{THREAD}/1700"
WAITING = Card("JIT-1 waits for you", buttons=(Button("Approve", "approve JIT-1 @3f9a"),))
DECIDED = Card("JIT-1: approved by you")
APPROVED = Answer(Card("You approved JIT-1"))
AWAY = PlatformError("Teams does not answer.", retry_after=timedelta(seconds=1))


async def test_a_press_says_its_line(stage: Stage) -> None:
    """The answer takes the card's place; nothing else is written."""
    body = await stage.pressed("status JIT-1")

    inbound = stage.said
    assert (inbound.text, inbound.fields, inbound.channel) == ("status JIT-1", None, "")
    assert inbound.account == RIYA
    assert (body["statusCode"], body["type"]) == (200, views.CARD)
    assert "JIT-1: asked" in words(body)
    assert not stage.wire.sent


async def test_a_decision_is_shown_above_the_story_as_it_is_now(stage: Stage) -> None:
    """The card that was pressed is replaced at once, without its buttons."""
    stage.story[f"{CHAT}/m1"] = WAITING

    def approve(_inbound: Inbound) -> Answer:
        stage.story[f"{CHAT}/m1"] = DECIDED
        return APPROVED

    stage.answering = approve

    body = await stage.pressed("approve JIT-1 @3f9a")

    assert "You approved JIT-1" in words(body)
    assert "JIT-1: approved by you" in words(body)
    assert "approve JIT-1 @3f9a" not in words(body)


async def test_a_press_in_a_channel_is_answered_to_the_presser_alone(stage: Stage) -> None:
    """In the place of the card, which nobody else sees changed."""
    stage.story[ROOT] = Card("JIT-1: asked", buttons=(Button("Details", "status JIT-1"),))
    stage.always(Answer(Card("All about JIT-1")))

    body = await stage.pressed("status JIT-1", "1700", **CHANNELED)

    assert stage.said.channel == CHANNEL
    assert "All about JIT-1" in words(body)
    assert not stage.wire.sent
    assert not stage.wire.updated


async def test_a_press_on_a_channels_other_message_is_answered_directly(stage: Stage) -> None:
    """What was shared stays as it is, for everybody."""
    body = await stage.pressed("audit page 2", "9", **CHANNELED)

    assert body["type"] == views.SENTENCE
    assert body["value"] == "Riya, I answered in our chat."
    assert [where for where, _ in stage.wire.sent] == ["a:new"]


async def test_a_press_that_needs_words_shows_the_form(stage: Stage) -> None:
    """In the card's place; what is filled in comes with the next press."""
    stage.story[f"{CHAT}/m1"] = WAITING
    stage.always(Answer(form=ASK))
    first = await stage.pressed("deny JIT-1")
    stage.always(Answer(Card("Denied")))

    then = await stage.pressed(
        "deny JIT-1", data={"form": True, "field:reason": "Posted on Friday already"}
    )

    assert "Ask for access" in words(first)
    assert stage.inbounds[1].fields == {"reason": "Posted on Friday already"}
    assert "Denied" in words(then)


async def test_what_is_written_instead_of_a_proposal_counts(stage: Stage) -> None:
    """Where it stays empty, the proposal does."""
    filled = {
        "form": True,
        "field:duration": "4h",
        "field:duration:another": "",
        "field:reason": "r",
        "field:until:another": "18:00",
        "field:until": "",
        "another": 7,
    }

    await stage.pressed("request", data=filled)

    assert stage.said.fields == {"duration": "4h", "reason": "r", "until": "18:00"}


async def test_a_draft_does_nothing(stage: Stage) -> None:
    """It shows who will be asked."""
    stage.always(Answer(form=ASK))

    body = await stage.pressed("request", verb="draft", data={"field:reason": ""})

    assert stage.said.is_draft
    assert stage.said.fields == {"reason": ""}
    assert "Ask for access" in words(body)


async def test_a_double_press_is_one_saying(stage: Stage) -> None:
    """While the first one is being answered; both see what came of it."""
    stage.gate.clear()
    both = [asyncio.ensure_future(stage.pressed("approve JIT-1")) for _ in range(2)]
    await until(lambda: stage.inbounds)
    stage.gate.set()

    one, other = await asyncio.gather(*both)

    assert len(stage.inbounds) == 1
    assert one == other


async def test_another_persons_press_is_another_saying(stage: Stage) -> None:
    """In a channel, two may press the same button."""
    stage.story[ROOT] = WAITING
    stage.gate.clear()
    both = [
        asyncio.ensure_future(stage.pressed("status JIT-1", "1700", who, **CHANNELED))
        for who in (RIYA, BEN)
    ]
    await until(lambda: len(stage.inbounds) == 2)
    stage.gate.set()

    await asyncio.gather(*both)

    assert {inbound.account for inbound in stage.inbounds} == {RIYA, BEN}


async def test_a_press_is_named_by_its_invoke(stage: Stage) -> None:
    """What Teams delivers again is the same saying, and the Inbox knows it."""
    await stage.pressed("approve JIT-1", activity_id="f:1")
    await stage.pressed("approve JIT-1", activity_id="f:1")
    await stage.pressed("approve JIT-1", activity_id="f:2")

    one, same, other = [inbound.key for inbound in stage.inbounds]
    assert one == same != other


# ── slow ────────────────────────────────────────────────────────────────────────────────────────


async def test_a_slow_answer_takes_the_place_of_working(stage: Stage) -> None:
    """The press is answered within a second, and the message shows what came of it then."""
    stage.gate.clear()
    began = time.monotonic()

    body = await stage.pressed("approve JIT-1")
    took = time.monotonic() - began
    stage.gate.set()
    await stage.settled()

    assert took < 1
    assert "Working on it" in words(body)
    [(reference, told)] = stage.wire.updated
    assert reference == f"{CHAT}/m1"
    assert "JIT-1: asked" in words(told)


async def test_a_slow_answer_is_written_where_the_card_is_not_there_any_more(stage: Stage) -> None:
    """Somebody is waiting for it."""
    stage.gate.clear()
    stage.wire.fails["update"] = [Gone("That message is not there.")]

    await stage.pressed("approve JIT-1")
    stage.gate.set()
    await stage.settled()

    assert [where for where, _ in stage.wire.sent] == [CHAT]


async def test_a_slow_answer_in_a_channel_comes_directly(stage: Stage) -> None:
    """The card in the channel is everybody's."""
    stage.story[ROOT] = WAITING
    stage.gate.clear()

    body = await stage.pressed("status JIT-1", "1700", **CHANNELED)
    stage.gate.set()
    await stage.settled()

    assert "in our chat" in words(body)
    assert [where for where, _ in stage.wire.sent] == ["a:new"]
    assert not stage.wire.updated


async def test_a_slow_look_changes_nothing(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody did anything; the card stays as it is."""
    monkeypatch.setattr(presses, "QUICK", 0.01)
    stage.wire.fails["member"] = []

    body = await stage.pressed(None, verb="show", data={"shows": "message"})

    assert body["type"] == views.SENTENCE
    assert not stage.wire.updated


# ── looking ─────────────────────────────────────────────────────────────────────────────────────


async def look(stage: Stage, shows: str = "message", **more: object) -> dict[str, Any]:
    """Let Teams look at a message for somebody."""
    message = str(more.pop("message", "m1"))
    where = {name: str(value) for name, value in more.items()}
    return await stage.pressed(None, message, **where, verb="show", data={"shows": shows})


async def test_a_look_shows_the_message_as_it_is_now(stage: Stage) -> None:
    """Nothing is said by it."""
    stage.story[f"{CHAT}/m1"] = DECIDED

    body = await look(stage)

    assert "JIT-1: approved by you" in words(body)
    assert not stage.inbounds


async def test_a_look_at_home_shows_the_dashboard(stage: Stage) -> None:
    """As it is now."""
    stage.always(Answer(Card("Your dashboard")))

    body = await look(stage, "home")

    assert stage.said.is_home
    assert "Your dashboard" in words(body)


async def test_a_message_that_was_posted_a_moment_ago_is_found(stage: Stage) -> None:
    """Teams looks before its id is kept."""
    looking = asyncio.ensure_future(look(stage))
    await asyncio.sleep(0)
    stage.story[f"{CHAT}/m1"] = WAITING

    assert "JIT-1 waits for you" in words(await looking)
    assert not stage.wire.deleted


async def test_an_old_copy_says_so_and_is_taken_away(stage: Stage) -> None:
    """Only the other one is kept up to date."""
    stage.chat.presses.retired_after = 0

    body = await look(stage)
    await stage.settled()

    assert "This is an old copy" in words(body)
    assert stage.wire.deleted == [f"{CHAT}/m1"]


async def test_an_old_copy_that_may_not_be_deleted_says_so_to_everybody(stage: Stage) -> None:
    """An organisation may forbid it."""
    stage.chat.presses.retired_after = 0
    stage.wire.fails["delete"] = [Gone("Teams refused a deletion.")]

    await look(stage)
    await stage.settled()

    [(_, told)] = stage.wire.updated
    assert "This is an old copy" in words(told)


async def test_a_copy_that_is_known_meanwhile_stays(stage: Stage) -> None:
    """The worker that posted it was slow to remember it."""
    stage.chat.presses.retired_after = 0.2

    await look(stage)
    stage.story[f"{CHAT}/m1"] = WAITING
    await stage.settled()

    assert not stage.wire.deleted


async def test_a_message_that_stands_for_itself_stays(stage: Stage) -> None:
    """Word that something could not be changed, for example: it is remembered."""
    stage.chat.presses.retired_after = 0
    stage.known.add(f"{CHAT}/m1")

    body = await look(stage)
    await stage.settled()

    assert body == views.sentence(views.NOTHING_NEW)
    assert not stage.wire.deleted


async def test_nothing_is_taken_for_a_copy_while_nobody_knows(stage: Stage) -> None:
    """The database may be away for a while."""

    async def gone(_reference: str) -> bool:
        raise ZeroDivisionError

    stage.chat.presses.retired_after = 0
    stage.chat.presses._remembers = gone

    body = await look(stage)
    await stage.settled()

    assert body == views.sentence(views.BROKEN)
    assert not stage.wire.deleted


async def test_who_is_no_member_is_shown_nothing(stage: Stage) -> None:
    """A guest reads what stands in the channel, and no more."""
    stage.wire.add(RIYA, userRole="guest")
    stage.story[ROOT] = DECIDED

    looked = await look(stage, message="1700", **CHANNELED)
    stage.always(
        Answer(Card("Not allowed", lines=(("You are a guest.",),)), code="person.outsider")
    )
    pressed = await stage.pressed("approve JIT-1", "1700", **CHANNELED)

    assert looked["type"] == pressed["type"] == views.SENTENCE
    assert pressed["value"] == "You are a guest."
    assert "JIT-1" not in words([looked, pressed])


async def test_a_foreign_tenants_press_is_an_outsiders(stage: Stage) -> None:
    """The Inbox refuses and records it."""
    stage.always(Answer(Card("Not allowed", lines=(("Not you.",),)), code="person.outsider"))

    body = await stage.pressed("approve JIT-1", tenant=ELSEWHERE)

    assert stage.said.outsider == "from another organisation"
    assert body["value"] == "Not you."


# ── back ────────────────────────────────────────────────────────────────────────────────────────


async def test_one_can_go_back_to_what_was_looked_at(stage: Stage) -> None:
    """By saying it again, which changes nothing."""
    await stage.hears("catalog")

    body = await stage.pressed("status JIT-1", "m1")
    again = await stage.pressed("catalog", "m1")

    assert "catalog" in words(body)
    assert "catalog" not in words(again)


async def test_nobody_goes_back_to_what_does_something(stage: Stage) -> None:
    """It would be done again."""
    await stage.hears('request netsuite-gl 4h "Q4 close"')

    body = await stage.pressed("status JIT-1", "m1")

    assert "request netsuite-gl" not in words(body)


async def test_what_was_asked_for_in_a_channel_is_shared_there(stage: Stage) -> None:
    """Although it was answered directly."""
    await stage.hears("audit JIT-1", **CHANNELED)
    stage.wire.sent.clear()
    stage.always(Answer(Card("The record"), is_shared=True))

    body = await stage.pressed("audit JIT-1 share", "m1", conversation="a:new")

    assert stage.inbounds[-1].channel == CHANNEL
    [(where, told)] = stage.wire.sent
    assert where == THREAD
    assert "The record" in words(told)
    assert "Shared in the channel" in words(body)


async def test_a_file_that_a_press_asks_for_is_offered(stage: Stage) -> None:
    """Below the card, which says so."""
    stage.always(Answer(file=File("audit.csv", "text/csv", "x\n")))

    body = await stage.pressed("audit JIT-1 csv")

    assert "You find it in our chat" in words(body)
    [(_, offer)] = stage.wire.sent
    assert offer["attachments"][0]["contentType"].endswith("file.consent")


async def test_a_file_that_cannot_be_offered_is_said(stage: Stage) -> None:
    """Nobody waits for it."""
    stage.always(Answer(Card("5 rows as CSV"), file=File("audit.csv", "text/csv", "x\n")))
    stage.wire.fails["send"] = [AWAY]

    body = await stage.pressed("audit JIT-1 csv")

    assert "could not be sent" in words(body)


# ── claims ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"action": None},
        {"action": []},
        {"action": {"verb": "say"}},
        {"action": {"verb": "say", "data": []}},
        {"action": {"verb": "say", "data": {"says": ["approve JIT-1"]}}},
        {"action": {"verb": "say", "data": {"says": ""}}},
        {"action": {"verb": "say", "data": {"says": "x" * 100_000}}},
        {"action": {"verb": "approve", "data": {"says": "approve JIT-1"}}},
        {"action": {"verb": None, "data": {"says": "approve JIT-1"}}},
        {"action": {"verb": ["say"], "data": {"says": "approve JIT-1"}}},
        {"action": {"verb": "say", "data": {"says": "x", "form": True, "field:a": 7}}},
        {"action": {"verb": "say", "data": {"says": "x", "form": True, "field:a": "y" * 100_000}}},
        {
            "action": {
                "verb": "say",
                "data": {"says": "x", "form": True, **{f"field:{n}": "" for n in range(99)}},
            }
        },
    ],
)
async def test_a_press_that_is_none_of_ours_gets_one_sentence(
    stage: Stage, value: dict[str, object]
) -> None:
    """The card stays, and nothing is done."""
    body = await stage.invokes("adaptiveCard/action", value, reply_to="m1")

    assert body == views.sentence(views.STRANGE)
    assert not stage.inbounds


async def test_what_a_button_says_is_only_said(stage: Stage) -> None:
    """A changed line reaches the Inbox as a line of this person's, and as nothing else."""
    await stage.pressed("approve JIT-1 @0000000000000000", data={"account": BEN, "from": BEN})

    assert (stage.said.account, stage.said.text) == (RIYA, "approve JIT-1 @0000000000000000")


@pytest.mark.parametrize("name", ["task/fetch", "composeExtension/query", "", "x" * 9000])
async def test_an_invoke_that_nobody_understands_is_taken(stage: Stage, name: str) -> None:
    """It is none of ours."""
    body = await stage.invokes(name, {"says": "approve JIT-1"})

    assert body == views.sentence(views.STRANGE)
    assert not stage.inbounds


# ── failing ─────────────────────────────────────────────────────────────────────────────────────


def explode(_inbound: Inbound) -> Answer:
    """Break, as nothing in the Inbox should."""
    raise ZeroDivisionError


async def test_whatever_breaks_is_told_to_the_person(stage: Stage) -> None:
    """Nobody believes that it was taken."""
    stage.answering = explode

    body = await stage.pressed("approve JIT-1")

    assert "That did not work" in words(body)


async def test_what_was_done_is_said_although_the_story_is_unknown(stage: Stage) -> None:
    """The database may go away in between."""

    async def gone(_account: str, _reference: str) -> Card | None:
        raise ZeroDivisionError

    stage.chat.presses._shown_now = gone

    body = await stage.pressed("approve JIT-1")

    assert words(ASKED.card.title if ASKED.card else "") in words(body)
