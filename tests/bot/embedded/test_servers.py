"""A Postgres and a Redis are there when they are asked for."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

from bot.embedded import EmbeddedError, EmbeddedServers, Urls
from bot.embedded.postgres import StopMode
from tests.bot.embedded.asking import ask, pid_in, redis_at


def test_both_answer_where_their_urls_say(own_servers: EmbeddedServers) -> None:
    """The two addresses are all that a program needs."""
    urls = own_servers.urls

    with closing(redis_at(urls)) as server:
        answers = (ask(urls, "select current_database()"), server.ping())

    assert answers == ("jit", True)


def test_no_network_port_is_opened(own_servers: EmbeddedServers) -> None:
    """Another machine, or another account, has nothing to connect to."""
    urls = own_servers.urls

    with closing(redis_at(urls)) as server:
        ports = (ask(urls, "show listen_addresses"), server.config_get("port"))

    assert ports == ("", {"port": "0"})


def test_what_postgres_holds_survives_a_restart_of_the_program(short_folder: Path) -> None:
    """State is kept in the folder, not in the process."""
    with EmbeddedServers(short_folder, fast=True) as servers:
        ask(servers.urls, "create table kept as select 42 as answer")

    with EmbeddedServers(short_folder, fast=True) as servers:
        answer = ask(servers.urls, "select answer from kept")

    assert answer == "42"


@pytest.mark.parametrize("mode", StopMode)
def test_a_restart_of_postgres_keeps_commits_and_cuts_sessions(
    own_servers: EmbeddedServers, mode: StopMode
) -> None:
    """Whether stopped politely or as in a crash, what was committed is there afterwards."""
    urls = own_servers.urls
    ask(urls, "create table kept as select 42 as answer")
    session = psycopg2.connect(urls.database_url)

    own_servers.restart_postgres(mode)

    assert ask(urls, "select answer from kept") == "42"
    with pytest.raises(psycopg2.DatabaseError), session.cursor() as cursor:
        cursor.execute("select 1")
    session.close()


def test_redis_comes_back_empty(own_servers: EmbeddedServers) -> None:
    """Redis holds nothing that must be kept, and the tests rely on it."""
    with closing(redis_at(own_servers.urls)) as server:
        server.set("forgotten", "soon")

        own_servers.stop_redis()
        own_servers.start_redis()

        assert server.dbsize() == 0


@pytest.mark.parametrize("name", ["with a space, a comma & a 'quote'", "l" * 150])
def test_any_folder_will_do(short_folder: Path, name: str) -> None:
    """Neither odd signs nor a path that is too long for a socket is a problem."""
    with EmbeddedServers(short_folder / name, fast=True) as servers:
        answer = ask(servers.urls, "select 42")
        with closing(redis_at(servers.urls)) as server:
            pong = server.ping()

    assert (answer, pong) == ("42", True)


def test_two_folders_are_served_at_once(short_folder: Path) -> None:
    """Two demos on one machine do not meet."""
    with (
        EmbeddedServers(short_folder / "one", fast=True) as one,
        EmbeddedServers(short_folder / "two", fast=True) as two,
    ):
        ask(one.urls, "create table mine ()")

        found = ask(two.urls, "select to_regclass('mine') is null")

    assert found == "True"


def test_one_folder_is_served_once(own_servers: EmbeddedServers, short_folder: Path) -> None:
    """The second to come is told who was first, and harms nothing."""
    second = EmbeddedServers(short_folder, fast=True)

    with pytest.raises(EmbeddedError, match=f"in use by process {os.getpid()}"):
        second.start()

    assert ask(own_servers.urls, "select 42") == "42"


def test_an_address_that_is_given_wins(short_folder: Path) -> None:
    """A server of one's own is used, and no embedded one is started beside it."""
    own = EmbeddedServers(short_folder / "x", database_url="postgresql:///a", redis_url="redis://b")

    urls = own.start()

    own.stop()
    assert urls == Urls("postgresql:///a", "redis://b")
    assert not (short_folder / "x").exists()


def test_only_the_missing_server_is_started(short_folder: Path) -> None:
    """DATABASE_URL alone leaves Redis to us."""
    with EmbeddedServers(short_folder, database_url="postgresql:///a") as servers:
        with closing(redis_at(servers.urls)) as server:
            pong = server.ping()

        assert pong is True
        assert not (short_folder / "postgres").exists()


def test_ctrl_c_in_a_terminal_does_not_reach_the_servers(
    own_servers: EmbeddedServers, short_folder: Path
) -> None:
    """They live in sessions of their own, so the program ends first and then its servers."""
    pids = [short_folder / "postgres" / "postmaster.pid", short_folder / "run" / "redis.pid"]

    sessions = {os.getsid(pid_in(path)) for path in pids}

    assert own_servers.urls.redis_url
    assert os.getsid(0) not in sessions


def test_postgres_programs_are_at_hand(own_servers: EmbeddedServers) -> None:
    """The benchmark compares itself with PostgreSQL's own."""
    program = own_servers.program("pgbench")

    assert os.access(program, os.X_OK)
