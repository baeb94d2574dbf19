"""One server as a child process that is always ended: by us, by its watcher, or by the next start.

A server runs in a session of its own, so that Ctrl-C in a terminal reaches the program and not the
database under it: the program ends first, in order, and then its servers.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.embedded.account import Account

# How often something is looked at while waiting for it.
PULSE = 0.01
# Ending politely: Postgres writes a checkpoint, which takes seconds on a slow disk.
STOP_WITHIN = 15.0
# Ending rudely: nothing is written any more.
KILL_WITHIN = 5.0

# Reads from a pipe whose other end only the program holds. A line means: all was ended in order.
# The pipe's end without one means that the program died, however it died; then whatever the pid
# files name now is told to end (INT: at once, but with everything on disk).
WATCHER = """
read -r word && exit
for file; do read -r pid < "$file" && kill -INT "$pid"; done
"""


@dataclass(slots=True)
class Server:
    """A child process with a log."""

    process: subprocess.Popen[bytes]

    @classmethod
    def begin(cls, words: Sequence[str], *, log: Path, runner: Account) -> Server:
        """Start `words` as `runner`, with all that it says in `log`."""
        with log.open("ab") as output:
            return cls(
                subprocess.Popen(
                    words,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    cwd="/",
                    start_new_session=True,
                    **runner.run_as(),
                )
            )

    def is_alive(self) -> bool:
        """Whether it still runs."""
        return self.process.poll() is None

    def end(self, asking: signal.Signals) -> None:
        """Ask with this signal; if that does not help in time, with ever ruder ones."""
        for number, patience in (
            (asking, STOP_WITHIN),
            (signal.SIGQUIT, KILL_WITHIN),
            (signal.SIGKILL, KILL_WITHIN),
        ):
            if not self.is_alive():
                return
            self.process.send_signal(number)
            wait_until(lambda: not self.is_alive(), seconds=patience)


class Watcher:
    """A shell beside the servers that ends them when this process is gone."""

    def __init__(self, pid_files: Sequence[Path]) -> None:
        """Watch from now on over the servers that these files name at the time."""
        self._process = subprocess.Popen(
            ["/bin/sh", "-c", WATCHER, "jit-watcher", *map(str, pid_files)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
        )

    def dismiss(self) -> None:
        """Everything was ended in order: the watcher has nothing to do."""
        try:
            self._process.communicate(b"done\n", timeout=KILL_WITHIN)
        except (BrokenPipeError, subprocess.TimeoutExpired):
            self._process.kill()
            self._process.wait()


def end_left_behind(pid_file: Path, *, sign: str) -> None:
    """End a server that an earlier program left running, and wait until it is gone.

    `sign`: words that stand in its command line. A pid alone proves nothing: after a restart of the
    machine it is somebody else's. A file that names somebody else is removed, because Postgres
    would believe it.
    """
    pid = _pid_in(pid_file)
    if pid is None:
        return
    for number, patience in (
        (signal.SIGINT, STOP_WITHIN),
        (signal.SIGQUIT, KILL_WITHIN),
        (signal.SIGKILL, KILL_WITHIN),
    ):
        if sign not in command_line(pid):
            break
        os.kill(pid, number)
        wait_until(lambda: sign not in command_line(pid), seconds=patience)
    if _exists(pid):
        pid_file.unlink(missing_ok=True)


def command_line(pid: int) -> str:
    """The words a process was started with; nothing if it is gone or a zombie."""
    if Path("/proc/self/cmdline").exists():
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ")
        except OSError:
            return ""
        return words.decode("utf-8", "replace")
    done = subprocess.run(
        ["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)],
        check=False,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


def wait_until(condition: Callable[[], bool], *, seconds: float) -> bool:
    """Look until the condition holds or the seconds are over; says whether it held."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(PULSE)
    return True


def _pid_in(path: Path) -> int | None:
    try:
        return int(path.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
