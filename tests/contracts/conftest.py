"""Every implementation of a port that a suite here is run against."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec

import pytest

from engine.ports import Work
from storage.database.connect import connect
from storage.unit_of_work import PostgresWork
from tests.contracts.samples import company

MEMORY = "tests.simulation.memory"


@pytest.fixture(params=["postgres", "memory"])
def bare_work(request: pytest.FixtureRequest) -> Iterator[Work]:
    """Give units of work on a memory in which nothing happened yet."""
    if request.param == "memory":
        if find_spec(MEMORY) is None:
            pytest.skip("there is no unit of work in memory")
        begin: Callable[[], Work] = import_module(MEMORY).MemoryWork
        yield begin()
        return
    engine = connect(request.getfixturevalue("migrated_database_url"), pool_size=4)
    yield PostgresWork(engine)
    engine.dispose()


@pytest.fixture
def work(bare_work: Work) -> Work:
    """Give units of work where a company is configured."""
    with bare_work() as uow:
        uow.companies.add(company(), applied_by="operator")
        uow.commit()
    return bare_work
