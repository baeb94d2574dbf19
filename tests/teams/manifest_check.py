"""Is this an app package that Teams takes? Microsoft's own schema, and what it omits.

The schema says what a manifest may hold. What is checked here beside it: that the package has
exactly the files that the manifest names, that icons are what Teams wants of them, the limits that
its clients and older clouds have, and that nothing is asked for that the bot must not have.
"""

from __future__ import annotations

import io
import json
import struct
import zlib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from jsonschema import Draft4Validator

SCHEMAS = Path(__file__).with_name("schemas")

COMMANDS_MAX = 10
"""1.24 allows twelve; what more there is, older clients do not show."""

TITLE_MAX, DESCRIPTION_MAX = 32, 128
"""Characters, before the schema's version 1.21; longer ones are cut off in the list anyway."""

SIDES = {"color": 192, "outline": 32}
WHITE = (255, 255, 255)

BYTES_OF = {2: 3, 6: 4}
"""Of a pixel, by PNG's colour types: without and with transparency."""

BEYOND = ("authorization", "webApplicationInfo", "composeExtensions", "staticTabs", "extensions")
"""What would give the app more than it needs: resource-specific consent, Graph, more surfaces."""

Json = Mapping[str, Any]


def check_package(package: bytes) -> list[str]:
    """Check a whole package; each finding says where."""
    with ZipFile(io.BytesIO(package)) as opened:
        files = {entry.filename: opened.read(entry) for entry in opened.infolist()}
    manifest: Json = json.loads(files["manifest.json"])
    icons = manifest.get("icons", {})
    named = {"manifest.json", *icons.values()}
    found = [f"{name}: not in both the package and the manifest" for name in named ^ files.keys()]
    for kind, name in icons.items():
        found += [f"{name}: {problem}" for problem in _icon(kind, files.get(name, b""))]
    return [*found, *check_manifest(manifest)]


def check_manifest(manifest: Json) -> list[str]:
    """Check a manifest; each finding names its place as a JSON pointer."""
    return [*_by_schema(manifest), *_beside(manifest)]


def _by_schema(manifest: Json) -> Iterator[str]:
    for error in _schema(str(manifest.get("manifestVersion"))).iter_errors(manifest):
        yield f"/{'/'.join(map(str, error.absolute_path))}: {error.message}"


@cache
def _schema(version: str) -> Draft4Validator:
    path = SCHEMAS / f"teams-manifest-{version}.json"
    schema = json.loads(path.read_text(encoding="utf-8"))
    return Draft4Validator(schema)


def _beside(manifest: Json) -> Iterator[str]:
    for name in BEYOND:
        if name in manifest:
            yield f"/{name}: more than the bot needs"
    if manifest.get("validDomains"):
        yield "/validDomains: it shows no pages"
    for number, bot in enumerate(manifest.get("bots", [])):
        for list_number, listed in enumerate(bot.get("commandLists", [])):
            place = f"/bots/{number}/commandLists/{list_number}"
            yield from _commands(place, listed, bot)


def _commands(place: str, listed: Json, bot: Json) -> Iterator[str]:
    if not set(listed["scopes"]) <= set(bot["scopes"]):
        yield f"{place}/scopes: the bot is not there"
    commands = listed["commands"]
    if len(commands) > COMMANDS_MAX:
        yield f"{place}/commands: {len(commands)} items"
    if len({command["title"] for command in commands}) < len(commands):
        yield f"{place}/commands: two are the same"
    for number, command in enumerate(commands):
        if not 1 <= len(command["title"]) <= TITLE_MAX:
            yield f"{place}/commands/{number}/title: {len(command['title'])} characters"
        if not 1 <= len(command["description"]) <= DESCRIPTION_MAX:
            yield f"{place}/commands/{number}/description: {len(command['description'])} characters"


# ── icons ───────────────────────────────────────────────────────────────────────────────────────


def _icon(kind: str, png: bytes) -> Iterator[str]:
    try:
        side, pixels = _decoded(png)
    except (ValueError, struct.error, zlib.error):
        yield "no square PNG of 8 bits in red, green and blue"
        return
    if side != SIDES[kind]:
        yield f"{side} pixels wide, not {SIDES[kind]}"
    seen = {(red, green, blue) for red, green, blue, alpha in pixels if alpha}
    alphas = {alpha for *_, alpha in pixels}
    if kind == "outline" and (seen != {WHITE} or 0 not in alphas):
        yield "not white on transparent"
    if kind == "color" and alphas != {255}:
        yield "transparent in places"


def _decoded(png: bytes) -> tuple[int, list[tuple[int, ...]]]:
    """Decode a square PNG (RFC 2083) in true colour; gives its side, and four bytes a pixel."""
    chunks = dict[bytes, bytes]()
    at = 8
    while at < len(png):
        size, kind = struct.unpack_from(">I4s", png, at)
        chunks[kind] = chunks.get(kind, b"") + png[at + 8 : at + 8 + size]
        at += 12 + size
    header = struct.unpack(">IIBBBBB", chunks.get(b"IHDR", b""))
    side, deep = header[0], BYTES_OF.get(header[3], 0)
    if header != (side, side, 8, header[3], 0, 0, 0) or not deep:
        raise ValueError
    data, width = zlib.decompress(chunks[b"IDAT"]), side * deep
    rows = [bytearray(width)]
    for start in range(0, side * (width + 1), width + 1):
        row = bytearray(data[start + 1 : start + 1 + width])
        _unfilter(data[start], row, rows[-1], deep)
        rows.append(row)
    opaque = (255,) * (4 - deep)
    return side, [(*row[x : x + deep], *opaque) for row in rows[1:] for x in range(0, width, deep)]


def _unfilter(kind: int, row: bytearray, above: bytearray, deep: int) -> None:
    for place in range(len(row)):
        left, corner = (row[place - deep], above[place - deep]) if place >= deep else (0, 0)
        up = above[place]
        guess = left + up - corner
        nearest = min((left, up, corner), key=lambda one: abs(guess - one))
        row[place] = (row[place] + (0, left, up, (left + up) // 2, nearest)[kind]) & 255
