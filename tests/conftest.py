"""What tests may ask for: real servers, databases of their own, and a browser.

Every pytest worker has servers of its own, started when first asked for, or, where DATABASE_URL and
REDIS_URL are set, databases of its own on those. Tests within a worker run one after the other.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path

import hypothesis
import psycopg2
import pytest
import redis
from sqlalchemy import make_url

from bot.embedded import EmbeddedServers, Urls
from storage.migrate import upgrade

ROOT = Path(__file__).resolve().parent.parent

NO_BROWSER = "THE BROWSER STORY DID NOT RUN: there is no Chrome or Chromium here (make browser)"

# Redis has 16 databases; number 0 is left to whoever owns a server that REDIS_URL names.
REDIS_DATABASES = range(1, 16)

# A worker needs 200 MB; a container often has 64 MB of it.
MEMORY = Path("/dev/shm")
MEMORY_BYTES_MIN = 4_000_000_000

# How long an example takes says nothing on a machine that runs four workers.
hypothesis.settings.register_profile("suite", deadline=None, print_blob=True)
hypothesis.settings.load_profile("suite")

_numbers = count(1)


@pytest.fixture(scope="session")
def servers() -> Iterator[Urls]:
    """Give this worker's Postgres (as somebody who may create databases and roles) and Redis."""
    with _folder() as folder:
        embedded = EmbeddedServers(
            folder,
            database_url=os.environ.get("DATABASE_URL"),
            redis_url=os.environ.get("REDIS_URL"),
            fast=True,
        )
        with embedded:
            yield embedded.urls


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """Give an empty folder whose path is short enough for sockets in it."""
    with _folder() as folder:
        yield folder


@pytest.fixture(scope="module")
def module_folder() -> Iterator[Path]:
    """Give such a folder to a whole module."""
    with _folder() as folder:
        yield folder


@pytest.fixture
def own_servers(short_folder: Path) -> Iterator[EmbeddedServers]:
    """Give servers that belong to one test, which may do anything to them. Always embedded."""
    with EmbeddedServers(short_folder, fast=True) as embedded:
        yield embedded


@pytest.fixture
def database_url(servers: Urls) -> Iterator[str]:
    """Give an empty database of this test's own."""
    with _database(servers, template="template0") as url:
        yield url


@pytest.fixture(scope="session")
def migrated_template(servers: Urls) -> Iterator[str]:
    """Give the name of a migrated database that others are copied from. Never connect to it."""
    with _database(servers, template="template0") as url:
        upgrade(url)
        yield make_url(url).database or ""


@pytest.fixture
def migrated_database_url(servers: Urls, migrated_template: str) -> Iterator[str]:
    """Give a migrated database of this test's own, without a company."""
    with _database(servers, template=migrated_template) as url:
        yield url


@pytest.fixture
def redis_url(servers: Urls, worker_id: str) -> str:
    """Give an empty Redis database that is this test's own while it runs."""
    worker = int(worker_id.removeprefix("gw")) if worker_id != "master" else 0
    if worker >= len(REDIS_DATABASES):
        pytest.fail(
            f"A Redis has databases for {len(REDIS_DATABASES)} workers: make test WORKERS=8"
        )
    url = _with_redis_database(servers.redis_url, REDIS_DATABASES[worker])
    with closing(redis.Redis.from_url(url)) as server:
        server.flushdb()
    return url


@pytest.fixture(scope="session")
def browser_path() -> str:
    """Give the path of a Chrome or Chromium; without one a test is skipped (fails if CI=true)."""
    done = subprocess.run(
        [ROOT / ".ci" / "browser", "find"], check=False, capture_output=True, text=True
    )
    path = done.stdout.strip()
    if path:
        return path
    if os.environ.get("CI") == "true":
        pytest.fail(NO_BROWSER)
    pytest.skip(NO_BROWSER)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say it so that nobody overlooks it."""
    if any(NO_BROWSER in str(report.longrepr) for report in terminalreporter.getreports("skipped")):
        terminalreporter.write_sep("!", NO_BROWSER, red=True, bold=True)


@contextmanager
def _folder() -> Iterator[Path]:
    """Give a folder with a short path, which sockets need and pytest's own folders do not have.

    In memory where that is large enough: copying a database is then ten times as fast.
    """
    folder = Path(tempfile.mkdtemp(prefix="jit-", dir=MEMORY if _has_room(MEMORY) else None))
    # Root's Postgres runs as somebody else, who has to pass.
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def _database(servers: Urls, *, template: str) -> Iterator[str]:
    # The process's number tells suites apart that run on the same server at once.
    name = f"jit_test_{os.getpid()}_{next(_numbers)}"
    # Copying files is faster than writing them to the log; before version 15 it was the only way.
    how = "strategy file_copy" if _version(servers) >= 150_000 else ""
    _execute(servers, f"create database {name} template {template} encoding 'UTF8' {how}")
    try:
        url = make_url(servers.database_url).set(database=name)
        yield url.render_as_string(hide_password=False)
    finally:
        _execute(servers, f"drop database {name} with (force)")


def _has_room(folder: Path) -> bool:
    return folder.is_dir() and shutil.disk_usage(folder).free > MEMORY_BYTES_MIN


def _version(servers: Urls) -> int:
    with _connection(servers) as connection:
        return connection.server_version


def _execute(servers: Urls, statement: str) -> None:
    with _connection(servers) as connection, connection.cursor() as cursor:
        cursor.execute(statement)


@contextmanager
def _connection(servers: Urls) -> Iterator[psycopg2.extensions.connection]:
    url = make_url(servers.database_url).set(drivername="postgresql")
    with closing(psycopg2.connect(url.render_as_string(hide_password=False))) as connection:
        connection.autocommit = True
        yield connection


def _with_redis_database(url: str, number: int) -> str:
    """Name another database: behind a slash for a network address, in the query for a socket."""
    bare = url.partition("?")[0]
    if bare.startswith("unix:"):
        return f"{bare}?db={number}"
    scheme, _, rest = bare.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}/{number}"
