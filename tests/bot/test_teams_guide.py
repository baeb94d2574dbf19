"""The guide to Teams says what is so."""

from __future__ import annotations

import re

from adapters.chat.teams.hosts import SERVICE_HOSTS
from adapters.chat.teams.package import About
from adapters.chat.teams.package.manifest import manifest
from bot.settings import Settings
from tests.bot.conftest import ROOT

GUIDE = (ROOT / "docs" / "teams.md").read_text("utf-8")


def chapter(title: str) -> str:
    """Give one chapter."""
    return GUIDE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def test_every_setting_of_teams_is_in_its_table() -> None:
    """And none that is not there."""
    explained = set(re.findall(r"`((?:MICROSOFT|TEAMS|JIT)_[A-Z_]+)`", chapter("Settings")))

    named = {setting.name for setting in Settings.describe()}
    assert explained == {
        name for name in named if name.startswith(("MICROSOFT_", "TEAMS_", "JIT_TEAMS_"))
    }


def test_what_the_manifest_asks_for_has_its_reason() -> None:
    """Each permission is named, and so is where the app may be."""
    asked = manifest(About(app_id="x", version="1.0.0", website="https://acme.example"))

    explained = chapter("What the app may do, and why")
    assert all(f"`{name}`" in explained for name in asked["permissions"])
    assert asked["supportedChannelTypes"] == ["privateChannels"]
    assert "private channels" in explained
    assert "authorization" not in asked
    assert "no resource-specific consent" in explained


def test_other_clouds_have_their_hosts() -> None:
    """Those that are trusted anyway need not be set; the one that is not, is."""
    table = chapter("Other clouds")
    hosts = re.findall(r"`https://(smba[^/`]+)/teams/`", table)
    to_set = re.search(r"\| `TEAMS_SERVICE_HOSTS` \|(.*)\|", table)

    assert to_set is not None
    needed = re.findall(r"`(smba[^`]+)`", to_set[1])
    assert set(hosts) - set(SERVICE_HOSTS) == set(needed)
