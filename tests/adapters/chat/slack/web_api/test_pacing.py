"""Slack is spoken to as fast as it allows."""

from __future__ import annotations

import asyncio

import pytest

from adapters.chat.platform import PlatformError
from adapters.chat.slack.web_api import pacing as module
from adapters.chat.slack.web_api.pacing import CHANNEL, RATES, WAIT_MAX, Pacing

POST = "chat.postMessage"


class Watch:
    """A clock that a sleep moves on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let sleeping take no time."""
        self.now = 1000.0
        monkeypatch.setattr(asyncio, "sleep", self.sleep)

    async def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    """Give a clock."""
    return Watch(monkeypatch)


@pytest.fixture
def pacing(watch: Watch) -> Pacing:
    """Give a pace by that clock."""
    return Pacing(watch)


async def test_a_burst_goes_at_once_and_then_a_message_a_second(
    pacing: Pacing, watch: Watch
) -> None:
    """In one channel; others do not wait for it."""
    for _ in range(CHANNEL.burst):
        await pacing.turn(POST, "C1")
    assert watch.now == 1000.0
    await pacing.turn(POST, "C2")
    assert watch.now == 1000.0

    for _ in range(3):
        await pacing.turn(POST, "C1")

    assert watch.now == pytest.approx(1003.0)


async def test_a_channel_that_was_quiet_has_its_burst_again(pacing: Pacing, watch: Watch) -> None:
    """And no more than that, however long it was quiet."""
    for _ in range(CHANNEL.burst):
        await pacing.turn(POST, "C1")
    watch.now += 3600

    for _ in range(CHANNEL.burst):
        await pacing.turn(POST, "C1")
    assert watch.now == 4600.0
    await pacing.turn(POST, "C1")
    assert watch.now == pytest.approx(4601.0)


async def test_every_method_has_its_own_rate(pacing: Pacing, watch: Watch) -> None:
    """Those that a person waits for have none."""
    rate = RATES["chat.update"]
    for _ in range(rate.burst + 1):
        await pacing.turn("chat.update", "C1")
    assert watch.now == pytest.approx(1000 + 60 / rate.per_minute)

    for _ in range(500):
        await pacing.turn("views.open")

    assert watch.now == pytest.approx(1000 + 60 / rate.per_minute)


async def test_a_long_queue_is_left_to_the_caller(
    watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that wait at once take a turn each; who would wait too long is told when to come."""
    pacing = Pacing(lambda: 1000.0)
    turns = CHANNEL.burst + int(WAIT_MAX)
    for _ in range(turns):
        await pacing.turn(POST, "C1")

    with pytest.raises(PlatformError) as failed:
        await pacing.turn(POST, "C1")

    assert failed.value.retry_after is not None
    assert failed.value.retry_after.total_seconds() == pytest.approx(WAIT_MAX + 1)
    assert not failed.value.may_have_arrived


async def test_a_method_is_held_as_long_as_slack_says(pacing: Pacing, watch: Watch) -> None:
    """For every channel; other methods go on."""
    pacing.hold(POST, 3.0)

    await pacing.turn("chat.update", "C1")
    assert watch.now == 1000.0
    await pacing.turn(POST, "C2")

    assert watch.now == pytest.approx(1003.0)


async def test_quiet_channels_are_forgotten(
    pacing: Pacing, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A busy one keeps its count."""
    monkeypatch.setattr(module, "CHANNELS_MAX", 3)
    for channel in ("C1", "C2", "C3"):
        await pacing.turn(POST, channel)
    watch.now += 10
    await pacing.turn(POST, "C3")

    await pacing.turn(POST, "C4")

    assert set(pacing._channels) == {"C3", "C4"}
