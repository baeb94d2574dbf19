"""Who runs the embedded servers: whoever started them, except root, whom Postgres refuses.

Root hands them to an account that every system has. That account must be able to reach the data and
the programs, and a root's home is closed to everybody (0700). Opening it would change the machine
for the worse, so what cannot be reached is kept in `/var/lib/jitbot` instead.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

# `postgres` where a system's own Postgres was installed, `nobody` everywhere. It must stand in the
# system's list of accounts, because initdb looks its own name up.
UNPRIVILEGED = ("postgres", "nobody")


class RunAs(TypedDict, total=False):
    """What `subprocess` wants to be told about another account."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True)
class Account:
    """The account that runs the servers. `uid` is None for: the one that asks."""

    uid: int | None = None
    gid: int | None = None

    def run_as(self) -> RunAs:
        """Arguments for `subprocess`: nothing, or the other account without any other group."""
        if self.uid is None or self.gid is None:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, folder: Path) -> None:
        """Make `folder` private to this account (Postgres insists on 0700)."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.uid is not None and self.gid is not None:
            os.chown(folder, self.uid, self.gid)
        folder.chmod(0o700)

    def may_enter(self, folder: Path) -> bool:
        """Whether this account reaches `folder`: asked of the system, not computed from modes."""
        return self._can("test", "-x", str(folder))

    def may_run(self, program: Path) -> bool:
        """Whether this account can run `program` with all the libraries that it needs."""
        return self._can(str(program), "--version")

    def _can(self, *words: str) -> bool:
        try:
            done = subprocess.run(
                words, check=False, capture_output=True, cwd="/", timeout=60, **self.run_as()
            )
        except OSError:
            return False
        return done.returncode == 0


def account() -> Account:
    """The account for servers that this process starts."""
    if os.geteuid() != 0:
        return Account()
    for name in UNPRIVILEGED:
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(found.pw_uid, found.pw_gid)
    return Account()


def copied(programs: Path, below: Path) -> Path:
    """A copy of a folder of programs below `below`, where every account may read and run them.

    Their libraries lie beside the package, so the package's surroundings are copied as they lie.
    Made once, by the first of several that need it at once.
    """
    package = programs.parent.parent
    copy = below / f"programs-{_tag(programs)}"
    with (below / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not copy.exists():
            unfinished = below / "programs.unfinished"
            shutil.rmtree(unfinished, ignore_errors=True)
            _copy(programs.parent, unfinished, package=package)
            unfinished.rename(copy)
    return copy / package.name / programs.parent.name / programs.name


def _tag(programs: Path) -> str:
    """Tell one installation from the next one in the same place."""
    found = (programs / "initdb").stat()
    said = f"{programs}:{found.st_size}:{found.st_mtime_ns}"
    return hashlib.sha256(said.encode()).hexdigest()[:12]


def _copy(install: Path, to: Path, *, package: Path) -> None:
    shutil.copytree(install, to / package.name / install.name, symlinks=True)
    for libraries in (package / ".dylibs", package.with_name(f"{package.name}.libs")):
        if libraries.exists():
            shutil.copytree(libraries, to / libraries.relative_to(package.parent))
    for path in (to, *to.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o555 if _opens(path) else 0o444))


def _opens(path: Path) -> bool:
    return path.is_dir() or bool(path.stat().st_mode & 0o100)
