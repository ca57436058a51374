"""Many questions share one connection to PostgreSQL: every answer is the one to its own question, or there is none."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest
import uvloop
from sqlalchemy import BigInteger, String, bindparam, func, literal_column, select
from tests.adapters.notes import HERE, NOTE, execute, hang_up, nobody_listens, note, opened
from tests.servers.postgres import EXISTING, postgres_server
from tests.servers.tls import behind_tls

from daemun.adapters.database import open_database
from daemun.adapters.database.line import Line, Lost
from daemun.adapters.database.postgresserver import postgres_address, postgres_engine
from daemun.adapters.database.seats import Seat
from daemun.adapters.system import SystemClock, SystemEntropy
from daemun.core.errors import Unavailable
from daemun.ports.database import Database, Hot, Plain, Together

Run = Callable[[Coroutine[Any, Any, None]], None]
both_loops = pytest.mark.parametrize("run", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])

NUMBER, DIVISOR, WORD = bindparam("number", type_=BigInteger), bindparam("divisor", type_=BigInteger), bindparam("word", type_=String)
ECHO = Together(Hot(select(WORD.label("word"))))
PAIR = Together(Hot(select(WORD.label("word"))), NOTE, Hot(select(NUMBER.label("number"))))
BOTH = Together(Hot(select(WORD.label("word"))), Hot(select(NUMBER.label("number"))))
SHARE = Together(Hot(select(NUMBER.label("number"), (NUMBER // DIVISOR).label("share"))))
PAUSE = Together(Hot(select(func.pg_backend_pid().label("pid"), func.pg_sleep(literal_column("0.004")).cast(String).label("slept"))))
NIGHT = Together(Hot(select(func.pg_sleep(literal_column("60")).cast(String).label("slept"))))
WRONG = Together(Hot(select(literal_column("missing"))))
NEXT = Together(Hot(select(func.nextval(literal_column("'daemun_count'")).label("next"))))
MINE = Together(Hot(select(func.pg_backend_pid().label("pid"))))


@both_loops
def test_each_gets_the_answer_to_its_own_question_amid_others_that_fail_and_leave(postgres_url: str, run: Run) -> None:
    dice, counted = random.Random(7), {"answered": 0, "failed": 0, "left": 0}

    async def one(database: Database, number: int) -> None:
        kind = dice.randrange(4)
        if kind == 0:
            assert await database.glance(ECHO, word=f"w{number}") == ((f"w{number}",),)
        elif kind == 1:
            assert await database.glance(PAIR, word=f"w{number}", name="none", number=number) == ((f"w{number}",), None, (number,))
        elif kind == 2:
            assert await database.glance(SHARE, number=number, divisor=7) == ((number, number // 7),)
        else:
            with pytest.raises(psycopg.errors.DivisionByZero):
                await database.glance(SHARE, number=number, divisor=0)
            counted["failed"] += 1
        counted["answered"] += 1

    async def leaving(database: Database, number: int) -> None:
        asked = asyncio.ensure_future(one(database, number))
        for _ in range(dice.randrange(12)):
            await asyncio.sleep(0)
        counted["left"] += asked.cancel()
        with suppress(asyncio.CancelledError):
            await asked

    async def main() -> None:
        async with opened(postgres_url) as database:
            for wave in range(20):
                who = [leaving if dice.random() < 0.3 else one for _ in range(200)]
                await asyncio.gather(*(each(database, wave * 200 + number) for number, each in enumerate(who)))

    run(main())
    assert all(each > 100 for each in counted.values())


@both_loops
def test_backends_that_are_ended_amid_questions_give_no_wrong_answer_and_none_waits_for_ever(postgres_url: str, run: Run) -> None:
    async def main() -> None:
        async with opened(postgres_url) as database:
            ending = asyncio.ensure_future(several_times(asyncio.to_thread, hang_up, postgres_url))
            outcomes: set[bool] = set()
            while not ending.done():
                outcomes |= set(await asyncio.gather(*(answered(database, number) for number in range(200))))
            await ending
            assert True in outcomes
            assert await answered(database, 1)

    run(main())


@pytest.mark.skipif(EXISTING in os.environ, reason="ends a process of the server, which must be our own")
def test_a_server_that_crashes_is_unavailable_until_it_is_back() -> None:
    async def main(url: str) -> None:
        async with opened(url) as database:
            ((pid,),) = await database.glance(MINE)  # type: ignore[misc]  # the part is there
            asked = [asyncio.ensure_future(answered(database, number)) for number in range(200)]
            os.kill(pid, signal.SIGKILL)
            await asyncio.gather(*asked)
            async with asyncio.timeout(30):
                while not await answered(database, 1):
                    await asyncio.sleep(0.05)

    with postgres_server() as server:
        asyncio.run(main(server.create()))


def test_a_connection_that_broke_while_nobody_asked_costs_nobody_an_answer(postgres_url: str) -> None:
    async def main() -> None:
        async with opened(postgres_url) as database:
            for number in range(5):
                assert await answered(database, number)
                hang_up(postgres_url)  # the loop does not run meanwhile: it learns of it with the next question

    asyncio.run(main())


async def test_a_server_that_is_away_is_unavailable_to_all_who_ask() -> None:
    async with connected("postgresql://nobody@127.0.0.1:1/none") as database:
        assert not any(await asyncio.gather(*(answered(database, number) for number in range(50))))


async def test_an_answer_that_is_not_to_its_question_reaches_nobody(postgres_url: str, caplog: pytest.LogCaptureFixture) -> None:
    line, ended = a_line(postgres_url)
    ann, ben = line.ask(ECHO, {"word": "ann"}), line.ask(ECHO, {"word": "ben"})
    line._waiting.rotate()  # as if a library had mixed them up
    for each in (ann, ben):
        with pytest.raises(Lost):
            await each
    assert ended == [line]
    assert "did not match" in caplog.text


async def test_a_server_that_says_nothing_is_unavailable_to_all_who_wait(postgres_url: str) -> None:
    line, ended = a_line(postgres_url, patience=0.1)
    for each in (line.ask(NIGHT, {}), line.ask(ECHO, {"word": "ann"})):
        with pytest.raises(Unavailable):
            await each
    assert ended == [line]


async def test_nothing_is_asked_on_a_line_that_has_ended(postgres_url: str) -> None:
    line, _ = a_line(postgres_url)
    line.end(None)
    with pytest.raises(Lost):
        line.ask(ECHO, {"word": "ann"})


async def test_many_who_wait_are_given_more_connections_and_four_at_most(postgres_url: str) -> None:
    async with opened(postgres_url) as database:
        seen: set[object] = set()
        async with asyncio.timeout(60):
            while len(seen) < 4:
                seen |= set(await asyncio.gather(*(database.glance(PAUSE) for _ in range(100))))
        seen |= set(await asyncio.gather(*(database.glance(PAUSE) for _ in range(300))))
        assert len(seen) == 4


async def test_more_than_may_wait_are_unavailable_at_once(postgres_url: str) -> None:
    async with opened(postgres_url, pool=1, queue=9) as database:
        told = await asyncio.gather(*(answered(database, number) for number in range(20)))
        assert told == [True] * 10 + [False] * 10
        assert await answered(database, 1)


async def test_whoever_has_asked_is_answered_before_it_stops(postgres_url: str) -> None:
    async with opened(postgres_url) as database:
        asked = [asyncio.ensure_future(database.glance(PAUSE)) for _ in range(40)]
        await asyncio.sleep(0)
        await database.stop()
        assert all(each.done() and each.result() for each in asked)
        with pytest.raises(Unavailable):
            await database.glance(ECHO, word="late")


async def test_whoever_leaves_while_it_connects_does_not_harm_the_others(postgres_url: str) -> None:
    async with opened(postgres_url) as database:
        first, second = (asyncio.ensure_future(answered(database, number)) for number in range(2))
        await asyncio.sleep(0)
        first.cancel()
        assert await second


async def test_tables_may_change_while_it_runs(postgres_url: str) -> None:
    notes = Together(NOTE)
    async with opened(postgres_url) as database:
        await database.work(lambda work: note(work, "ann"), HERE)
        before = await database.glance(notes, name="ann")
        execute(postgres_url, "ALTER TABLE daemun_notes ALTER COLUMN name TYPE text")
        assert await asyncio.gather(*(database.glance(notes, name="ann") for _ in range(30))) == [before] * 30


async def test_a_wrong_statement_says_so_each_time_and_spoils_no_other(postgres_url: str) -> None:
    async with opened(postgres_url) as database:
        for _ in range(3):
            asked: list[Any] = [database.glance(WRONG), database.glance(ECHO, word="ann"), database.glance(WRONG)]
            wrong, right, again = await asyncio.gather(*asked, return_exceptions=True)
            assert isinstance(wrong, psycopg.errors.UndefinedColumn)
            assert isinstance(again, psycopg.errors.UndefinedColumn | Unavailable)
            assert right == (("ann",),)


async def test_a_glance_cannot_write(postgres_url: str) -> None:
    async with opened(postgres_url) as database:
        execute(postgres_url, "CREATE SEQUENCE daemun_count")
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            await database.glance(NEXT)


@pytest.mark.parametrize("word", ["", "%s %(word)s $1 '\"\\", "대문 🚪", "x" * 70_000, None])
async def test_words_come_back_as_they_went(postgres_url: str, word: Plain) -> None:
    async with opened(postgres_url) as database:
        assert await database.glance(ECHO, word=word) == ((word,),)


async def test_a_word_that_would_be_cut_short_is_not_asked_for(postgres_url: str) -> None:
    async with opened(postgres_url) as database:
        with pytest.raises(psycopg.DataError):
            await database.glance(ECHO, word="ann\0ben")
        assert await answered(database, 1)


@both_loops
def test_long_words_both_ways_do_not_block_each_other(postgres_url: str, run: Run) -> None:
    async def main() -> None:
        async with opened(postgres_url) as database:
            await long_words(database)

    run(main())


@both_loops
def test_answers_come_through_tls_whole(postgres_url: str, tmp_path: Path, run: Run) -> None:
    async def main() -> None:
        async with behind_tls(postgres_url, tmp_path) as url, connected(url) as database:
            assert all(await asyncio.gather(*(answered(database, number) for number in range(300))))
            for length in (8_000, 16_000, 17_000, 33_000, 50_000, 200_000):
                assert await database.glance(ECHO, word="x" * length) == (("x" * length,),)
            await long_words(database)

    run(main())


async def long_words(database: Database) -> None:
    words = [f"{number:03}" * 300_000 for number in range(20)]
    assert await asyncio.gather(*(database.glance(ECHO, word=each) for each in words)) == [((each,),) for each in words]


async def answered(database: Database, number: int) -> bool:
    """Whether it was answered, and rightly; False when it was unavailable."""
    try:
        assert await database.glance(BOTH, word=f"w{number}", number=number) == ((f"w{number}",), (number,))
    except Unavailable as error:
        assert not isinstance(error.__cause__, TimeoutError), "the end of the connection went unnoticed"
        return False
    return True


async def several_times(call: Callable[..., Coroutine[Any, Any, Any]], *parameters: Any) -> None:
    for _ in range(6):
        await asyncio.sleep(0.02)
        await call(*parameters)


def a_line(url: str, *, patience: float = 10) -> tuple[Line, list[Line]]:
    ended: list[Line] = []
    return Line(Seat(postgres_engine(postgres_address(url)).connect()), ended=ended.append, patience=patience), ended


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[Database]:
    """Without making a table, which would wait for the loop that serves it."""
    database = open_database(url, clock=SystemClock(), entropy=SystemEntropy())
    await database.start(nobody_listens)
    try:
        yield database
    finally:
        await database.stop()
