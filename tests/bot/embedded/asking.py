"""Asks the embedded servers, and the system about their processes."""

from __future__ import annotations

import os
import subprocess
from contextlib import closing
from pathlib import Path

import psycopg2
import redis

from bot.embedded import Urls
from bot.embedded.process import command_line


def ask(urls: Urls, statement: str) -> str | None:
    """Run one statement in Postgres and give its first value, if it has any, as text."""
    with closing(psycopg2.connect(urls.database_url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
            if cursor.description is None:
                return None
            row = cursor.fetchone()
            return None if row is None else str(row[0])


def redis_at(urls: Urls) -> redis.Redis:
    """Reach Redis. To be closed."""
    return redis.Redis.from_url(urls.redis_url, decode_responses=True)


def pid_in(path: Path) -> int:
    """Read a pid file's first line."""
    return int(path.read_text().splitlines()[0])


def pids_that_say(words: str) -> list[int]:
    """Find the processes whose command line has these words in it, this one left out."""
    if Path("/proc/self/cmdline").exists():
        pids = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal()]
    else:
        done = subprocess.run(["/bin/ps", "-axo", "pid="], check=True, capture_output=True)
        pids = [int(word) for word in done.stdout.split()]
    return [pid for pid in pids if pid != os.getpid() and words in command_line(pid)]
