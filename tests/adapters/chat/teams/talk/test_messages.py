"""What people write in Teams reaches the Inbox, and its answers reach them alone."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from adapters.chat.cards import Answer, Card, File
from adapters.chat.platform import Gone, PlatformError
from adapters.chat.teams.talk.conversation import BROKE, UNSURE
from tests.adapters.chat.teams.stage import (
    ASK,
    BEN,
    CHANNEL,
    CHANNELED,
    CHAT,
    ELSEWHERE,
    RIYA,
    THREAD,
    Stage,
    words,
)

BUSY = PlatformError(
    "Teams takes no more.", retry_after=timedelta(milliseconds=1), may_have_arrived=False
)
AWAY = PlatformError("Teams does not answer.", retry_after=timedelta(seconds=1))


async def test_what_is_written_directly_is_answered_there(stage: Stage) -> None:
    """Acknowledged at once, answered afterwards."""
    stage.gate.clear()
    said = stage.turn("message", text='request netsuite-gl 4h "Q4 close"')

    reply = await stage.chat.hear(said)
    stage.gate.set()
    await stage.settled()

    assert reply == (202, None)
    inbound = stage.said
    assert (inbound.platform, inbound.account, inbound.channel) == ("teams", RIYA, "")
    assert inbound.text == 'request netsuite-gl 4h "Q4 close"'
    assert (inbound.thread, inbound.fields, inbound.outsider) == (None, None, "")
    [(where, told)] = stage.wire.sent
    assert where == CHAT
    assert "JIT-1: asked" in words(told)


async def test_a_form_is_answered_as_a_card(stage: Stage) -> None:
    """Nothing else has to be opened."""
    stage.always(Answer(form=ASK))

    await stage.hears("request")

    assert "Ask for access" in words(stage.wire.sent)


async def test_what_is_said_in_a_channel_is_answered_directly(stage: Stage) -> None:
    """Everybody reads the channel, so it only says that there is an answer."""
    await stage.hears("nothing")
    stage.wire.sent.clear()

    await stage.hears("request netsuite-gl", **CHANNELED)

    inbound = stage.inbounds[-1]
    assert (inbound.channel, inbound.thread) == (CHANNEL, f"{THREAD}/1700")
    [(one, answer), (other, line)] = stage.wire.sent
    assert (one, other) == (CHAT, THREAD)
    assert "JIT-1: asked" in words(answer)
    assert line["text"] == "Riya, I answered in our chat."


async def test_a_direct_chat_is_begun_where_there_is_none_yet(stage: Stage) -> None:
    """Once; it is kept for what the bot says later."""
    await stage.hears("mine", **CHANNELED)
    await stage.hears("mine", **CHANNELED)

    [body] = stage.wire.created
    assert body["members"] == [{"id": "29:aaaa"}]
    assert [where for where, _ in stage.wire.sent] == ["a:new", THREAD] * 2
    assert '"a:new"' in stage.book.pages[RIYA]


async def test_who_did_not_install_the_bot_is_told_how_in_the_channel(stage: Stage) -> None:
    """Nobody waits for an answer in silence, and nobody else reads it."""
    stage.wire.fails["create"] = [Gone("Teams refused a new conversation (…).")]

    await stage.hears("mine", **CHANNELED)

    [(where, line)] = stage.wire.sent
    assert where == THREAD
    assert "please add me in Teams" in line["text"]


async def test_a_failure_to_write_is_told_in_the_channel(stage: Stage) -> None:
    """Where the channel can still be written to."""
    stage.wire.fails["create"] = [AWAY]

    await stage.hears("mine", **CHANNELED)

    assert "say it again in a minute" in words(stage.wire.sent)


async def test_a_shared_answer_is_for_everybody_in_the_thread(stage: Stage) -> None:
    """Where it was asked for, and nowhere else."""
    stage.always(Answer(Card("Audit log"), is_shared=True))

    await stage.hears("audit share", **CHANNELED)

    [(where, told)] = stage.wire.sent
    assert where == THREAD
    assert "Audit log" in words(told)


async def test_a_shared_answer_that_the_channel_does_not_take_is_given_directly(
    stage: Stage,
) -> None:
    """The person sees then that it is not there."""
    stage.always(Answer(Card("Audit log"), is_shared=True))
    stage.wire.fails["send"] = [Gone("Teams refused a message.")]

    await stage.hears("audit share", **CHANNELED)

    assert [where for where, _ in stage.wire.sent] == ["a:new", THREAD]


async def test_an_answer_waits_while_teams_is_busy(stage: Stage) -> None:
    """It was not taken, so it is sent again."""
    stage.wire.fails["send"] = [BUSY, BUSY]

    await stage.hears("mine")

    assert len(stage.wire.sent) == 1


async def test_what_teams_sends_again_is_answered_once(stage: Stage) -> None:
    """The Inbox says that it answered before, and nothing is written again."""
    stage.always(Answer(Card("Again"), is_repeated=True))

    await stage.hears("mine")

    assert not stage.wire.sent


async def test_the_same_id_elsewhere_is_another_saying(stage: Stage) -> None:
    """An activity's id counts within its conversation only."""
    await stage.hears("mine", activity_id="1")
    await stage.hears("mine", activity_id="1", **CHANNELED)

    one, other = stage.inbounds
    assert one.key != other.key


async def test_whom_somebody_mentions_is_named_by_their_account(stage: Stage) -> None:
    """By the id that the company's files have."""
    await stage.hears("request netsuite-gl 4h close --for <@29:bbbb>")

    assert stage.said.text.endswith(f"--for <@{BEN}>")


async def test_somebody_from_elsewhere_is_refused_by_the_inbox(stage: Stage) -> None:
    """It is told so and recorded like every refusal; their address is nobody's here."""
    await stage.hears("mine", tenant=ELSEWHERE)

    assert stage.said.outsider == "from another organisation"
    assert not stage.book.pages
    assert not stage.wire.asked


async def test_an_outsider_in_a_channel_reads_one_line_there(stage: Stage) -> None:
    """No chat is begun with them, and none is remembered."""
    stage.always(Answer(Card("Not allowed"), code="person.outsider"))

    await stage.hears("mine", tenant=ELSEWHERE, name_of="", **CHANNELED)

    [(where, line)] = stage.wire.sent
    assert (where, line["text"]) == (THREAD, "I answer only members of this organisation.")
    assert not stage.wire.created
    assert not stage.book.pages


async def test_while_nobody_knows_who_it_is_nothing_is_done(stage: Stage) -> None:
    """And the person is told so."""
    stage.wire.fails["member"] = [AWAY]

    await stage.hears("approve JIT-1")

    assert not stage.inbounds
    assert UNSURE.card is not None
    assert UNSURE.card.title in words(stage.wire.sent)


async def test_whatever_breaks_is_told_to_the_person(stage: Stage) -> None:
    """Teams has its acknowledgement, and the person a sentence."""

    def explode(_inbound: object) -> Answer:
        raise ZeroDivisionError

    stage.answering = explode

    await stage.hears("mine")

    assert BROKE.card is not None
    assert BROKE.card.title in words(stage.wire.sent)


async def test_a_file_is_offered_directly(stage: Stage) -> None:
    """With what is said about it; the channel reads that there is an answer."""
    stage.always(Answer(Card("5 rows as CSV"), file=File("audit.csv", "text/csv", "when,what\n")))

    await stage.hears("audit csv", **CHANNELED)

    assert [where for where, _ in stage.wire.sent] == ["a:new", "a:new", THREAD]
    offer = stage.wire.sent[1][1]["attachments"][0]
    assert offer["contentType"].endswith("file.consent")
    assert "when,what" not in words(offer)


async def test_a_cards_plain_submit_says_its_line(stage: Stage) -> None:
    """A client too old for more sends it as a message."""
    await stage.hears("", value={"says": "status JIT-1"})

    assert stage.said.text == "status JIT-1"


@pytest.mark.parametrize("kind", ["members", "other"])
async def test_what_nobody_said_is_answered_with_nothing(stage: Stage, kind: str) -> None:
    """It is taken, and that is all."""
    assert await stage.chat.hear(stage.turn(kind)) == (200, None)
    await stage.settled()

    assert not stage.inbounds
    assert not stage.wire.sent


async def test_a_process_that_stops_finishes_what_it_began(stage: Stage) -> None:
    """For a few seconds."""
    stage.gate.clear()
    await stage.chat.hear(stage.turn("message", text="mine"))
    closing = asyncio.ensure_future(stage.chat.close())
    stage.gate.set()

    await closing

    assert len(stage.wire.sent) == 1
