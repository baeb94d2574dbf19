"""A worker that dies where it is told to, without a word, as if its machine had lost power.

Run as `python -m tests.crash.victim`; reads one order a line. It forks for each, because starting
Python anew for every place to die at would take minutes. The child names each step that it comes
to; the parent answers with how it ended.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from unittest import mock

from adapters.chat.announce import announce
from adapters.connectors.postgres import PostgresConnector
from adapters.connectors.postgres.session import Session
from bot.leased import Leased
from engine.model.identifiers import EffectId
from engine.model.via import Via
from engine.ports import EffectKind, UnitOfWork
from engine.workflow.granting.attempt import Attempt
from engine.workflow.granting.deprovision import deprovision
from engine.workflow.granting.provision import provision
from engine.workflow.leavers import follow_people
from storage.database.connect import connect
from storage.unit_of_work import PostgresUnitOfWork, PostgresWork
from tests.crash.board import CHAT, Board

KILLED = 137
"""What a shell reports of a process that `kill -9` ended."""

FOLLOW = "follow"
"""Beside the kinds of duties: what the clock does when people have changed."""


@dataclass(frozen=True, slots=True)
class Order:
    """One attempt at one duty, and where to die."""

    database_url: str
    ledger_url: str
    board: str
    kind: str
    effect: int
    attempt: int
    die_at: int | None
    """Which step is the last one, counted from 0; None lives on."""

    def written(self) -> str:
        """Write it as one line."""
        return json.dumps(asdict(self))


class Victim:
    """Counts steps, and dies at one."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._count = 0

    def step(self, name: str) -> None:
        """Name a step; does not come back from the last one."""
        # Past Python's buffers, which a dead process does not write.
        os.write(1, f"{name}\n".encode())
        if self._count == self._order.die_at:
            os._exit(KILLED)
        self._count += 1

    @contextmanager
    def work(self, via: Via | None = None) -> Iterator[UnitOfWork]:
        """Begin a unit of work whose commit has a step before and a step after it."""
        with self._whole_work(via) as uow:
            assert isinstance(uow, PostgresUnitOfWork)
            commit = uow.commit

            def commit_in_steps() -> None:
                self.step("before commit")
                commit()
                self.step("after commit")

            vars(uow)["commit"] = commit_in_steps
            yield uow

    def carry_out(self) -> None:
        """Do what is ordered, or as much of it as can be done in a life."""
        order = self._order
        self._take_calls_apart()
        self._whole_work = PostgresWork(connect(order.database_url, pool_size=2))
        if order.kind == FOLLOW:
            follow_people(self.work)
            return
        effect = EffectId(order.effect)
        if order.kind == EffectKind.ANNOUNCE:
            board = Board(Path(order.board), self.step)
            announce(self.work, {CHAT: board}, effect, order.attempt, asyncio.run)
            return
        use_case = provision if order.kind == EffectKind.PROVISION else deprovision
        connector = Leased(PostgresConnector(order.ledger_url))
        use_case(Attempt(self.work, lambda _: connector, effect, order.attempt, self.step))

    def _take_calls_apart(self) -> None:
        """Add a step before and a step after what a call of the target changes for good."""
        commit = Session.commit

        def commit_in_steps(session: Session) -> None:
            self.step("before the target's commit")
            commit(session)
            self.step("after the target's commit")

        # Never taken back: this process ends with it.
        mock.patch.object(Session, "commit", commit_in_steps).start()


def _in_a_child(order: Order) -> int:
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    try:
        Victim(order).carry_out()
    except BaseException:  # noqa: BLE001 - shown, and the parent goes on for the next order
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def main() -> None:
    """Carry out orders until there are no more."""
    for line in sys.stdin:
        ended = _in_a_child(Order(**json.loads(line)))
        os.write(1, f"ended {ended}\n".encode())


if __name__ == "__main__":
    main()
