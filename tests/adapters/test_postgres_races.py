"""What is PostgreSQL's own: stories at the same time, and a server that goes away."""

from __future__ import annotations

import asyncio
import threading
from functools import partial

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from tests.adapters.notes import HERE, event, hang_up, names, note, notes, opened, written_down
from tests.servers.process import free_port

from daemun.adapters.database import open_database
from daemun.adapters.system import SystemClock, SystemEntropy
from daemun.core.errors import Conflict, Unavailable
from daemun.ports.database import Transaction, Work


def test_stories_that_lock_each_other_out_are_both_kept_and_told_once(postgres_url: str) -> None:
    meeting = threading.Barrier(2)
    told: list[str] = []

    def crossing(work: Work, first: str, second: str) -> None:
        told.append(first)
        touch(work, first)
        if len(told) <= 2:
            meeting.wait(10)
        touch(work, second)
        work.publish(event(work, first))

    async def run() -> None:
        async with opened(postgres_url, written_down) as database:
            for name in "ab":
                await database.work(partial(note, name=name), HERE)
            one, other = partial(crossing, first="a", second="b"), partial(crossing, first="b", second="a")
            await asyncio.gather(database.work(one, HERE), database.work(other, HERE))
            assert len(told) >= 3  # one of them was told again
            assert await database.read(names) == ["a", "b", "heard a", "heard b"]

    asyncio.run(run())


def test_one_of_many_stories_that_lock_a_key_decides_and_the_others_see_it(postgres_url: str) -> None:
    def claim(work: Work, number: int) -> bool:
        work.lock("the only note")
        if names(work):
            return False
        note(work, str(number))
        return True

    async def run() -> None:
        async with opened(postgres_url) as database:
            claims = await asyncio.gather(*(database.work(partial(claim, number=each), HERE) for each in range(40)))
            assert sorted(claims) == [False] * 39 + [True]
            assert len(await database.read(names)) == 1

    asyncio.run(run())


def test_a_story_that_swallows_a_failed_statement_is_not_mistaken_for_kept(postgres_url: str) -> None:
    def swallowing(work: Work) -> None:
        note(work, "b")
        with pytest.raises(IntegrityError):
            note(work, "a")

    async def run() -> None:
        async with opened(postgres_url) as database:
            await database.work(partial(note, name="a"), HERE)
            with pytest.raises(RuntimeError, match="a statement failed"):
                await database.work(swallowing, HERE)
            assert await database.read(names) == ["a"]

    asyncio.run(run())


def test_a_connection_that_broke_while_idle_is_replaced(postgres_url: str) -> None:
    async def run() -> None:
        async with opened(postgres_url) as database:
            await asyncio.gather(*(database.work(partial(note, name=str(each)), HERE) for each in range(8)))
            hang_up(postgres_url)
            assert len(await database.read(names)) == 8
            hang_up(postgres_url)
            await database.work(partial(note, name="a"), HERE)
            assert len(await database.read(names)) == 9

    asyncio.run(run())


def test_a_connection_that_breaks_inside_a_story_costs_nothing_but_time(postgres_url: str) -> None:
    told: list[str] = []

    def story(work: Work) -> str:
        told.append(note(work, "a"))
        if len(told) == 1:
            hang_up(postgres_url)
        return note(work, "b")

    async def run() -> None:
        async with opened(postgres_url) as database:
            assert await database.work(story, HERE) == "b"
            assert await database.read(names) == ["a", "b"]

    asyncio.run(run())
    assert told == ["a", "a"]


def test_a_refusal_is_witnessed_on_another_connection_when_its_own_is_gone(postgres_url: str) -> None:
    def story(work: Work) -> None:
        work.witness(event(work, "a"))
        hang_up(postgres_url)
        raise Conflict

    async def run() -> None:
        async with opened(postgres_url, written_down) as database:
            with pytest.raises(Conflict):
                await database.work(story, HERE)
            assert await database.read(names) == ["heard a"]

    asyncio.run(run())


def test_a_server_that_is_away_is_unavailable() -> None:
    async def run() -> None:
        nowhere = f"postgresql://nobody@127.0.0.1:{free_port()}/none"
        database = open_database(nowhere, clock=SystemClock(), entropy=SystemEntropy())
        await database.start(lambda work, happening: None)
        with pytest.raises(Unavailable):
            await database.read(names)
        with pytest.raises(Unavailable):
            await database.work(partial(note, name="a"), HERE)
        await database.stop()

    asyncio.run(run())


def test_our_tables_live_in_our_schema(postgres_url: str) -> None:
    def where(tx: Transaction) -> object:
        row = tx.one(select(text("table_schema")).select_from(text("information_schema.tables")).where(text("table_name = 'daemun_notes'")))
        return row and row[0]

    async def run() -> None:
        async with opened(postgres_url) as database:
            assert await database.read(where) == "daemun"

    asyncio.run(run())


def test_any_of_the_usual_names_of_the_server_will_do(postgres_url: str) -> None:
    async def run() -> None:
        for scheme in ("postgres", "postgresql", "postgresql+psycopg"):
            async with opened(postgres_url.replace("postgresql", scheme, 1)) as database:
                assert await database.read(names) == []

    asyncio.run(run())


def touch(work: Work, name: str) -> None:
    work.run(notes.update().where(notes.c.name == name).values(at=work.now))
