"""Teams is spoken to as fast as it allows."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from adapters.chat.platform import PlatformError
from adapters.chat.teams.connector import pacing as module
from adapters.chat.teams.connector.pacing import APART, IN_TENANT, WAIT_MAX, Pace, Pacing

DIRECT = "a:riya"
AUDIT = "19:audit@thread.tacv2"


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


async def _send_all(pacing: Pacing, watch: Watch, pace: Pace, count: int) -> list[float]:
    """Do something as often as is asked, waiting as long as one is told to; say when it went."""
    went: list[float] = []
    while len(went) < count:
        try:
            await pacing.turn(pace, AUDIT)
        except PlatformError as told:
            watch.now += (told.retry_after or timedelta()).total_seconds()
            continue
        went.append(watch.now)
    return went


@pytest.mark.parametrize("pace", Pace)
async def test_no_window_is_ever_overrun(pacing: Pacing, watch: Watch, pace: Pace) -> None:
    """All four hold at once, however long it goes on; and nothing waits longer than it must."""
    windows = pace.value[1]
    count = windows[-1][0] + 20

    went = await _send_all(pacing, watch, pace, count)

    for most, seconds in windows:
        for first, last in zip(went, went[most:], strict=False):
            assert last - first >= seconds + APART - 1e-6, (most, seconds)
    assert went[-1] - went[0] <= windows[-1][1] + windows[-2][1]


async def test_a_burst_goes_at_once(pacing: Pacing, watch: Watch) -> None:
    """Seven in a second, the eighth a second later, the ninth two seconds after the first."""
    went = await _send_all(pacing, watch, Pace.SEND, 9)

    assert went == pytest.approx([1000.0] * 7 + [1001 + APART, 1002 + APART])


async def test_threads_and_kinds_are_counted_apart(pacing: Pacing, watch: Watch) -> None:
    """A busy channel does not keep anybody's direct chat waiting."""
    await _send_all(pacing, watch, Pace.SEND, 7)

    await pacing.turn(Pace.SEND, DIRECT)
    await pacing.turn(Pace.CHANGE, AUDIT)
    await pacing.turn(Pace.CREATE, AUDIT)
    await pacing.turn(Pace.MEMBERS, AUDIT)

    assert watch.now == 1000.0


async def test_an_organisation_has_a_limit_of_its_own(pacing: Pacing, watch: Watch) -> None:
    """Fifty calls a second, whatever they are about."""
    ((most, _),) = IN_TENANT
    for number in range(most):
        await pacing.turn(Pace.SEND, f"a:{number}")
    assert watch.now == 1000.0

    await pacing.turn(Pace.SEND, "a:last")

    assert watch.now == pytest.approx(1001 + APART)


async def test_who_waits_long_keeps_nobody_else_waiting(pacing: Pacing, watch: Watch) -> None:
    """A turn that was promised for later takes no place of those that come before it."""
    now = watch.now
    pacing.hold(Pace.SEND, AUDIT, WAIT_MAX)
    for _ in range(5):
        await pacing.turn(Pace.SEND, AUDIT)
        watch.now = now

    for number in range(IN_TENANT[0][0] + 1):
        await pacing.turn(Pace.SEND, f"a:{number}")

    assert watch.now == pytest.approx(now + 1 + APART)


async def test_a_long_queue_is_left_to_the_caller(watch: Watch) -> None:
    """Those that wait at once take a turn each; who would wait too long is told when to come."""
    pacing = Pacing(lambda: 1000.0)
    # Eight in two seconds and a little, and seven when the next two begin.
    for _ in range(8 + 8):
        await pacing.turn(Pace.SEND, AUDIT)

    with pytest.raises(PlatformError) as failed:
        await pacing.turn(Pace.SEND, AUDIT)

    assert failed.value.retry_after is not None
    assert failed.value.retry_after.total_seconds() > WAIT_MAX
    assert not failed.value.may_have_arrived


async def test_a_thread_is_held_as_long_as_teams_says(pacing: Pacing, watch: Watch) -> None:
    """Other threads go on."""
    pacing.hold(Pace.SEND, AUDIT, 3.0)

    await pacing.turn(Pace.SEND, DIRECT)
    assert watch.now == 1000.0
    await pacing.turn(Pace.SEND, AUDIT)

    assert watch.now == 1003.0


async def test_quiet_threads_are_forgotten(
    pacing: Pacing, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A busy one keeps its count, and one that Teams closed stays closed."""
    monkeypatch.setattr(module, "LANES_MAX", 3)
    for thread in ("a:1", "a:2", "a:3"):
        await pacing.turn(Pace.SEND, thread)
    watch.now += 3601
    await pacing.turn(Pace.SEND, "a:3")
    pacing.hold(Pace.SEND, "a:2", 2.0)

    await pacing.turn(Pace.SEND, "a:4")

    assert {thread for _, thread in pacing._lanes} == {"a:2", "a:3", "a:4"}
