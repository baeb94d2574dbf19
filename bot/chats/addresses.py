"""An address book in the database, for a platform that awaits."""

from __future__ import annotations

import asyncio
from concurrent.futures import Executor

from engine.model.identifiers import PlatformName
from engine.ports import Work
from engine.workflow.addresses import address_of, note_address


class Book:
    """Where a platform reaches people and channels, shared by all processes.

    Whatever is read or written waits in a thread: of `executor`, or the loop's own.
    """

    def __init__(
        self, work: Work, platform: PlatformName, executor: Executor | None = None
    ) -> None:
        """Keep the addresses of one platform."""
        self._work = work
        self._platform = platform
        self._executor = executor

    async def find(self, subject: str) -> str | None:
        """Give what was kept of an account, or of a channel, by the platform's own id."""
        return await asyncio.get_running_loop().run_in_executor(
            self._executor, address_of, self._work, self._platform, subject
        )

    async def keep(self, subject: str, written: str) -> None:
        """Keep it, in the place of what was kept before; at most 4,000 characters.

        Nothing is written where it is known already. Raises `ValueError` where it is longer.
        """
        await asyncio.get_running_loop().run_in_executor(
            self._executor, note_address, self._work, self._platform, subject, written
        )
