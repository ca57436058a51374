"""What is SQLite's own: groups, and a file for its owner's eyes."""

from __future__ import annotations

import asyncio
import threading
from contextlib import closing
from functools import partial
from pathlib import Path
from stat import S_IMODE

import pytest
from sqlalchemy import make_url
from tests.adapters.notes import HERE, REPLIES, execute, names, nobody_listens, note, opened, reply_to_nobody

from daemun.adapters.database import open_database
from daemun.adapters.database.filelock import FileLock, beside
from daemun.adapters.database.memory import Changes
from daemun.adapters.database.sqlite import Sqlite
from daemun.adapters.system import SystemClock, SystemEntropy
from daemun.core.errors import Unavailable
from daemun.ports.database import Work


def test_a_commit_that_fails_fails_everyone_in_the_group(sqlite_url: str) -> None:
    gate, inside = threading.Event(), threading.Event()

    def slow(work: Work) -> str:
        inside.set()
        gate.wait(10)
        return note(work, "first")

    async def run() -> None:
        async with opened(sqlite_url) as database:
            execute(sqlite_url, REPLIES)
            first = asyncio.ensure_future(database.work(slow, HERE))
            await asyncio.to_thread(inside.wait, 10)
            rest = [asyncio.ensure_future(database.work(story, HERE)) for story in (reply_to_nobody, partial(note, name="third"))]
            await asyncio.sleep(0)
            gate.set()
            answers = await asyncio.gather(first, *rest, return_exceptions=True)
            assert [type(each) for each in answers] == [Unavailable, Unavailable, Unavailable]
            assert await database.read(names) == []

    asyncio.run(run())


def test_a_story_that_waits_too_long_for_another_process_is_never_told(sqlite_url: str) -> None:
    path = Path(make_url(sqlite_url).database or "")

    async def run() -> None:
        async with opened(sqlite_url):
            pass
        changes = Changes(None, SystemEntropy())
        database = Sqlite(path, clock=SystemClock(), entropy=SystemEntropy(), queue=10, changes=changes, patience=0.05)
        await database.start(nobody_listens)
        with closing(FileLock(beside(path))) as frozen, frozen:
            for name in "ab":
                with pytest.raises(Unavailable):
                    await database.work(partial(note, name=name), HERE)
        await database.work(partial(note, name="c"), HERE)
        assert await database.read(names) == ["c"]
        await database.stop()

    asyncio.run(run())


def test_the_files_are_for_their_owner_alone(sqlite_url: str) -> None:
    folder = Path(make_url(sqlite_url).database or "").parent

    async def run() -> None:
        async with opened(sqlite_url) as database:
            await database.work(partial(note, name="a"), HERE)
            modes = {each.name: S_IMODE(each.stat().st_mode) for each in folder.iterdir()}
            assert modes == dict.fromkeys(["daemun.db", "daemun.db-wal", "daemun.db-shm", "daemun.db.lock"], 0o600)
            assert S_IMODE(folder.stat().st_mode) == 0o700

    asyncio.run(run())


def test_a_database_in_memory_is_refused_because_processes_share_it() -> None:
    for url in ("sqlite://", "sqlite:///:memory:"):
        with pytest.raises(ValueError, match="names a file"):
            open_database(url, clock=SystemClock(), entropy=SystemEntropy())
