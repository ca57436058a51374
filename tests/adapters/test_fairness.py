"""Several processes on one SQLite file."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from functools import partial

import pytest
from sqlalchemy import func, select
from tests.adapters.notes import HERE, note, notes, opened

PROCESSES = 4
SECONDS = 3


@pytest.mark.processes
def test_saturated_processes_get_equal_shares_and_lose_nothing(sqlite_url: str) -> None:
    with_table(sqlite_url)
    writers = [writer(sqlite_url, str(each), SECONDS) for each in range(PROCESSES)]
    begin(*writers)
    shares = [int(finished(each)) for each in writers]
    assert min(shares) * 2 >= max(shares), shares
    assert count(sqlite_url) == sum(shares)


@pytest.mark.processes
def test_a_writer_that_is_killed_leaves_the_file_to_the_others(sqlite_url: str) -> None:
    with_table(sqlite_url)
    victim, other = writer(sqlite_url, "victim", 60), writer(sqlite_url, "other", 2)
    begin(victim, other)
    victim.kill()
    assert int(finished(other)) > 0
    victim.communicate()


def writer(url: str, name: str, seconds: float) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.adapters.saturate", url, name, str(seconds)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def begin(*writers: subprocess.Popen[str]) -> None:
    """All at once, when all are ready: importing takes longer than writing."""
    for each in writers:
        assert each.stdout is not None
        assert each.stdout.readline() == "ready\n"
    for each in writers:
        assert each.stdin is not None
        each.stdin.write("go\n")
        each.stdin.flush()


def finished(process: subprocess.Popen[str]) -> str:
    out, complaints = process.communicate(timeout=60)
    assert process.returncode == 0, complaints
    assert complaints == ""
    return out


def with_table(url: str) -> None:
    async def run() -> None:
        async with opened(url):
            pass

    asyncio.run(run())


def count(url: str) -> int:
    async def run() -> int:
        async with opened(url) as database:
            await database.work(partial(note, name="still writable"), HERE)
            row = await database.read(lambda tx: tx.one(select(func.count()).select_from(notes)))
            assert row is not None
            return int(row[0]) - 1

    return asyncio.run(run())
