"""A piece of work that can be stopped in the middle, and go on much later.

Each strand has a thread, and exactly one of all threads runs at any time: `resume` hands over to
the strand and waits until it pauses or ends, `pause` hands back. So chance alone, and never the
operating system, decides what happens in which order. Threads are used again, for speed.
"""

from __future__ import annotations

import threading
from collections.abc import Callable


class Died(BaseException):
    """The worker is gone: no handler of the engine's runs any more, nothing is tidied up."""


class _Runner:
    """A thread that runs one strand after the other."""

    def __init__(self) -> None:
        self.go = threading.Semaphore(0)
        self.back = threading.Semaphore(0)
        self.task: Callable[[], None] = lambda: None
        threading.Thread(target=self._run, daemon=True, name="strand").start()

    def _run(self) -> None:
        while True:
            self.go.acquire()
            self.task()
            self.back.release()


_idle: list[_Runner] = []


class Strand:
    """Work that runs until it pauses, and can be resumed."""

    def __init__(self, work: Callable[[], None]) -> None:
        self._work = work
        self._runner = _idle.pop() if _idle else _Runner()
        self._runner.task = self._run
        self._error: BaseException | None = None
        self._is_killed = False
        self.is_over = False

    def resume(self) -> None:
        """Let it run until it pauses or ends; what it raises comes out here."""
        self._runner.go.release()
        self._runner.back.acquire()
        if self.is_over:
            _idle.append(self._runner)
        if self._error is not None:
            raise self._error

    def kill(self) -> None:
        """Let it end where it is."""
        self._is_killed = True
        self.resume()

    def pause(self) -> None:
        """Stop until it is resumed; called by the work itself."""
        self._runner.back.release()
        self._runner.go.acquire()
        if self._is_killed:
            raise Died

    def _run(self) -> None:
        try:
            self._work()
        except Died:
            pass
        except BaseException as error:  # noqa: BLE001 - it belongs to who resumed, in their thread
            self._error = None if self._is_killed else error
        finally:
            self.is_over = True
