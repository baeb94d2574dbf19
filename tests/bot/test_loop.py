"""The bridge between threads and the event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError, ThreadPoolExecutor

import pytest

from bot.loop import LoopThread


@pytest.fixture
def loop() -> Iterator[LoopThread]:
    """Give a loop in its thread."""
    made = LoopThread()
    yield made
    made.stop()


async def _number() -> int:
    await asyncio.sleep(0)
    return 7


async def _fail() -> None:
    await asyncio.sleep(0)
    raise ValueError("as it was raised")


def test_a_coroutine_gives_its_result(loop: LoopThread) -> None:
    """Whoever calls waits for it, in their own thread."""
    assert loop.run(_number()) == 7


def test_a_coroutine_that_raises_is_raised_where_it_was_asked_for(loop: LoopThread) -> None:
    """The caller gets the very error, and the loop goes on."""
    with pytest.raises(ValueError, match="as it was raised"):
        loop.run(_fail())

    assert loop.run(_number()) == 7


def test_several_threads_wait_at_once(loop: LoopThread) -> None:
    """One that waits for long does not keep another one waiting."""
    met = asyncio.Barrier(2)

    async def meet() -> None:
        async with asyncio.timeout(10):
            await met.wait()

    with ThreadPoolExecutor(2) as pool:
        done = [pool.submit(loop.run, meet()) for _ in range(2)]

    assert [one.result() for one in done] == [None, None]


def test_stopping_lets_go_of_whoever_waits() -> None:
    """A duty that never ends does not keep a process from ending."""
    loop, begun = LoopThread(), threading.Event()

    async def never_end() -> None:
        begun.set()
        await asyncio.Event().wait()

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(loop.run, never_end())
        assert begun.wait(10)

        loop.stop()

        with pytest.raises(CancelledError):
            waiting.result(10)


def test_a_loop_that_was_stopped_has_no_thread() -> None:
    """Nothing of it is left."""
    before = threading.active_count()

    LoopThread().stop()

    assert threading.active_count() == before
