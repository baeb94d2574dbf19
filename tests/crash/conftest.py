"""One installation for all the deaths of a module."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.scene import Scene, open_scene


@pytest.fixture(scope="module")
def scene(module_folder: Path) -> Iterator[Scene]:
    """Give it, with nothing left undone by whoever died in it before."""
    with open_scene(module_folder) as opened:
        yield opened
