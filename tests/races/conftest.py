"""A ring of its own for each race."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.races.ring import Ring, open_ring


@pytest.fixture
def ring(migrated_database_url: str, short_folder: Path) -> Iterator[Ring]:
    """Give a ring."""
    with open_ring(migrated_database_url, short_folder / "target.sqlite") as opened:
        yield opened
