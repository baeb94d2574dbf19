"""The machine's size: a figure without it says nothing."""

from __future__ import annotations

import os
import platform
import subprocess
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import psycopg2
import redis

from bot.embedded import Urls
from tests.bench.table import Row

FSYNC_SECONDS = 1.0
PAGE = os.urandom(8192)
"""What Postgres writes at once."""


def describe(urls: Urls, folder: Path) -> Sequence[Row]:
    """Say what the figures were measured on."""
    return [
        Row("cores", str(cores()), "", _model()),
        Row("memory", f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GB"),
        Row("disk", f"{fsyncs(folder):,.0f} fsync/s", "", "8 KB and fdatasync, one by one"),
        Row("load", f"{os.getloadavg()[0]:.1f}", "", "before the first run; above 0.5, others run"),
        Row("Python", platform.python_version(), "", f"{platform.system()} {platform.machine()}"),
        Row("PostgreSQL", _postgres(urls.database_url), "", _durability(urls.database_url)),
        Row("Redis", _redis(urls.redis_url)),
    ]


def cores() -> int:
    """Count the cores that this process may use."""
    mine = getattr(os, "sched_getaffinity", None)  # Linux has it
    return len(mine(0)) if mine else os.cpu_count() or 1


def fsyncs(folder: Path) -> float:
    """Count how often a second a page is safely on the disk."""
    # macOS has no fdatasync; its fsync does not wait for the disk either, and Postgres's neither.
    flush = getattr(os, "fdatasync", os.fsync)
    file = folder / "fsync"
    descriptor = os.open(file, os.O_CREAT | os.O_WRONLY, 0o600)
    try:
        count, began = 0, time.perf_counter()
        while (passed := time.perf_counter() - began) < FSYNC_SECONDS:
            os.pwrite(descriptor, PAGE, 0)
            flush(descriptor)
            count += 1
    finally:
        os.close(descriptor)
        file.unlink()
    return count / passed


def memory_of(process: int) -> float:
    """Read how much memory a process has in use (RSS), in MB."""
    told = Path("/proc", str(process), "statm")
    if told.exists():
        pages = int(told.read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
    asked = ["/bin/ps", "-o", "rss=", "-p", str(process)]
    done = subprocess.run(asked, capture_output=True, text=True, check=True)
    return int(done.stdout) / 1024


def _model() -> str:
    told = Path("/proc/cpuinfo")
    if told.exists():
        named = [line for line in told.read_text().splitlines() if line.startswith("model name")]
        return named[0].partition(":")[2].strip() if named else platform.machine()
    asked = ["/usr/sbin/sysctl", "-n", "machdep.cpu.brand_string"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    return done.stdout.strip() or platform.machine()


def _postgres(url: str) -> str:
    with closing(psycopg2.connect(url)) as connection:
        version = connection.server_version
    return f"{version // 10_000}.{version % 10_000}"


def _durability(url: str) -> str:
    names = ("fsync", "synchronous_commit", "shared_buffers")
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        told = []
        for name in names:
            cursor.execute("SELECT current_setting(%s)", (name,))
            told.append(f"{name}={(cursor.fetchone() or ('?',))[0]}")
    return ", ".join(told)


def _redis(url: str) -> str:
    with closing(redis.Redis.from_url(url)) as server:
        info = server.info("server")
    assert isinstance(info, dict), "INFO is answered at once: this client is synchronous"
    named = info.get("valkey_version")
    return f"Valkey {named}" if named else str(info["redis_version"])
