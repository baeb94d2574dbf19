"""Both embedded servers behind one handle, with what a chaos test may do to them."""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import psycopg2

from bot.embedded.folder import Folder
from bot.embedded.postgres import Postgres, StopMode
from bot.embedded.process import Watcher
from bot.embedded.redis import Redis

DATABASE = "jit"


@dataclass(frozen=True, slots=True)
class Urls:
    """How to reach the two servers: DATABASE_URL and REDIS_URL."""

    database_url: str
    redis_url: str


class EmbeddedServers:
    """A Postgres and a Redis in one folder, until `stop` or the end of this process.

    One process at a time may use a folder; any number of folders may be used at once. What Postgres
    holds survives a restart, a crash and `kill -9`; what Redis holds does not. `fast` gives up
    surviving a power cut, for tests. A URL that is given wins: that server is then not started.
    `pg_bin` names PostgreSQL's programs (14 or later) where they are not the wheel's; by default
    JIT_PG_BIN does.
    """

    def __init__(
        self,
        folder: Path,
        *,
        database_url: str | None = None,
        redis_url: str | None = None,
        fast: bool = False,
        pg_bin: Path | None = None,
    ) -> None:
        """Nothing is touched before `start`."""
        named = os.environ.get("JIT_PG_BIN")
        programs = pg_bin or (Path(named) if named else None)
        self._folder = Folder(folder.absolute())
        self._given = (database_url, redis_url)
        self._postgres = Postgres(self._folder, programs=programs, fast=fast)
        self._redis = Redis(self._folder)
        self._watcher: Watcher | None = None

    def start(self) -> Urls:
        """Start both; returns when both answer. `EmbeddedError` leaves nothing running."""
        if all(self._given):
            return self.urls
        self._folder.open()
        try:
            self._postgres.end_left_behind()
            self._redis.end_left_behind()
            self._watcher = Watcher([self._postgres.pid_file, self._redis.pid_file])
            self.start_postgres()
            self.start_redis()
            self._make_database()
        except BaseException:
            self.stop()
            raise
        return self.urls

    def stop(self) -> None:
        """End both, in order; nothing is left behind. May be called twice."""
        self._redis.stop()
        self._postgres.stop()
        if self._watcher is not None:
            self._watcher.dismiss()
            self._watcher = None
        self._folder.close()

    @property
    def urls(self) -> Urls:
        """How to reach both, whether or not they run."""
        database_url, redis_url = self._given
        return Urls(database_url or self._postgres.url(DATABASE), redis_url or self._redis.url())

    def start_postgres(self) -> None:
        """Start Postgres after `stop_postgres`."""
        if self._given[0] is None:
            self._postgres.start()

    def stop_postgres(self, mode: StopMode = StopMode.FAST) -> None:
        """Stop Postgres, politely or as in a crash."""
        self._postgres.stop(mode)

    def restart_postgres(self, mode: StopMode = StopMode.IMMEDIATE) -> None:
        """Stop Postgres and start it again: every session is lost, every commit is kept."""
        self.stop_postgres(mode)
        self.start_postgres()

    def start_redis(self) -> None:
        """Start Redis after `stop_redis`, empty."""
        if self._given[1] is None:
            self._redis.start()

    def stop_redis(self) -> None:
        """Stop Redis; what it held is lost."""
        self._redis.stop()

    def program(self, name: str) -> Path:
        """One of PostgreSQL's own programs, such as `pgbench`."""
        return self._postgres.program(name)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _make_database(self) -> None:
        if self._given[0] is not None:
            return
        with closing(psycopg2.connect(self._postgres.url("postgres"))) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute("select 1 from pg_database where datname = %s", (DATABASE,))
                if cursor.fetchone() is None:
                    cursor.execute(f"create database {DATABASE}")


def forget(folder: Path) -> None:
    """Remove everything that embedded servers kept for `folder`. Refused while they run."""
    Folder(folder.absolute()).forget()
