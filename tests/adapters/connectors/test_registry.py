"""Mirrors adapters/connectors/registry.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.connectors.registry import connector, settings_known
from adapters.connectors.sandbox import Sandbox
from engine.errors import Permanent


def test_a_connector_is_made_by_name_from_a_named_setting(tmp_path: Path) -> None:
    """What a system's settings name is read from the bot's own settings."""
    values = {"SANDBOX_FILE": str(tmp_path / "sandbox.sqlite")}

    made = connector("sandbox", {"file_from": "SANDBOX_FILE"}, values.__getitem__)

    assert isinstance(made, Sandbox)
    made.validate()
    assert (tmp_path / "sandbox.sqlite").exists()


def test_a_connector_that_this_build_lacks_is_refused() -> None:
    """A configuration of a newer build is told what is missing."""
    with pytest.raises(Permanent, match="no connector mainframe"):
        connector("mainframe", {}, str)


def test_every_connector_says_which_settings_it_needs() -> None:
    """Checking a company's files needs nothing but this."""
    known = settings_known()

    assert known["postgres"] == {"url_from": True}
    assert known["sandbox"] == {"file_from": True}
