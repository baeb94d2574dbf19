"""python -m tests.bench.process worker|clock: a real process whose target and chat are quick."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from adapters.chat.platform import Platform
from bot import clock, worker
from bot.settings import Settings
from bot.watch import logs
from bot.wiring import Parts
from engine.model.identifiers import PlatformName, SystemId
from engine.ports import Connector
from tests.bench.target import QuickChat, QuickTarget

RECORD = "JIT_BENCH_RECORD"
"""The environment variable that names the file to write to."""

RUN = {"clock": clock.run, "worker": worker.run}


class QuickParts(Parts):
    """The real parts, but for what is outside."""

    @cached_property
    def _target(self) -> QuickTarget:
        return QuickTarget(Path(os.environ[RECORD]))

    def connector(self, system: SystemId) -> Connector:
        """Find the real one first, for what that costs, and give the quick one."""
        super().connector(system)
        return self._target

    @cached_property
    def platforms(self) -> Mapping[PlatformName, Platform]:
        """Give the quick chat in the playground's place."""
        return {QuickChat.name: QuickChat()}


def main() -> None:
    """Run until SIGTERM."""
    name = sys.argv[1]
    parts = QuickParts(Settings.load(), name)
    logs.configure(parts.settings.log_level, process=name)
    RUN[name](parts)


if __name__ == "__main__":
    main()
