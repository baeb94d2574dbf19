"""The package is a zip file, of the same bytes wherever and whenever it is made."""

from __future__ import annotations

import io
import json
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from adapters.chat.teams.package.manifest import About, manifest

ICONS = ("color.png", "outline.png")

_HERE = Path(__file__).parent
_THEN = (1980, 1, 1, 0, 0, 0)
"""The first instant that a zip file can name: when it was made is not part of what it says."""
_UNIX, _READABLE = 3, 0o644 << 16


def packed(about: About) -> bytes:
    """Give the package's bytes. Raises `PackageError` where Teams would not take it."""
    written = json.dumps(manifest(about), indent=2, ensure_ascii=False).encode() + b"\n"
    contents = {"manifest.json": written}
    contents |= {name: (_HERE / name).read_bytes() for name in ICONS}
    into = io.BytesIO()
    with ZipFile(into, "w") as package:
        for name, content in contents.items():
            entry = ZipInfo(name, _THEN)
            entry.create_system, entry.external_attr = _UNIX, _READABLE
            # Not compressed: the same text becomes other bytes with another version of zlib.
            package.writestr(entry, content, ZIP_STORED)
    return into.getvalue()
