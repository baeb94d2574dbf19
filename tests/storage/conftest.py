"""A migrated database, reached as the program reaches it, and as its owner."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from storage.database import roles
from storage.database.connect import connect
from storage.unit_of_work import PostgresWork
from tests.contracts.samples import company


@pytest.fixture
def engine(migrated_database_url: str) -> Iterator[Engine]:
    """Give connections with the app's rights, and no more."""
    opened = connect(migrated_database_url, pool_size=40)
    yield opened
    opened.dispose()


@pytest.fixture
def owner(migrated_database_url: str) -> Iterator[Engine]:
    """Give connections of somebody who may do anything, and does."""
    opened = connect(migrated_database_url, role=None, pool_size=5)
    yield opened
    opened.dispose()


@pytest.fixture
def sequencer(migrated_database_url: str) -> Iterator[Engine]:
    """Give connections with the sequencer's rights."""
    opened = connect(migrated_database_url, role=roles.SEQUENCER, pool_size=4)
    yield opened
    opened.dispose()


@pytest.fixture
def work(engine: Engine) -> PostgresWork:
    """Give units of work on a database where a company is configured."""
    begun = PostgresWork(engine)
    with begun() as uow:
        uow.companies.add(company(), applied_by="operator")
        uow.commit()
    return begun
