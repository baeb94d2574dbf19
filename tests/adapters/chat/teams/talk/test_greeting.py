"""Where the bot is put, it says hello once; where Teams reaches people is kept from then on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from adapters.chat.platform import PlatformError
from adapters.chat.teams.address import Address
from adapters.chat.teams.talk import greeting
from tests.adapters.chat.teams.stage import (
    BEN,
    CHANNEL,
    CHANNELED,
    CHAT,
    ELSEWHERE,
    RIYA,
    SMBA,
    Stage,
    words,
)

TEAM = "19:team@thread.tacv2"


def kept(stage: Stage, subject: str) -> Address:
    """Read an address."""
    return Address(**json.loads(stage.book.pages[subject]))


async def happens(stage: Stage, kind: str, **more: str) -> None:
    """Let something happen to the bot."""
    assert await stage.chat.hear(stage.turn(kind, **more)) == (200, None)
    await stage.settled()


async def test_whoever_installs_it_is_told_what_it_does(stage: Stage) -> None:
    """In their chat, by one message; the address is theirs."""
    await happens(stage, "installed")

    [(where, told)] = stage.wire.sent
    assert where == CHAT
    assert "Hello Riya" in words(told)
    assert "added me" not in words(told)
    assert kept(stage, RIYA) == Address(service_url=SMBA, conversation=CHAT, mri="29:aaaa")


async def test_who_installs_it_for_somebody_is_named(stage: Stage) -> None:
    """And is not taken for whom it was installed for, nor when it is removed again."""
    await happens(stage, "installed", who=BEN, conversation=CHAT)
    await happens(stage, "uninstalled", who=BEN, conversation=CHAT)

    [(where, told)] = stage.wire.sent
    assert where == CHAT
    assert "Ben Okafor added me" in words(told)
    assert list(stage.book.pages) == [RIYA]


async def test_where_nobody_knows_whose_chat_it_is_nothing_is_kept(stage: Stage) -> None:
    """It is found again when something is to be said there."""
    stage.wire.fails["members"] = [PlatformError("Teams does not answer.")]

    await happens(stage, "installed")

    assert not stage.book.pages
    assert not stage.wire.sent


async def test_the_same_installation_is_greeted_once(stage: Stage) -> None:
    """Teams tells of it in several ways, and of every new version."""
    for _ in range(3):
        await happens(stage, "installed")

    assert len(stage.wire.sent) == 1


async def test_who_installs_it_again_is_greeted_again(stage: Stage) -> None:
    """Their address was struck out in between."""
    await happens(stage, "installed")
    await happens(stage, "uninstalled")
    gone = kept(stage, RIYA).conversation
    await happens(stage, "installed")

    assert gone == ""
    assert len(stage.wire.sent) == 2
    assert kept(stage, RIYA).conversation == CHAT


TEAMED: Mapping[str, Any] = {**CHANNELED, "conversation": TEAM, "channel": TEAM, "team": TEAM}


async def test_a_team_is_greeted(stage: Stage) -> None:
    """In one message for everybody; and its address is kept."""
    await happens(stage, "installed", **TEAMED)

    [(where, told)] = stage.wire.sent
    assert where == TEAM
    assert "Hello, I am here now" in words(told)
    assert kept(stage, TEAM).service_url == SMBA


async def test_a_large_team_is_not(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody wants to read that."""
    monkeypatch.setattr(greeting, "GREETED_MAX", 1)

    await happens(stage, "installed", **TEAMED)

    assert not stage.wire.sent


async def test_a_team_whose_size_is_unknown_is_not(stage: Stage) -> None:
    """It might be a large one."""
    stage.wire.fails["members"] = [PlatformError("Teams does not answer.")]

    await happens(stage, "installed", **TEAMED)

    assert not stage.wire.sent


async def test_whatever_is_said_tells_where_people_are(stage: Stage) -> None:
    """In a channel, too; the chat that is known stays known."""
    await stage.hears("mine")
    await stage.hears("mine", **CHANNELED, service_url="https://smba.trafficmanager.net/uk/")

    assert kept(stage, RIYA).conversation == CHAT
    assert kept(stage, RIYA).service_url == "https://smba.trafficmanager.net/uk/"
    assert kept(stage, CHANNEL) == Address(
        service_url="https://smba.trafficmanager.net/uk/", conversation=CHANNEL
    )


async def test_what_is_known_already_is_not_written_again(stage: Stage) -> None:
    """Nor looked up: people say many things."""
    for _ in range(5):
        await stage.hears("mine")

    assert stage.book.found == 1


@pytest.mark.parametrize("kind", ["installed", "uninstalled", "members"])
async def test_another_organisations_addresses_are_not_kept(stage: Stage, kind: str) -> None:
    """Nor is it greeted."""
    await happens(stage, kind, tenant=ELSEWHERE)

    assert not stage.book.pages
    assert not stage.wire.sent


async def test_a_press_tells_where_somebody_is(stage: Stage) -> None:
    """It is as good as a word."""
    await stage.pressed("mine")
    await stage.settled()

    assert kept(stage, RIYA).conversation == CHAT
