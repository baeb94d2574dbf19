"""Messages and views as the lines that a person reads in them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.slack.fake_slack.filling_in import elements, key_of, value_of
from tests.slack.fake_slack.world import Json, Message, View

_MARKED = re.compile(r"<([^<>]*)>")
_QUOTE = "\0"
"""Begins a line that is somebody's own words, while it is read."""

_TWICE = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC) \(\1\)")


def plain(thing: Message | View) -> str:
    """Read a message or a view from top to bottom; a button is `[Label]`.

    An instant is read as what stands for it where it cannot be shown in the reader's own zone; and
    once, where the same stands behind it once more, in brackets.
    """
    if isinstance(thing, Message) and not thing.blocks:
        return spoken(thing.text)
    lines = list[str]()
    if isinstance(thing, View) and thing.payload.get("title"):
        lines.append(thing.payload["title"]["text"])
    for block in thing.blocks:
        lines += _block(block, thing.state)
        if isinstance(thing, View) and block["block_id"] in thing.errors:
            lines.append(f"  ! {thing.errors[block['block_id']]}")
    if isinstance(thing, View) and thing.payload.get("submit"):
        lines.append(f"[{thing.payload['submit']['text']}]")
    return _TWICE.sub(lambda found: found[1], "\n".join(_joined(lines)))


def _joined(lines: list[str]) -> list[str]:
    """Put a quote behind the label above it, and together what Slack's limits broke in two."""
    joined, in_quote = list[str](), False
    for line in lines:
        quoted = line.removeprefix(_QUOTE)
        if line != quoted and joined and (in_quote or joined[-1].endswith(":")):
            joined[-1] += quoted if in_quote else f" {quoted}"
        else:
            joined.append(quoted)
        in_quote = line != quoted
    return joined


def spoken(mrkdwn: str) -> str:
    """Read mrkdwn: links and dates by what stands for them, entities as they look."""
    read = _MARKED.sub(lambda found: found[1].rpartition("|")[2], mrkdwn)
    return read.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def text_of(text: Json) -> str:
    """Read a text object."""
    said = str(text["text"])
    return spoken(said) if text["type"] == "mrkdwn" else said


def label_of(block: Json, element: Json) -> str:
    """Say what stands at an element: its own text, its block's label, or its placeholder."""
    if "text" in element:
        return text_of(element["text"])
    for holder, key in ((block, "label"), (element, "placeholder"), (block, "text")):
        if key in holder:
            return text_of(holder[key])
    return str(element["action_id"])


def _block(block: Json, state: Json) -> Iterator[str]:
    kind = block["type"]
    if kind in ("header", "section", "markdown", "alert"):
        if "text" in block:
            yield block["text"] if isinstance(block["text"], str) else text_of(block["text"])
        yield from (text_of(field) for field in block.get("fields") or [])
    elif kind == "context":
        said = (one.get("alt_text") or text_of(one) for one in block["elements"])
        yield " ".join(said)
    elif kind in ("table", "data_table"):
        yield from (" | ".join(map(_cell, row)) for row in block["rows"])
    elif kind == "rich_text":
        yield from _groups(block)
    shown = [_element(block, element, state) for element in elements(block)]
    if shown:
        yield " ".join(shown)
    if kind == "input" and "hint" in block:
        yield f"  {text_of(block['hint'])}"


def _cell(cell: Json) -> str:
    return " ".join(_groups(cell)) if cell["type"] == "rich_text" else str(cell.get("text", ""))


def _groups(block: Json) -> Iterator[str]:
    """Read rich text: a line for each section, quote and item of a list."""
    for group in block["elements"]:
        if group["type"] == "rich_text_list":
            yield from ("".join(map(_rich, item["elements"])) for item in group["elements"])
        else:
            mark = _QUOTE if group["type"] == "rich_text_quote" else ""
            yield mark + "".join(map(_rich, group["elements"]))


def _rich(element: Json) -> str:
    match element["type"]:
        case "text" if element.get("style", {}).get("code"):
            return f"`{element['text']}`"
        case "date":
            return str(element["fallback"])
        case "user":
            return f"@{element['user_id']}"
        case _:
            return str(element.get("text") or element.get("url") or "")


def _element(block: Json, element: Json, state: Json) -> str:
    if element["type"] == "image":
        return str(element["alt_text"])
    if element["type"] == "overflow":
        return " ".join(f"[{text_of(one['text'])}]" for one in element["options"])
    if not key_of(element):
        return f"[{label_of(block, element)}]"
    label = label_of(block, element) + (" (optional)" if block.get("optional") else "")
    chosen = value_of(element, state.get(block["block_id"], {}).get(element["action_id"], {}))
    return f"{label} = {_value(chosen)}".rstrip()


def _value(chosen: object) -> str:
    if isinstance(chosen, dict) and "text" in chosen:
        return text_of(chosen["text"])
    if isinstance(chosen, list):
        return ", ".join(map(_value, chosen))
    return "" if chosen is None else str(chosen)
