"""A world without a database, in which all that always holds is asked at each commit."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.simulation.world import World


@pytest.fixture
def world() -> Iterator[World]:
    """Give a world in which nothing happened yet."""
    made = World()
    yield made
    made.end()
