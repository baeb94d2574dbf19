"""Microsoft's schema of Adaptive Cards 1.5, where a copy of it is at hand.

It is Microsoft's (`microsoft/AdaptiveCards`, MIT) and looked for beside the repository, in
`shared/tools/teams`. Applied is as much of JSON Schema (draft 6) as it uses.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

Json = dict[str, Any]

SCHEMA = (
    Path(__file__).resolve().parents[3] / "shared" / "tools" / "teams" / "adaptive-card-1.5.0.json"
)

_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "number": (int, float),
    "null": (type(None),),
}


def check_schema(card: Json) -> list[str]:
    """Check a card against the schema; nothing is found where that is not at hand.

    What the root says to Teams alone (`msteams`) is no part of it.
    """
    if not SCHEMA.is_file():
        return []
    plain = {key: value for key, value in card.items() if key != "msteams"}
    return list(_check(plain, _whole(), ""))


@cache
def _whole() -> Json:
    whole: Json = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return whole


def _check(thing: Any, schema: Json, place: str) -> Iterator[str]:  # noqa: ANN401 - JSON
    if "$ref" in schema:
        yield from _check(thing, _referred(schema["$ref"]), place)
    if "anyOf" in schema:
        yield from _choices(thing, schema["anyOf"], place)
    for one in schema.get("allOf", []):
        yield from _check(thing, one, place)
    if "type" in schema and not _is_typed(thing, schema["type"]):
        yield f"{place}: must be {schema['type']}"
        return
    if "enum" in schema and thing not in schema["enum"]:
        yield f"{place}: must be one of {schema['enum']}, not {thing!r}"
    if isinstance(thing, str) and not re.search(schema.get("pattern", ""), thing):
        yield f"{place}: must look like {schema['pattern']}"
    if isinstance(thing, list):
        for number, one in enumerate(thing):
            yield from _check(one, schema.get("items", {}), f"{place}/{number}")
    elif isinstance(thing, dict):
        yield from _object(thing, schema, place)


def _choices(thing: Any, choices: list[Json], place: str) -> Iterator[str]:  # noqa: ANN401 - JSON
    """Say what is wrong with the choice that fits best: the one of this very type, if it says."""
    kind = thing.get("type") if isinstance(thing, dict) else None
    named = [one for one in choices if _is_named(one, kind)]
    wrong = [[*_check(thing, one, place)] for one in named or choices]
    if all(wrong):
        yield from min(wrong, key=len)


def _is_named(schema: Json, kind: object) -> bool:
    references = [one.get("$ref", "") for one in [schema, *schema.get("allOf", [])]]
    return any(reference == f"#/definitions/{kind}" for reference in references)


def _referred(reference: str) -> Json:
    found = _whole()
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    return found


def _is_typed(thing: object, kind: str) -> bool:
    return isinstance(thing, _TYPES[kind]) and not (kind == "number" and isinstance(thing, bool))


def _object(thing: Json, schema: Json, place: str) -> Iterator[str]:
    for key in schema.get("required", []):
        if key not in thing:
            yield f"{place}: {key} is missing"
    known = schema.get("properties", {})
    more = schema.get("additionalProperties", True)
    for key, value in thing.items():
        if key in known:
            yield from _check(value, known[key], f"{place}/{key}")
        elif more is False:
            yield f"{place}/{key}: unknown"
        elif isinstance(more, dict):
            yield from _check(value, more, f"{place}/{key}")
