"""The app package is what Teams takes, says what help says, and asks for nothing more."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from typing import Any
from zipfile import ZipFile

import pytest

from adapters.chat.commands import BY_WORD
from adapters.chat.teams.package import About, PackageError, packed
from adapters.chat.teams.package.manifest import NAME_MAX, PUBLISHER_MAX
from tests.teams.manifest_check import check_package

ABOUT = About(
    app_id="2B5F8A5E-5D63-4C0C-9A5E-0F6A1E1B7C11",
    version="1.2.3",
    website="https://intranet.acme.example/jit",
)


def _manifest(about: About = ABOUT) -> dict[str, Any]:
    with ZipFile(io.BytesIO(packed(about))) as package:
        read: dict[str, Any] = json.loads(package.read("manifest.json"))
    return read


def test_teams_takes_it() -> None:
    """By Microsoft's own schema and by what it omits, with names as long as they may be."""
    longest = replace(ABOUT, name="J" * NAME_MAX, publisher="P" * PUBLISHER_MAX)

    assert check_package(packed(ABOUT)) == []
    assert check_package(packed(longest)) == []


def test_it_has_the_same_bytes_each_time() -> None:
    """So that what was approved can be compared with what would be made today."""
    first, second = packed(ABOUT), packed(replace(ABOUT))

    assert first == second
    with ZipFile(io.BytesIO(first)) as package:
        told = {(entry.date_time, entry.external_attr >> 16) for entry in package.infolist()}
        assert package.namelist() == ["manifest.json", "color.png", "outline.png"]
    assert told == {((1980, 1, 1, 0, 0, 0), 0o644)}


def test_it_names_the_bot() -> None:
    """In small letters, as Entra writes it; the app has the same id."""
    manifest = _manifest()

    assert manifest["id"] == manifest["bots"][0]["botId"] == ABOUT.app_id.lower()
    assert manifest["version"] == "1.2.3"


def test_commands_are_offered_everywhere_in_the_words_of_help() -> None:
    """Each is a command that there is, with its own sentence."""
    (listed,) = _manifest()["bots"][0]["commandLists"]

    assert listed["scopes"] == ["personal", "team", "groupChat"]
    assert [(one["title"], one["description"]) for one in listed["commands"]] == [
        (one["title"], BY_WORD[one["title"]].summary) for one in listed["commands"]
    ]


def test_it_asks_for_no_more_than_it_needs() -> None:
    """No history of what teams write, no pages, no channel that other organisations read."""
    manifest = _manifest()

    assert manifest["permissions"] == ["identity", "messageTeamMembers"]
    assert manifest["validDomains"] == []
    assert manifest["supportedChannelTypes"] == ["privateChannels"]
    assert "authorization" not in manifest
    assert manifest["bots"][0]["supportsFiles"] is True


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (replace(ABOUT, name="J" * 31), "--name must have 1 to 30"),
        (replace(ABOUT, name=" "), "--name must have 1 to 30"),
        (replace(ABOUT, publisher="P" * 33), "publisher must have 1 to 32"),
        (replace(ABOUT, version="1.2"), "three numbers"),
        (replace(ABOUT, version="01.2.3"), "three numbers"),
        (replace(ABOUT, website=""), "https address"),
        (replace(ABOUT, website="http://intranet.acme.example"), "https address"),
        (replace(ABOUT, website="https://[::1"), "https address"),
        (replace(ABOUT, website="https://intranet.acme.example/" + "x" * 2048), "https address"),
    ],
)
def test_what_teams_would_not_take_is_refused(wrong: About, said: str) -> None:
    """With a sentence that says what would be right, and all of them at once."""
    with pytest.raises(PackageError, match=said):
        packed(wrong)
    with pytest.raises(PackageError, match=r"(?s)three numbers.*https address"):
        packed(replace(wrong, version="next", website="here"))
