"""The demo starts anywhere, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.demo import ENDED_BY_SIGTERM
from tests.bot.conftest import ROOT
from tests.waiting import until

START_WITHIN = 90.0
"""A demo takes a few seconds; a machine under load is given more."""

PROCESSES = ("web", "worker", "clock")


@contextmanager
def demo(folder: Path, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """Run a demo, and wait for its welcome."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "demo", "--folder", str(folder)],
        cwd=ROOT,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        assert any("jitbot is running" in line for line in process.stdout)
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)
        process.stdout.close()


def numbers(folder: Path) -> list[int]:
    """Read the numbers of a demo's processes; the web process may be there before the others."""
    files = [folder / f"{name}.pid" for name in PROCESSES]
    until(lambda: all(file.exists() and file.read_text() for file in files))
    return [int(file.read_text()) for file in files]


def is_alive(number: int) -> bool:
    """Say whether there is such a process; one that only waits to be buried is none."""
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    status = Path("/proc", str(number), "status")
    return not status.exists() or "State:\tZ" not in status.read_text()


@pytest.mark.timeout(240)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP, signal.SIGTERM])
def test_a_demo_that_is_ended_leaves_no_process(short_folder: Path, number: signal.Signals) -> None:
    """Ctrl-C, a closed terminal and SIGTERM end everything that was started."""
    with demo(short_folder) as process:
        started = numbers(short_folder)
        assert all(map(is_alive, started))

        process.send_signal(number)
        process.wait(timeout=60)

    assert not any(map(is_alive, started))


_ENDED_AT_ONCE = """
import io
from honcho.printer import Printer
from bot.demo import _Runner

runner = _Runner(Printer(io.StringIO()))
runner.add_process("sleeper", "exec sleep 600")
runner.terminate()  # before its number is known
runner.loop()
raise SystemExit(runner.returncode)
"""


def test_what_is_ended_while_it_begins_is_ended() -> None:
    """Although nobody knows its number yet."""
    ended = subprocess.run(
        [sys.executable, "-c", _ENDED_AT_ONCE], cwd=ROOT, timeout=60, check=False
    )

    assert ended.returncode == ENDED_BY_SIGTERM


@pytest.mark.timeout(240)
def test_what_a_killed_demo_left_is_ended_at_the_next_start(short_folder: Path) -> None:
    """After kill -9 the next demo ends the processes of the last one, and keeps its state."""
    with demo(short_folder) as process:
        left = numbers(short_folder)
        process.kill()
        process.wait()

    with demo(short_folder):
        until(lambda: not any(map(is_alive, left)), what="the end of what was left")

        assert all(map(is_alive, numbers(short_folder)))


@pytest.mark.timeout(240)
def test_a_taken_port_is_told_in_a_sentence(short_folder: Path) -> None:
    """A port that was asked for and is taken is no stack trace."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        refused = subprocess.run(
            [sys.executable, "-m", "bot", "demo", "--folder", str(short_folder)],
            cwd=ROOT,
            env=os.environ | {"PORT": port},
            capture_output=True,
            text=True,
            check=False,
            timeout=90,
        )

    assert refused.returncode == 2
    assert f"PORT={port} cannot be used" in refused.stderr
    assert "Traceback" not in refused.stderr
