"""A Postgres target of the test's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.connectors.postgres import PostgresConnector
from tests.contracts.labs import Site
from tests.contracts.labs.postgres import PostgresLab, open_lab
from tests.contracts.superuser import superusers_url


@pytest.fixture
def lab(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[PostgresLab]:
    """Give roles on a real server, behind a proxy that can be broken."""
    with open_lab(Site(superusers_url(request), tmp_path)) as made:
        yield made


@pytest.fixture
def connector(lab: PostgresLab) -> PostgresConnector:
    """Give the connector, made as the running program makes it."""
    return PostgresConnector(lab.url())
