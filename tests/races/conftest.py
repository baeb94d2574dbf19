"""A ring of its own for each race."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.unit_of_work import PostgresUnitOfWork
from tests.races.ring import Ring, open_ring


@pytest.fixture
def ring(
    migrated_database_url: str, short_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Ring]:
    """Give a ring, in which whoever is about to commit looks round for rivals."""
    with open_ring(migrated_database_url, short_folder / "target.sqlite") as opened:
        at_once = PostgresUnitOfWork.commit

        def commit(uow: PostgresUnitOfWork) -> None:
            opened.meeting.wait()
            at_once(uow)

        monkeypatch.setattr(PostgresUnitOfWork, "commit", commit)
        yield opened
