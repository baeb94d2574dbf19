"""Reads more rows than fit into memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Executable, Row

BATCH = 2000
"""Rows in memory at once."""


def stream(connection: Connection, query: Executable) -> Iterator[Row[Any]]:
    """Read rows a batch at a time, with a cursor in the database."""
    yield from connection.execute(query, execution_options={"yield_per": BATCH})
