"""Log lines: JSON for machines, and nothing of what people wrote."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]

SAID = "my mother's maiden name"
"""What must not get into a log."""

_BEFORE = """
import logging, structlog
from bot.watch import logs
logs.configure({level!r}, process="worker")
log = structlog.get_logger("bot.anything")
"""


def _lines(program: str, level: str = "info") -> list[dict[str, object]]:
    """Run a few statements in a process of their own: logging is the whole process's."""
    done = subprocess.run(
        [sys.executable, "-c", _BEFORE.format(level=level) + program],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stderr == ""
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_line_is_json_with_its_process_and_time() -> None:
    """Each line stands alone: what, when, how bad, from which process, about what."""
    (line,) = _lines("log.info('duty.tried', effect=7)")

    assert str(line.pop("timestamp")).endswith("Z")
    assert line == {"event": "duty.tried", "level": "info", "process": "worker", "effect": 7}


def test_libraries_lines_look_the_same() -> None:
    """What comes through the standard library's logging goes through the same formatter."""
    (line,) = _lines("logging.getLogger('dramatiq').warning('%s is slow', 'it')")

    assert (line["event"], line["level"], line["process"]) == ("it is slow", "warning", "worker")


FAILING = """
try:
    try:
        raise KeyError({said!r})
    except KeyError as cause:
        raise ValueError({said!r}) from cause
except ValueError as error:
    {logged}
"""


@pytest.mark.parametrize(
    "logged",
    [
        "log.exception('duty.broke')",
        "log.error('duty.broke', exc_info=error)",
        "logging.getLogger('dramatiq').exception('duty.broke')",
        "logging.getLogger('dramatiq').error('duty.broke', exc_info=error)",
    ],
)
def test_an_exception_is_its_kind_and_place(logged: str) -> None:
    """Never its text, nor its cause's: a database's error quotes the row that it is about."""
    (line,) = _lines(FAILING.format(said=SAID, logged=logged))

    assert (line["event"], line["error"]) == ("duty.broke", "builtins.ValueError")
    assert isinstance(line["frames"], list)
    assert line["frames"]
    assert SAID not in json.dumps(line)


def test_less_important_lines_are_left_out() -> None:
    """The level is the operator's choice, for our own lines and the libraries'."""
    program = """
for one in (log, logging.getLogger('dramatiq')):
    one.info('told in detail')
    one.warning('told')
"""

    assert [line["event"] for line in _lines(program, "warning")] == ["told", "told"]


def test_chatter_is_left_out() -> None:
    """A line for each web request would bury the rest."""
    assert _lines("logging.getLogger('aiohttp.access').info('GET /healthz')") == []


@pytest.mark.parametrize(
    "logged",
    [
        "log.warning('it', problem=error)",
        "logging.getLogger('dramatiq').warning('it: %s', error)",
        "logging.getLogger('asyncio').error('it\\nfuture: ' + repr(error), exc_info=error)",
        "import warnings; warnings.warn(str(error))",
    ],
)
def test_an_exceptions_text_gets_in_by_no_other_way(logged: str) -> None:
    """Not as a value, nor within a library's words, nor as a warning."""
    (line,) = _lines(FAILING.format(said=SAID, logged=logged))

    assert SAID not in json.dumps(line)


def test_a_warning_tells_its_kind_and_place() -> None:
    """Where it comes from is enough to find out what it says."""
    (line,) = _lines("import warnings\nwarnings.warn('anything', UserWarning)")

    assert (line["event"], line["level"]) == ("python.warned", "warning")
    assert line["kind"] == "UserWarning"


def test_a_thread_that_breaks_is_told_without_words() -> None:
    """What nobody caught is a line as well, and not a trace on another stream."""
    program = f"""
import threading
def fail():
    raise ValueError({SAID!r})
thread = threading.Thread(target=fail, name="pump")
thread.start()
thread.join()
"""

    (line,) = _lines(program)

    assert (line["event"], line["thread"]) == ("thread.broke", "pump")
    assert line["error"] == "builtins.ValueError"
    assert SAID not in json.dumps(line)


def test_a_task_that_nobody_waited_for_is_told_without_words() -> None:
    """Asyncio's own line shows the task, and with it what it raised."""
    program = f"""
import asyncio, gc
async def fail():
    raise ValueError({SAID!r})
async def main():
    asyncio.create_task(fail())
    await asyncio.sleep(0)
    gc.collect()
asyncio.run(main())
gc.collect()
"""

    (line,) = _lines(program)

    assert line["event"] == "Task exception was never retrieved"
    assert SAID not in json.dumps(line)


def test_a_process_that_breaks_is_told_without_words() -> None:
    """The last thing that a dying process says is a line like the others."""
    done = subprocess.run(
        [sys.executable, "-c", _BEFORE.format(level="info") + f"raise ValueError({SAID!r})"],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert done.returncode == 1
    assert json.loads(done.stdout)["event"] == "process.broke"
    assert SAID not in done.stdout + done.stderr
