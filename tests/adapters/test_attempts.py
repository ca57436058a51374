"""Counting tries, with the same promises from SQLite, PostgreSQL and Valkey."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from tests.adapters.notes import nobody_listens
from tests.servers.process import free_port

from daemun.adapters import migrations
from daemun.adapters.attempts import MIGRATIONS, DatabaseAttempts, ValkeyAttempts
from daemun.adapters.database import alone, open_database
from daemun.adapters.system import SystemEntropy
from daemun.core.circumstance import Circumstance
from daemun.core.errors import Unavailable
from daemun.core.ratelimit import Bound, Limit
from daemun.ports.attempts import Attempts, Blocked, Reserved
from daemun.ports.database import Database, Work

START = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
FIVE_A_MINUTE = Bound("ann", Limit(5, timedelta(minutes=1)))
TWO_A_MINUTE = Bound("198.51.100.7", Limit(2, timedelta(minutes=1)))


class HeldClock:
    def __init__(self) -> None:
        self.at = START

    def now(self) -> datetime:
        return self.at

    def advance(self, **parts: float) -> None:
        self.at += timedelta(**parts)


@pytest.fixture(params=["sqlite", "postgresql", "valkey"])
def store_url(request: pytest.FixtureRequest) -> str:
    names = {"sqlite": "sqlite_url", "postgresql": "postgres_url", "valkey": "valkey_url"}
    url: str = request.getfixturevalue(names[request.param])
    return url


@asynccontextmanager
async def counting(url: str, clock: HeldClock | None = None) -> AsyncIterator[Attempts]:
    clock = clock or HeldClock()
    if url.startswith("redis"):
        valkey = ValkeyAttempts(url, clock=clock, entropy=SystemEntropy())
        yield valkey
        await valkey.close()
        return
    async with counted_in(url, clock) as database:
        yield DatabaseAttempts(database)


@asynccontextmanager
async def counted_in(url: str, clock: HeldClock | None = None) -> AsyncIterator[Database]:
    migrations.upgrade(url, {"attempts": MIGRATIONS})
    database = open_database(url, clock=clock or HeldClock(), entropy=SystemEntropy())
    await database.start(nobody_listens)
    yield database
    await database.stop()


async def reserved(attempts: Attempts, *bounds: Bound) -> Reserved:
    answer = await attempts.reserve(bounds)
    assert isinstance(answer, Reserved)
    return answer


def test_tries_are_counted_until_the_limit_and_then_wait_for_the_oldest(store_url: str) -> None:
    async def run() -> None:
        clock = HeldClock()
        async with counting(store_url, clock) as attempts:
            for _ in range(5):
                await reserved(attempts, FIVE_A_MINUTE)
                clock.advance(seconds=10)
            assert await attempts.reserve([FIVE_A_MINUTE]) == Blocked("ann", 10)
            clock.advance(seconds=9.5)
            assert await attempts.reserve([FIVE_A_MINUTE]) == Blocked("ann", 1)
            clock.advance(seconds=0.5)
            await reserved(attempts, FIVE_A_MINUTE)
            assert await attempts.reserve([FIVE_A_MINUTE]) == Blocked("ann", 10)

    asyncio.run(run())


def test_of_many_tries_at_once_only_as_many_as_the_limit_pass(store_url: str) -> None:
    async def run() -> None:
        async with counting(store_url) as attempts, counting(store_url) as another:
            both = [each.reserve([TWO_A_MINUTE, FIVE_A_MINUTE]) for each in (attempts, another) for _ in range(20)]
            answers = await asyncio.gather(*both)
            assert sum(isinstance(each, Reserved) for each in answers) == 2

    asyncio.run(run())


def test_all_bounds_are_taken_or_none(store_url: str) -> None:
    async def run() -> None:
        async with counting(store_url) as attempts:
            for _ in range(2):
                await reserved(attempts, TWO_A_MINUTE)
            for _ in range(9):
                assert await attempts.reserve([FIVE_A_MINUTE, TWO_A_MINUTE]) == Blocked(TWO_A_MINUTE.key, 60)
            for _ in range(5):
                await reserved(attempts, FIVE_A_MINUTE)

    asyncio.run(run())


def test_of_several_reached_limits_the_longest_is_told(store_url: str) -> None:
    async def run() -> None:
        async with counting(store_url) as attempts:
            an_hour = Bound("ann an hour", Limit(1, timedelta(hours=1)))
            await reserved(attempts, TWO_A_MINUTE, an_hour)
            await reserved(attempts, TWO_A_MINUTE)
            assert await attempts.reserve([TWO_A_MINUTE, an_hour]) == Blocked(an_hour.key, 3600)
            assert await attempts.reserve([an_hour, TWO_A_MINUTE]) == Blocked(an_hour.key, 3600)

    asyncio.run(run())


def test_one_key_may_have_a_short_and_a_long_limit(store_url: str) -> None:
    short, long = Bound("ann", Limit(2, timedelta(minutes=1))), Bound("ann", Limit(3, timedelta(hours=1)))

    async def run() -> None:
        clock = HeldClock()
        async with counting(store_url, clock) as attempts:
            for _ in range(2):
                await reserved(attempts, short, long)
            assert await attempts.reserve([short, long]) == Blocked("ann", 60)
            clock.advance(minutes=2)
            await reserved(attempts, long, short)
            assert await attempts.reserve([short, long]) == Blocked("ann", 58 * 60)

    asyncio.run(run())


def test_a_forgiven_try_no_longer_counts_anywhere(store_url: str) -> None:
    async def run() -> None:
        async with counting(store_url) as attempts:
            for _ in range(9):
                await attempts.forgive(await reserved(attempts, TWO_A_MINUTE, FIVE_A_MINUTE))
            await reserved(attempts, TWO_A_MINUTE)
            await attempts.forgive(await reserved(attempts, TWO_A_MINUTE))
            await reserved(attempts, TWO_A_MINUTE)
            assert isinstance(await attempts.reserve([TWO_A_MINUTE]), Blocked)

    asyncio.run(run())


def test_success_empties_the_counters_it_names_and_no_others(store_url: str) -> None:
    async def run() -> None:
        async with counting(store_url) as attempts:
            await reserved(attempts, TWO_A_MINUTE, FIVE_A_MINUTE)
            last = await reserved(attempts, TWO_A_MINUTE, FIVE_A_MINUTE)
            await attempts.forgive(last, clear=["ann"])
            for _ in range(5):
                await reserved(attempts, FIVE_A_MINUTE)
            await reserved(attempts, TWO_A_MINUTE)
            assert await attempts.reserve([TWO_A_MINUTE]) == Blocked(TWO_A_MINUTE.key, 60)
            await attempts.forgive(Reserved("", ()), clear=[TWO_A_MINUTE.key])
            await reserved(attempts, TWO_A_MINUTE)

    asyncio.run(run())


def test_forgiving_within_a_story_is_kept_and_undone_with_it(database_url: str) -> None:
    async def run() -> None:
        async with counted_in(database_url) as database:
            attempts = DatabaseAttempts(database)
            first, second = await reserved(attempts, TWO_A_MINUTE), await reserved(attempts, TWO_A_MINUTE, FIVE_A_MINUTE)

            def comes_to_nothing(work: Work) -> None:
                attempts.forgiving(first)(work)
                raise ValueError

            with pytest.raises(ValueError):
                await database.work(comes_to_nothing, Circumstance())
            assert isinstance(await attempts.reserve([TWO_A_MINUTE]), Blocked)
            await database.work(attempts.forgiving(second, clear=["ann"]), Circumstance())
            await reserved(attempts, TWO_A_MINUTE)
            assert isinstance(await attempts.reserve([TWO_A_MINUTE]), Blocked)

    asyncio.run(run())


def test_no_story_reaches_a_valkey(valkey_url: str) -> None:
    async def run() -> None:
        async with counting(valkey_url) as attempts:
            assert attempts.forgiving(await reserved(attempts, TWO_A_MINUTE)) is None

    asyncio.run(run())


def test_a_counter_that_fills_over_years_still_counts(store_url: str) -> None:
    in_a_row = Bound("streak", Limit(3, timedelta(days=3650)))

    async def run() -> None:
        clock = HeldClock()
        async with counting(store_url, clock) as attempts:
            for _ in range(3):
                await reserved(attempts, in_a_row)
                clock.advance(days=365)
            assert isinstance(await attempts.reserve([in_a_row]), Blocked)

    asyncio.run(run())


def test_no_bounds_bind_nothing(store_url: str) -> None:
    async def run() -> None:
        async with counting(store_url) as attempts:
            await attempts.forgive(await reserved(attempts))

    asyncio.run(run())


def test_what_has_expired_is_swept_away_by_later_tries(database_url: str) -> None:
    async def run() -> None:
        clock = HeldClock()
        async with counting(database_url, clock) as attempts:
            for number in range(30):
                await reserved(attempts, Bound(f"stranger {number}", FIVE_A_MINUTE.limit))
            clock.advance(minutes=2)
            for _ in range(20):
                await attempts.forgive(await reserved(attempts, FIVE_A_MINUTE))
            with alone(database_url) as connection:
                assert connection.scalar(text("SELECT count(*) FROM daemun_attempts")) == 0

    asyncio.run(run())


def test_what_cannot_be_counted_is_refused() -> None:
    async def run() -> None:
        async with counting(f"redis://127.0.0.1:{free_port()}/0") as attempts:
            with pytest.raises(Unavailable):
                await attempts.reserve([FIVE_A_MINUTE])
            with pytest.raises(Unavailable):
                await attempts.forgive(Reserved("x", ("ann",)))

    asyncio.run(run())
