"""An answer as text, kept with its delivery and given again when the same delivery comes again.

Reads and writes by the dataclasses' own fields, so that a field that is added to a card needs
nothing here.
"""

from __future__ import annotations

import json
import types
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

from adapters.chat.cards import Answer, Value


def write_answer(answer: Answer) -> str:
    """Write an answer as JSON."""
    return json.dumps(_plain(answer), ensure_ascii=False, separators=(",", ":"))


def read_answer(text: str) -> Answer:
    """Read an answer that `write_answer` wrote. Raises `ValueError` where it is none."""
    try:
        answer = _read(Answer, json.loads(text))
    except (KeyError, TypeError, AttributeError) as wrong:
        raise ValueError(f"this is no answer: {type(wrong).__name__}") from None
    assert isinstance(answer, Answer)
    return answer


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return {"at": value.isoformat()}
    if isinstance(value, tuple):
        return [_plain(held) for held in value]
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return value


def _read(kind: object, raw: Any) -> object:  # noqa: ANN401 - JSON, told apart by `kind`
    if kind == Value:
        return datetime.fromisoformat(raw["at"]) if isinstance(raw, dict) else str(raw)
    if get_origin(kind) is tuple:
        return tuple(_read(get_args(kind)[0], held) for held in raw)
    if isinstance(kind, types.UnionType):
        return None if raw is None else _read(get_args(kind)[0], raw)
    if isinstance(kind, type) and is_dataclass(kind):
        if not isinstance(raw, dict):
            raise TypeError(f"{kind.__name__} is written as an object")
        # What an older version wrote lacks newer fields: they have defaults.
        return kind(**{name: _read(hint, raw[name]) for name, hint in _hints(kind) if name in raw})
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return kind(raw)
    return raw


@cache
def _hints(kind: type[object]) -> tuple[tuple[str, object], ...]:
    return tuple(get_type_hints(kind).items())
