"""Where the servers cannot run, one sentence says why; where they can, they need nothing opened."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from bot.embedded import EmbeddedError, EmbeddedServers, forget
from bot.embedded.errors import no_room, writing
from bot.embedded.folder import Folder
from tests.bot.embedded.asking import ask, pids_that_say

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root hands servers to others")


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "is full: free at least"),
        (errno.EROFS, "is on a read-only disk: choose another folder"),
        (errno.EACCES, "may not be written to: choose another folder"),
        (errno.ENOTDIR, "cannot be used (Not a directory): choose another folder"),
    ],
)
def test_what_the_system_refuses_is_one_sentence(number: int, words: str) -> None:
    """Whoever reads it knows what to do."""
    folder = Path("/some/where")

    with pytest.raises(EmbeddedError) as refused, writing(folder):
        raise OSError(number, os.strerror(number))

    assert words in str(refused.value)
    assert "/some/where" in str(refused.value)


def test_a_folder_below_a_file_is_refused_in_a_sentence(tmp_path: Path) -> None:
    """Also a real refusal of the system, not only a played one."""
    (tmp_path / "file").write_text("")

    with pytest.raises(EmbeddedError, match="cannot be used"):
        EmbeddedServers(tmp_path / "file" / "folder").start()


def test_a_full_disk_is_told_apart_in_what_postgres_says(short_folder: Path) -> None:
    """PostgreSQL has its own words for it, and a person gets ours."""
    programs = short_folder / "bin"
    programs.mkdir()
    fake = programs / "initdb"
    fake.write_text(
        "#!/bin/sh\n"
        "test $1 = --version && exit\n"
        "echo 'could not write: No space left on device'\n"
        "exit 1\n"
    )
    fake.chmod(0o755)

    with pytest.raises(EmbeddedError) as refused:
        EmbeddedServers(short_folder, pg_bin=programs).start()

    assert str(refused.value) == str(no_room(short_folder))


def test_a_postgres_that_does_not_start_says_why_and_leaves_nothing(short_folder: Path) -> None:
    """The sentence holds Postgres's own reason, and the next start is free to work."""
    with EmbeddedServers(short_folder, fast=True):
        pass
    settings = short_folder / "postgres" / "postgresql.auto.conf"
    settings.write_text("max_connections = 'many'\n")

    with pytest.raises(EmbeddedError, match=r"did not start in .*: configuration file .*"):
        EmbeddedServers(short_folder, fast=True).start()

    assert pids_that_say(str(short_folder)) == []
    settings.write_text("")
    with EmbeddedServers(short_folder, fast=True) as servers:
        assert ask(servers.urls, "select 42") == "42"


def test_programs_that_are_not_there_are_named(short_folder: Path) -> None:
    """A wrong JIT_PG_BIN is a sentence, not a traceback."""
    servers = EmbeddedServers(short_folder, pg_bin=short_folder / "nowhere")

    with pytest.raises(EmbeddedError, match="JIT_PG_BIN must name a folder with postgres"):
        servers.start()


def test_forgetting_removes_everything(short_folder: Path) -> None:
    """What the demo kept is gone, and forgetting twice is fine."""
    folder = short_folder / "demo"
    with EmbeddedServers(folder, fast=True):
        pass

    forget(folder)
    forget(folder)

    assert not folder.exists()


def test_a_folder_in_use_is_not_forgotten(own_servers: EmbeddedServers, short_folder: Path) -> None:
    """Data is not pulled away from under a server."""
    with pytest.raises(EmbeddedError, match="in use by process"):
        forget(short_folder)

    assert ask(own_servers.urls, "select 42") == "42"


def test_a_socket_folder_that_somebody_else_made_is_refused(
    short_folder: Path,
) -> None:
    """Below /tmp anybody could have made it, to listen in our place."""
    folder = Folder(short_folder / ("l" * 150))
    folder.sockets.symlink_to(short_folder)

    with pytest.raises(EmbeddedError, match="belongs to somebody else"):
        folder.open()

    folder.sockets.unlink()


@needs_root
def test_root_may_start_them_from_a_home_that_only_root_enters(tmp_path: Path) -> None:
    """Nothing above the folder is opened for it: the data is kept where it can be reached."""
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    folder = home / "demo"

    with EmbeddedServers(folder, fast=True) as servers:
        answer = ask(servers.urls, "select 42")
        data = Folder(folder).data

    assert answer == "42"
    assert not data.is_relative_to(home)
    assert home.stat().st_mode & 0o777 == 0o700
    forget(folder)
    assert not data.exists()
