"""What the processes write to standard output: one JSON object a line, for machines.

An exception is logged as its type and where it happened, never as its text: a database's error
quotes rows, and rows hold justifications. So are what nobody caught, and Python's warnings.
"""

from __future__ import annotations

import logging
import sys
import threading
import traceback
import warnings
from collections.abc import Mapping, MutableMapping
from types import TracebackType
from typing import Any, TextIO

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
            _kinds_of_exceptions,
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
    handler.addFilter(_without_texts)
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
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread
    warnings.showwarning = _warned


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


def _kinds_of_exceptions(_: object, __: str, line: MutableMapping[str, Any]) -> Mapping[str, Any]:
    return {key: _kind(value) for key, value in line.items()}


def _kind(value: object) -> object:
    """Give an exception's type instead of the exception, whose text would be written."""
    return type(value).__qualname__ if isinstance(value, BaseException) else value


def _without_texts(record: logging.LogRecord) -> bool:
    """Take exceptions' texts out of a library's line: out of its words, too."""
    if isinstance(record.args, tuple):
        record.args = tuple(map(_kind, record.args))
    if record.name == "asyncio":
        # Its first line says what happened; the others show the task with its exception's text.
        record.msg = str(record.msg).partition("\n")[0]
    return True


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return  # somebody wanted it
    structlog.get_logger(__name__).critical("process.broke", exc_info=(kind, error, trace))


def _uncaught_in_thread(thrown: threading.ExceptHookArgs) -> None:
    name = thrown.thread.name if thrown.thread else ""
    info = (thrown.exc_type, thrown.exc_value, thrown.exc_traceback)
    structlog.get_logger(__name__).critical("thread.broke", thread=name, exc_info=info)


def _warned(  # noqa: PLR0917 - the standard library's signature
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """Log a warning's kind and place; its text may quote values."""
    del message, file, line
    structlog.get_logger(__name__).warning(
        "python.warned", kind=category.__qualname__, place=f"{filename}:{lineno}"
    )
