"""A table becomes Slack's own in a message, and a list where Slack has none.

Slack's table takes 100 rows with the headings, 20 columns and 10,000 characters.
"""

from __future__ import annotations

from datetime import datetime
from itertools import zip_longest

from adapters.chat.cards import Table, Value
from adapters.chat.slack import blocks
from adapters.chat.slack.blocks import Json, Paragraph, Shape
from adapters.chat.texts import taming

ROWS_MAX = 99
COLUMNS_MAX = 20
CHARACTERS_MAX = 9_500
CELL_MAX = 400
"""Characters of one cell: a row of the longest ones still fits."""

HEADING_MAX = 75
SHORT_MAX = 25
"""Characters that stay on one line: `2026-11-22 18:41:00 UTC` has 23."""


def table_block(table: Table, room: int) -> tuple[Json | None, int, int]:
    """Give a table with as many rows as fit, how many those are, and its characters."""
    width = min(COLUMNS_MAX, max(len(table.columns), *map(len, table.rows)))
    headings = [taming.cut(blocks.spell(c), HEADING_MAX) for c in table.columns[:width]]
    headings += [taming.NOTHING] * (width - len(headings))
    rows: list[list[Json]] = [[{"type": "raw_text", "text": h} for h in headings]]
    left = min(room, CHARACTERS_MAX) - sum(map(len, headings))
    for row in table.rows[:ROWS_MAX]:
        cells = [*row[:width], *[""] * (width - len(row))]
        cost = sum(_cost(cell) for cell in cells)
        if cost > left:
            break
        left -= cost
        rows.append([_cell(cell) for cell in cells])
    if len(rows) == 1:
        return None, 0, 0
    settings = [{"is_wrapped": _is_long(table, column)} for column in range(width)]
    block = {"type": "table", "column_settings": settings, "rows": rows}
    return block, len(rows) - 1, min(room, CHARACTERS_MAX) - left


def list_rows(table: Table, room: int) -> tuple[list[Paragraph], int]:
    """Give an item for each row, as many as fit, and their characters."""
    items: list[Paragraph] = []
    left = room
    for row in table.rows[:ROWS_MAX]:
        item = Paragraph(_item(table.columns, row), Shape.ITEM).head(blocks.TEXT_MAX)
        if item.cost > left:
            break
        left -= item.cost
        items.append(item)
    return items, room - left


def _item(columns: tuple[str, ...], row: tuple[Value, ...]) -> tuple[Json, ...]:
    """Write a row as a sentence: the first cell in bold, each other one behind its heading."""
    elements: list[Json] = []
    for number, (column, value) in enumerate(zip_longest(columns[: len(row)], row, fillvalue="")):
        if isinstance(value, str) and not value.strip():
            continue
        if number == 0:
            elements += blocks.words(blocks.spell(value), is_bold=True)
            continue
        elements += blocks.words(f" · {taming.one_line(column)}: " if column.strip() else " · ")
        elements += _value(value)
    return tuple(elements) or blocks.words(taming.NOTHING)


def _value(value: Value) -> tuple[Json, ...]:
    if isinstance(value, datetime):
        return blocks.instant(value)
    return blocks.line_elements((taming.cut(blocks.spell(value), CELL_MAX),))


def _cost(value: Value) -> int:
    # An instant is spelled twice: in the viewer's zone, and in UTC.
    return 50 if isinstance(value, datetime) else min(len(blocks.spell(value)), CELL_MAX)


def _is_long(table: Table, column: int) -> bool:
    """Say whether a column's texts need more than one line; numbers and dates are not broken."""
    return any(_cost(row[column]) > SHORT_MAX for row in table.rows if column < len(row))


def _cell(value: Value) -> Json:
    elements = list(_value(value)) or [*blocks.words(taming.NOTHING)]
    return {
        "type": "rich_text",
        "elements": [{"type": Shape.PLAIN.value, "elements": elements}],
    }
