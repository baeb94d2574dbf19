"""The check finds in an app package what Teams would refuse, or what must not be in it."""

from __future__ import annotations

import io
import json
from typing import Any
from zipfile import ZipFile

import pytest

from adapters.chat.teams.package import About, packed
from tests.teams.manifest_check import check_manifest, check_package

ABOUT = About(
    app_id="2b5f8a5e-5d63-4c0c-9a5e-0f6a1e1b7c11",
    version="1.2.3",
    website="https://intranet.acme.example/jit",
)


def _files() -> dict[str, bytes]:
    with ZipFile(io.BytesIO(packed(ABOUT))) as package:
        return {name: package.read(name) for name in package.namelist()}


def _manifest() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(_files()["manifest.json"])
    return read


def _zip(files: dict[str, bytes]) -> bytes:
    into = io.BytesIO()
    with ZipFile(into, "w") as package:
        for name, content in files.items():
            package.writestr(name, content)
    return into.getvalue()


def test_a_package_that_teams_takes_is_well() -> None:
    """By the schema, and by what belongs together."""
    assert check_package(_zip(_files())) == []


@pytest.mark.parametrize(
    ("section", "change", "found"),
    [
        ("name", {"short": "x" * 31}, "/name/short"),
        ("name", {"full": "x" * 101}, "/name/full"),
        ("description", {"short": "x" * 81}, "/description/short"),
        ("description", {"full": "x" * 4001}, "/description/full"),
        ("developer", {"name": "x" * 33}, "/developer/name"),
        ("developer", {"websiteUrl": "intranet"}, "/developer/websiteUrl"),
    ],
)
def test_what_the_schema_refuses_is_found(section: str, change: dict[str, str], found: str) -> None:
    """Each of the lengths that Teams allows, and what is no address."""
    manifest = _manifest()
    manifest[section] |= change

    findings = check_manifest(manifest)

    assert any(finding.startswith(f"{found}:") for finding in findings), findings


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"no_such": 1}, "no_such"),
        ({"id": "jit"}, "/id"),
        ({"validDomains": ["*.acme.example"]}, "/validDomains"),
        ({"supportedChannelTypes": ["secretChannels"]}, "/supportedChannelTypes/0"),
        ({"authorization": {"permissions": {}}}, "/authorization: more than"),
        ({"icons": {"color": "color.png"}}, "/icons"),
    ],
)
def test_what_does_not_belong_there_is_found(change: dict[str, Any], found: str) -> None:
    """Unknown fields, wrong ids, and more rights than are needed."""
    findings = check_manifest(_manifest() | change)

    assert any(found in finding for finding in findings), findings


@pytest.mark.parametrize(
    ("commands", "found"),
    [
        ([{"title": f"c{number}", "description": "x"} for number in range(11)], "11 items"),
        ([{"title": "same", "description": "x"}] * 2, "two are the same"),
        ([{"title": "x" * 33, "description": "x"}], "title: 33 characters"),
        ([{"title": "x", "description": "x" * 129}], "description: 129 characters"),
    ],
)
def test_commands_that_would_not_be_shown_are_found(
    commands: list[dict[str, str]], found: str
) -> None:
    """Too many, too long, or twice."""
    manifest = _manifest()
    manifest["bots"][0]["commandLists"][0]["commands"] = commands

    findings = check_manifest(manifest)

    assert any(found in finding for finding in findings), findings


def test_files_and_manifest_have_to_agree() -> None:
    """What is missing, and what nobody named."""
    files = _files()
    del files["outline.png"]
    files["notes.txt"] = b"left over"

    findings = check_package(_zip(files))

    assert any(finding.startswith("outline.png: not in both") for finding in findings)
    assert any(finding.startswith("notes.txt: not in both") for finding in findings)


def test_icons_have_their_sizes_and_colours() -> None:
    """One for the other is wrong in every way; what is no picture is told as such."""
    files = _files()
    swapped = files | {"color.png": files["outline.png"], "outline.png": files["color.png"]}

    assert set(check_package(_zip(swapped))) == {
        "color.png: 32 pixels wide, not 192",
        "color.png: transparent in places",
        "outline.png: 192 pixels wide, not 32",
        "outline.png: not white on transparent",
    }
    assert "no square PNG" in check_package(_zip(files | {"color.png": b"GIF89a"}))[0]
