"""One statement is one view: nothing is begun for it, and several selects can be one statement."""

from __future__ import annotations

import pytest
from sqlalchemy import bindparam, delete, func, select
from tests.adapters.notes import HERE, NOTE, note, notes, opened

from daemun.core.errors import Unavailable
from daemun.ports.database import Hot, Together, Work, micros

OTHER = Hot(select(notes.c.name).where(notes.c.name == bindparam("other")))
COUNT = Hot(select(func.count()).select_from(notes))
REMOVE = Hot(delete(notes).where(notes.c.name == bindparam("name")))
ALL = Together(NOTE, OTHER, COUNT)


async def test_several_selects_are_one_statement_and_what_is_missing_is_none(database_url: str) -> None:
    async with opened(database_url) as database:
        at: list[int] = []

        def story(work: Work) -> None:
            note(work, "ann")
            at.append(micros(work.now))

        await database.work(story, HERE)

        assert await database.glance(ALL, name="ann", other="ben") == (("ann", at[0]), None, (1,))


async def test_a_glance_sees_what_is_committed_and_holds_nothing_open(database_url: str) -> None:
    async with opened(database_url) as database:
        for number in range(20):
            await database.work(lambda work, name=f"n{number}": note(work, name), HERE)  # type: ignore[misc]  # mypy cannot infer a default in a lambda
            assert await database.glance(Together(COUNT)) == ((number + 1,),)


async def test_a_precompiled_deed_says_how_many_rows_it_touched(database_url: str) -> None:
    async with opened(database_url) as database:
        await database.work(lambda work: note(work, "ann"), HERE)
        assert await database.work(lambda work: work.hot_run(REMOVE, name="ann"), HERE) == 1
        assert await database.work(lambda work: work.hot_run(REMOVE, name="ann"), HERE) == 0


async def test_a_stopped_database_is_not_glanced_at(database_url: str) -> None:
    async with opened(database_url) as database:
        pass
    with pytest.raises(Unavailable):
        await database.glance(Together(COUNT))
