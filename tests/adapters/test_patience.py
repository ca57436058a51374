"""How long the database is waited for, and questions that take their time."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import literal, select, text

from daemun.adapters.database import alone, open_database
from daemun.adapters.system import SystemClock, SystemEntropy
from daemun.core.circumstance import Circumstance
from daemun.core.errors import Unavailable
from daemun.ports.database import Database, Transaction, Work

LIMITS = select(text("current_setting('statement_timeout'), current_setting('lock_timeout')"))
ONE = select(literal(1))


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    database = open_database(url, clock=SystemClock(), entropy=SystemEntropy())
    with alone(url):
        pass  # on PostgreSQL: makes the schema
    await database.start(lambda _work, _happening: None)
    try:
        yield database
    finally:
        await database.stop()


async def test_what_hangs_is_given_up_and_schema_changes_have_all_the_time(postgres_url: str) -> None:
    async with opened(postgres_url) as database:

        def limits(tx: Transaction) -> tuple[str, ...]:
            row = tx.one(LIMITS)
            return tuple(row) if row else ()

        def hangs(work: Work) -> None:
            work.run(text("SET LOCAL statement_timeout = '20ms'"))
            work.one(text("SELECT pg_sleep(60)"))

        assert await database.read(limits) == await database.work(limits, Circumstance()) == ("1min", "15s")
        with pytest.raises(Unavailable):
            await database.work(hangs, Circumstance())
        assert await database.work(limits, Circumstance()) == ("1min", "15s")
    with alone(postgres_url) as connection:
        assert connection.scalar(text("SHOW statement_timeout")) == "0"


async def test_a_long_question_keeps_nobody_else_waiting_and_writes_nothing(database_url: str) -> None:
    async with opened(database_url) as database:
        begun, over = threading.Event(), threading.Event()

        def long(tx: Transaction) -> int:
            begun.set()
            over.wait(30)
            row = tx.one(ONE)
            return row[0] if row else 0

        asked = asyncio.create_task(database.survey(long))
        await asyncio.to_thread(begun.wait, 30)
        assert await database.read(lambda tx: tx.one(ONE)) == (1,)
        assert await database.work(lambda work: work.one(ONE), Circumstance()) == (1,)
        over.set()
        assert await asked == 1
        with pytest.raises(Exception, match=r"(?i)read.?only"):
            await database.survey(lambda tx: tx.one(text("CREATE TABLE daemun_odd (id INTEGER)")))
    with pytest.raises(Unavailable):
        await database.survey(lambda tx: tx.one(ONE))
