"""Dashboards follow what happens: each announcement is followed by those of whom it concerns.

Two runs may show the same dashboard at once. Whoever finds at the end that somebody began with a
newer one shows it once more, so that the last one shown is never older than what all of them read.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import structlog

from adapters.chat.home.dashboard import dashboard_card
from adapters.chat.platform import Gone, Platform, PlatformError
from engine.errors import Refused
from engine.ports import Work
from engine.workflow.announce import Story
from engine.workflow.dashboard import dashboard
from engine.workflow.homes import Visitor, begin_showing, due_homes, end_showing, forget_home

log = structlog.get_logger(__name__)

ROUNDS_MAX = 3
"""How often one run shows the same dashboard: others that came in between are done by then."""

Run = Callable[[Coroutine[Any, Any, None]], None]
"""Runs something asynchronous from a thread and waits for it."""


@dataclass(slots=True)
class Following:
    """One run over the dashboards that a request concerns."""

    work: Work
    story: Story
    platform: Platform
    run: Run
    problems: list[PlatformError] = field(default_factory=list)
    is_paced: bool = False
    """Some were shown a moment ago and have to wait."""

    is_cut_off: bool = False
    """The time was over, or too much failed, before all were shown."""

    def show(self, *, until: float, failures_max: int) -> None:
        """Show what has changed, until an instant of the monotonic clock."""
        due = due_homes(self.work, self.story)
        self.is_paced = due.is_paced
        for visitor in due.visitors:
            if time.monotonic() > until or len(self.problems) >= failures_max:
                self.is_cut_off = True
                return
            try:
                self._make_so(visitor)
            except Gone as gone:
                log.warning("home.gone", problem=str(gone))
                forget_home(self.work, visitor.home)
            except PlatformError as problem:
                log.warning("home.not_taken", problem=str(problem))
                self.problems.append(problem)

    def _make_so(self, visitor: Visitor) -> None:
        """Show a dashboard where it is another than the one that is there."""
        home = visitor.home
        for round_number in range(ROUNDS_MAX):
            try:
                read = dashboard(self.work, visitor.person)
            except Refused:  # who left since has none
                return
            card = dashboard_card(read)
            digest = card.digest()
            if round_number == 0 and digest == home.digest:
                return
            if begin_showing(self.work, home, read):
                self.run(self.platform.show_home(home.account, card))
                if end_showing(self.work, home, read, digest):
                    return
        raise PlatformError("The dashboard changed faster than it could be shown.")
