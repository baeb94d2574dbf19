"""However a program ends, its servers end with it, and the next start finds everything in order."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.embedded import EmbeddedServers
from tests.bot.embedded.asking import ask, pid_in, pids_that_say
from tests.conftest import ROOT
from tests.waiting import until

PROGRAM = """
import sys
from pathlib import Path
from bot.embedded import EmbeddedServers

with EmbeddedServers(Path(sys.argv[1]), fast=True):
    print("ready", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def program(short_folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program that has started servers in the folder and waits for the end of its input."""
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(short_folder)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        yield process
        process.kill()


def test_after_an_orderly_end_nothing_runs(
    program: subprocess.Popen[bytes], short_folder: Path
) -> None:
    """Neither server nor watcher is left, the moment the program is gone."""
    program.communicate(timeout=30)

    assert pids_that_say(str(short_folder)) == []


def test_after_kill_9_the_servers_end_by_themselves(
    program: subprocess.Popen[bytes], short_folder: Path
) -> None:
    """The watcher notices that the program is gone, and ends what it started."""
    program.kill()

    until(lambda: not pids_that_say(str(short_folder)), what="the end of both servers")


def test_servers_that_outlived_even_the_watcher_are_replaced(
    program: subprocess.Popen[bytes], short_folder: Path
) -> None:
    """The next start ends them, and serves the same data."""
    old = pid_in(short_folder / "postgres" / "postmaster.pid")
    (watcher,) = pids_that_say("jit-watcher " + str(short_folder))
    os.kill(watcher, signal.SIGKILL)
    program.kill()
    program.wait()

    with EmbeddedServers(short_folder, fast=True) as servers:
        answer = ask(servers.urls, "select 42")
        serving = pids_that_say(f"-D {short_folder / 'postgres'} ")

    assert answer == "42"
    assert old not in serving


def test_a_start_right_after_kill_9_waits_for_the_old_servers(
    program: subprocess.Popen[bytes], short_folder: Path
) -> None:
    """Whoever restarts the demo at once has the same data, served once."""
    program.kill()
    program.wait()

    with EmbeddedServers(short_folder, fast=True) as servers:
        assert ask(servers.urls, "select 42") == "42"


def test_a_pid_that_belongs_to_somebody_else_by_now_is_left_alone(short_folder: Path) -> None:
    """After a restart of the machine a stale pid names an innocent process."""
    with EmbeddedServers(short_folder, fast=True):
        pid_file = short_folder / "postgres" / "postmaster.pid"
        stale = pid_file.read_text().splitlines()
    with subprocess.Popen(["/bin/sleep", "60"]) as innocent:
        pid_file.write_text("\n".join([str(innocent.pid), *stale[1:], ""]))

        with EmbeddedServers(short_folder, fast=True) as servers:
            answer = ask(servers.urls, "select 42")

        assert answer == "42"
        assert innocent.poll() is None
        innocent.kill()


def test_postgres_recovers_from_kill_9(own_servers: EmbeddedServers, short_folder: Path) -> None:
    """What was committed is there, also when Postgres itself was shot."""
    ask(own_servers.urls, "create table kept as select 42 as answer")
    os.kill(pid_in(short_folder / "postgres" / "postmaster.pid"), signal.SIGKILL)

    own_servers.stop_postgres()
    own_servers.start_postgres()

    assert ask(own_servers.urls, "select answer from kept") == "42"


def test_a_first_start_that_was_interrupted_begins_anew(short_folder: Path) -> None:
    """Half a data folder is never taken for a whole one."""
    unfinished = short_folder / "postgres.unfinished"
    unfinished.mkdir()
    (unfinished / "PG_VERSION").write_text("18\n")

    with EmbeddedServers(short_folder, fast=True) as servers:
        answer = ask(servers.urls, "select 42")

    assert answer == "42"
    assert not unfinished.exists()
