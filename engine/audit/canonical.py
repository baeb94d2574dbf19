"""One exact spelling for one value: canonical JSON (RFC 8785), for hashing.

Limited to what entries hold: strings, integers, booleans, null, lists, and objects with ASCII keys.
Within that, RFC 8785 is what the standard library writes with sorted keys and no spaces.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

Json = str | int | bool | None | Sequence["Json"] | Mapping[str, "Json"]
"""A value that can be written canonically. Floats are left out: their spelling differs."""

INTEGER_MAX = 2**53 - 1
"""The largest integer that every JSON reader keeps exactly (RFC 8785, 3.2.2.3)."""

_WRITER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def canonical(value: Json) -> str:
    """Write a value in its one exact spelling. Raises `ValueError` for what has none."""
    _check(value)
    return _WRITER.encode(value)


def _check(value: object) -> None:
    # What is frequent comes first: every entry passes here, and asking for a Mapping is slow.
    if isinstance(value, str):
        value.encode()  # a lone surrogate has no UTF-8 spelling; UnicodeEncodeError is a ValueError
    elif isinstance(value, int):
        if abs(value) > INTEGER_MAX:
            raise ValueError("canonical JSON holds no integer beyond 2**53 - 1")
    elif isinstance(value, list | tuple):
        for held in value:
            _check(held)
    elif isinstance(value, Mapping):
        for key, held in value.items():
            if not (isinstance(key, str) and key.isascii()):
                raise ValueError(f"canonical JSON holds no key {key!r}")
            _check(held)
    elif value is not None:
        raise ValueError(f"canonical JSON holds no {type(value).__name__}")
