"""What the processes write to standard output: one JSON object a line, for machines.

An exception is logged as its type and where it happened, never as its text: a database's error
quotes rows, and rows hold justifications.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Mapping, MutableMapping
from types import TracebackType
from typing import Any

import structlog

FRAMES_MAX = 12

_QUIET = ("aiohttp.access", "alembic", "asyncio")
"""Libraries whose chatter nobody needs; their warnings are kept."""


def configure(level: str, *, process: str) -> None:
    """Send everything, the libraries' lines too, through one formatter that names the process."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _place_of_exception,
            _named(process),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[level.upper()]
        ),
        logger_factory=structlog.PrintLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
            ],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _place_of_exception,
                _named(process),
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def _named(process: str) -> structlog.typing.Processor:
    def add(_: object, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        line["process"] = process
        return line

    return add


def _place_of_exception(_: object, __: str, line: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Replace an exception by its type and its frames."""
    info = line.pop("exc_info", None)
    if not info:
        return line
    if isinstance(info, BaseException):
        info = (type(info), info, info.__traceback__)
    kind, _error, trace = info if isinstance(info, tuple) else sys.exc_info()
    if kind is not None:
        line["error"] = f"{kind.__module__}.{kind.__qualname__}"
        line["frames"] = _frames(trace)
    return line


def _frames(trace: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(trace)[-FRAMES_MAX:]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
