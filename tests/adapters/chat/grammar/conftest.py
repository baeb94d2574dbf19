"""A person who says something, for reading words without a database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import cast

import pytest

from adapters.chat.speaker import Speaker
from adapters.conditions.cel import CelConditions
from engine.model.dossier import Access
from engine.model.identifiers import PersonId
from engine.model.via import Via
from engine.ports import CompanyVersion, UnitOfWork, Work
from tests.adapters.chat.company import CHAT, acme

NOW = datetime(2026, 11, 23, 0, 4, 5, tzinfo=UTC)
"""A Sunday evening, 19:04, in New York."""


def work_at(now: datetime) -> Work:
    """Give units of work that know the time and the company, and have nothing else."""
    nothing = SimpleNamespace(
        waiting_for=lambda *_: (),
        of_person=lambda *_: (),
    )
    uow = SimpleNamespace(
        now=now,
        lists=nothing,
        companies=SimpleNamespace(active=lambda: cast("CompanyVersion", _VERSION)),
        lock_person=lambda _: None,
        conditions=CelConditions(),
        requests=SimpleNamespace(access_of=lambda _: Access((), ())),
        halts=SimpleNamespace(in_force=lambda: ()),
        closings=SimpleNamespace(not_done=lambda _: ()),
        delegations=SimpleNamespace(in_force=lambda: (), open_of=lambda _: ()),
        usage=SimpleNamespace(asked=lambda *_: (), denied_at=lambda *_: None),
    )

    @contextmanager
    def work(via: Via | None = None) -> Iterator[UnitOfWork]:
        yield cast("UnitOfWork", uow)

    return work


_VERSION = SimpleNamespace(number=1, company=acme())


def speaker_of(person: str) -> Speaker:
    """Give somebody who speaks on that Sunday evening."""
    return Speaker(work_at(NOW), CHAT, acme().person[PersonId(person)], acme())


@pytest.fixture(scope="session")
def riya() -> Speaker:
    """Give an accountant in New York."""
    return speaker_of("riya.patel")


@pytest.fixture(scope="session")
def ben() -> Speaker:
    """Give her manager."""
    return speaker_of("ben.okafor")
