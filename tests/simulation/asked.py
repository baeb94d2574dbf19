"""How invariants are asked: about one commit, one call of the target, or the world at rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from engine.model.company import Company
from engine.model.dossier import Dossier
from engine.model.grant import Grant
from engine.model.request import Decision, Request
from engine.model.target import Target
from tests.simulation import told
from tests.simulation.memory.aggregates import dossier

if TYPE_CHECKING:
    from tests.simulation.memory import State
    from tests.simulation.memory.records import Logged
    from tests.simulation.world import Run, World


class Broken(BaseException):
    """An invariant does not hold. Nothing that recovers from failures may recover from this."""

    def __init__(self, rule: str, problem: str) -> None:
        """Name the invariant and say what is wrong."""
        super().__init__(f"{rule}\n{problem}")
        self.rule = rule


@dataclass(frozen=True)
class Change:
    """One commit."""

    world: World
    before: State
    after: State
    at: datetime

    @cached_property
    def entries(self) -> list[Logged]:
        """What was recorded in it."""
        return self.after.entries[len(self.before.entries) :]

    @cached_property
    def company(self) -> Company:
        """The configuration that was in force when it began."""
        return self.before.active().company

    @cached_property
    def touched(self) -> list[tuple[Dossier | None, Dossier]]:
        """Requests that are different, or about which something was recorded."""
        before, after = self.before, self.after
        numbers = {n for n, r in after.requests.items() if before.requests.get(n) is not r}
        numbers |= {n for n, g in after.grants.items() if before.grants.get(n) is not g}
        numbers |= {n for n in map(told.request_of, self.entries) if n is not None}
        return [
            (
                dossier(before, number) if number in before.requests else None,
                dossier(after, number),
            )
            for number in sorted(numbers)
        ]

    @cached_property
    def decisions(self) -> list[tuple[Request, Decision]]:
        """Decisions that were given in it, each with its request as it was before."""
        return [
            (was.request, decision)
            for was, now in self.touched
            if was is not None
            for decision in now.decisions
            if decision not in was.decisions
        ]

    @cached_property
    def grants(self) -> list[tuple[Grant | None, Grant]]:
        """Grants that are different."""
        return [
            (was.grant if was else None, now.grant)
            for was, now in self.touched
            if now.grant is not None and (was is None or was.grant is not now.grant)
        ]


@dataclass(frozen=True, slots=True)
class Call:
    """A worker is about to change the target."""

    world: World
    run: Run
    target: Target

    @property
    def grant(self) -> Grant:
        """The grant because of which it does."""
        assert self.run.request is not None
        return self.world.state.grants[self.run.request]

    @property
    def others(self) -> list[Grant]:
        """Other live grants of the same thing."""
        mine = self.grant
        live = (grant for grant in self.world.state.grants.values() if grant.is_live)
        return [grant for grant in live if grant.id != mine.id and place(grant) == place(mine)]


def place(grant: Grant) -> tuple[str, Target]:
    """Say what a grant is about in the world outside, whatever the engine calls it."""
    return grant.system, grant.target


About = TypeVar("About")
Check = Callable[[About], Iterator[str]]

EACH_COMMIT: list[Check[Change]] = []
EACH_GIVING: list[Check[Call]] = []
EACH_TAKING: list[Check[Call]] = []
EACH_TICK: list[Check[World]] = []
ONCE_QUIET: list[Check[World]] = []


def always(checks: list[Check[About]]) -> Callable[[Check[About]], Check[About]]:
    """Keep an invariant in a list: whatever it yields is wrong. Its docstring is its sentence."""

    def keep(check: Check[About]) -> Check[About]:
        checks.append(check)
        return check

    return keep


def _ask(checks: list[Check[About]], about: About) -> None:
    for check in checks:
        for problem in check(about):
            raise Broken(check.__doc__ or "", problem)


def check_change(change: Change) -> None:
    """Ask all that holds at each commit."""
    _ask(EACH_COMMIT, change)


def check_giving(call: Call) -> None:
    """Ask all that holds before access is given."""
    _ask(EACH_GIVING, call)


def check_taking(call: Call) -> None:
    """Ask all that holds before access is taken away."""
    _ask(EACH_TAKING, call)


def check_followed(world: World) -> None:
    """Ask all that holds once the clock has come by."""
    _ask(EACH_TICK, world)


def check_quiet(world: World) -> None:
    """Ask all that holds in the end."""
    _ask(ONCE_QUIET, world)
