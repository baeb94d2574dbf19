"""A file is uploaded once its person wants it, to nobody else's place, and not twice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from adapters.chat.cards import Answer, Card, File
from adapters.chat.platform import PlatformError
from adapters.chat.teams.talk import files
from adapters.chat.teams.talk.files import Files
from tests.adapters.chat.teams.stage import BEN, CHANNELED, CHAT, RIYA, Stage, words

CSV = "\ufeffwhen,what\r\n2026-11-23,'=1+1\r\n"
WHERE = {
    "uploadUrl": "https://acme-my.sharepoint.com/upload?guid=1",
    "contentUrl": "https://acme-my.sharepoint.com/audit.csv",
    "uniqueId": "u1",
    "fileType": "csv",
    "name": "audit.csv",
}


async def offered(stage: Stage) -> Mapping[str, Any]:
    """Let Riya be offered a file, and give what came with the offer."""
    stage.always(Answer(file=File("audit.csv", "text/csv", CSV)))
    await stage.hears("audit JIT-1 csv")
    content: Mapping[str, Any] = stage.wire.sent[-1][1]["attachments"][0]["content"]
    return content


async def accepts(stage: Stage, context: object, who: str = RIYA, **more: object) -> None:
    """Let somebody accept an offer."""
    value = {"type": "fileUpload", "action": "accept", "context": context, "uploadInfo": WHERE}
    await stage.invokes("fileConsent/invoke", value, who, reply_to="m1", **more)
    await stage.settled()


async def test_an_accepted_file_is_uploaded_and_can_be_opened(stage: Stage) -> None:
    """In the place of the offer."""
    offer = await offered(stage)

    await accepts(stage, offer["acceptContext"])

    assert offer["sizeInBytes"] == len(CSV.encode())
    assert stage.wire.uploaded == [(WHERE["uploadUrl"], CSV.encode())]
    [(reference, told)] = stage.wire.updated
    assert reference == f"{CHAT}/m1"
    card = told["attachments"][0]
    assert (card["contentType"], card["contentUrl"]) == (files.INFO, WHERE["contentUrl"])
    assert card["content"] == {"uniqueId": "u1", "fileType": "csv"}


async def test_a_declined_file_is_let_go_of(stage: Stage) -> None:
    """And accepting it afterwards is a new saying."""
    offer = await offered(stage)
    value = {"type": "fileUpload", "action": "decline", "context": offer["declineContext"]}

    await stage.invokes("fileConsent/invoke", value, reply_to="m1")
    await stage.settled()

    assert not stage.wire.uploaded
    assert "nothing was saved" in words(stage.wire.updated)


async def test_a_file_that_waits_no_more_is_made_again(stage: Stage) -> None:
    """By saying the line again, as the same person: another process may be asked."""
    offer = await offered(stage)
    stage.restart()

    await accepts(stage, offer["acceptContext"])

    assert [inbound.text for inbound in stage.inbounds] == ["audit JIT-1 csv"] * 2
    assert stage.inbounds[0].key != stage.inbounds[1].key
    assert stage.wire.uploaded == [(WHERE["uploadUrl"], CSV.encode())]


async def test_what_may_not_be_read_any_more_is_not_made_again(stage: Stage) -> None:
    """Whoever lost their role since is told so."""
    offer = await offered(stage)
    stage.restart()
    stage.always(Answer(Card("Not allowed"), code="audit.not_allowed"))

    await accepts(stage, offer["acceptContext"])

    assert not stage.wire.uploaded
    assert "Not allowed" in words(stage.wire.updated)


async def test_another_persons_file_is_not_given(stage: Stage) -> None:
    """Nor is it lost to its own person."""
    offer = await offered(stage)

    await accepts(stage, offer["acceptContext"], BEN)
    assert not stage.wire.uploaded
    await accepts(stage, offer["acceptContext"])

    assert "no file of yours" in words(stage.wire.sent)
    assert len(stage.wire.uploaded) == 1


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"action": "accept"},
        {"action": "accept", "context": "x", "uploadInfo": WHERE},
        {"action": "accept", "context": {}, "uploadInfo": WHERE},
        {"action": "accept", "context": {"file": 7}, "uploadInfo": WHERE},
        {"action": "accept", "context": {"file": "x"}, "uploadInfo": "y"},
        {"action": ["accept"], "context": {"file": "x"}, "uploadInfo": WHERE},
        {"action": "accept", "context": {"file": "x", "says": "y" * 100_000}},
    ],
)
async def test_an_answer_to_no_offer_does_nothing(stage: Stage, value: object) -> None:
    """It says so."""
    await stage.invokes("fileConsent/invoke", value, reply_to="m1")
    await stage.settled()

    assert not stage.wire.uploaded
    assert not stage.inbounds
    assert "no file of yours" in words(stage.wire.sent)


async def test_an_offer_in_a_channel_is_none_of_ours(stage: Stage) -> None:
    """Files are offered directly only."""
    offer = await offered(stage)

    await accepts(stage, offer["acceptContext"], **CHANNELED)

    assert not stage.wire.uploaded


async def test_an_unknown_file_without_a_line_is_asked_for_again(stage: Stage) -> None:
    """Nothing is known of it any more."""
    await accepts(stage, {"file": "x"})

    assert "waits no more" in words(stage.wire.updated)


async def test_an_upload_that_fails_is_said(stage: Stage) -> None:
    """Nobody believes that the file is there."""
    offer = await offered(stage)
    stage.wire.fails["upload"] = [PlatformError("That address is none where Teams keeps files.")]

    await accepts(stage, offer["acceptContext"])

    assert "could not be saved" in words(stage.wire.updated)


def test_what_waits_is_bounded_in_time_and_size(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The oldest makes room, and nothing waits for ever."""
    now = [0.0]
    kept = Files(clock=lambda: now[0])
    monkeypatch.setattr(files, "BYTES_MAX", 10)

    def token(text: str) -> str:
        offer = kept.offer(File("a.csv", "text/csv", text), stage.turn("message"), "audit csv")
        told: str = offer["attachments"][0]["content"]["acceptContext"]["file"]
        return told

    first, second = token("x" * 6), token("y" * 6)
    gone, there = kept.take(first, RIYA), kept.take(second, RIYA)
    third = token("z")
    now[0] += files.WAITS_FOR + 1

    assert (gone, there) == (None, b"yyyyyy")
    assert kept.take(third, RIYA) is None
