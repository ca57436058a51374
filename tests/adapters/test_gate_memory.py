"""The gate's memory by itself, with a real Valkey: it answers as the database would, or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import monotonic

import pytest
import redis
from tests.adapters.notes import HERE, nobody_listens
from tests.servers.valkey import Valkey, a_valkey

from daemun.adapters import migrations
from daemun.adapters.database import HOLD_SECONDS, LEAVING, open_database, place_in
from daemun.adapters.memory import MIGRATIONS, ValkeyMarks, ValkeyMemory
from daemun.adapters.system import SystemClock, SystemEntropy
from daemun.ports.database import EVERYBODY, Database, Parts
from daemun.ports.memory import Recollection, Slip

KEY, SEAL = bytes(range(32)), bytes(range(32, 64))
COOKIE, ANN = "cookie 0001", "01K000000000000000000000AN"
ANSWER: Parts = (("01K", ANN, 1), (ANN, "ann_2026", "ann@example.com", "안은주", None), None)


@dataclass(frozen=True, slots=True)
class Process:
    """One of several on the same database."""

    database: Database
    memory: ValkeyMemory
    marks: ValkeyMarks

    async def looks(self) -> None:
        """Until it is trusted: first it finds the place empty, and takes it."""
        while not self.memory.is_trusted:
            await self.memory.look()
            await asyncio.sleep(0.02)

    async def misses(self) -> Slip:
        found = await self.asks()
        assert found.parts is None
        return self.slip_of(found)

    async def asks(self, name: str = COOKIE) -> Recollection:
        """Until Valkey answers: a machine that is busy is not what is tested."""
        while not (found := await self.memory.recall(name)).slip:
            await self.memory.look()
            await asyncio.sleep(0.05)
        return found

    def slip_of(self, found: Recollection) -> Slip:
        assert found.slip is not None
        return found.slip

    async def keeps(self, slip: Slip, answer: Parts = ANSWER) -> None:
        self.memory.keep(slip, COOKIE, ANN, answer)
        await asyncio.gather(*self.memory._keeping)

    async def remembers(self) -> Parts | None:
        return (await self.memory.recall(COOKIE)).parts

    async def learns(self) -> None:
        """Until it is remembered: somebody Valkey has not heard of lately is only remembered the second time."""
        while (found := await self.asks()).parts is None:
            await self.keeps(self.slip_of(found))
        assert found.parts == ANSWER

    async def changes(self, whom: str = ANN) -> None:
        await self.database.work(lambda work: work.changes(whom), HERE)


@asynccontextmanager
async def a_process(url: str, valkey_url: str, *, others: str = "") -> AsyncIterator[Process]:
    """`others`: the Valkey that its marks go to, if it is another one."""
    entropy = SystemEntropy()
    migrations.upgrade(url, {"memory": MIGRATIONS})
    marks = ValkeyMarks(others or valkey_url, key=KEY, entropy=entropy)
    database = open_database(url, clock=SystemClock(), entropy=entropy, pool=2, marks=marks)
    await database.start(nobody_listens)
    memory = ValkeyMemory(valkey_url, index_key=KEY, sealing_key=SEAL, database=database, entropy=entropy)
    yield Process(database, memory, marks)
    await memory.close()
    await database.stop()
    marks.close()


async def test_what_was_asked_once_is_remembered_until_it_changes(database_url: str, valkey_url: str) -> None:
    async with a_process(database_url, valkey_url) as process:
        await process.looks()
        for whom in (ANN, EVERYBODY):
            await process.learns()
            await process.changes("somebody else")
            assert await process.remembers() == ANSWER
            await process.changes(whom)
            assert await process.remembers() is None


async def test_who_asked_the_database_before_a_change_and_is_slow_cannot_bring_the_past_back(sqlite_url: str, valkey_url: str) -> None:
    async with a_process(sqlite_url, valkey_url) as process:
        await process.looks()
        await process.learns()
        await process.changes()
        late = await process.misses()
        await process.changes()
        await process.keeps(late)
        assert await process.remembers() is None


async def test_a_writer_that_is_killed_at_any_moment_leaves_slowness_and_nothing_else(sqlite_url: str, valkey_url: str) -> None:
    async with a_process(sqlite_url, valkey_url) as process:
        await process.looks()
        await process.learns()
        place = await place_in(process.database)
        killed = process.marks.begin(place, [ANN])  # and here it dies: before its commit, or after it
        assert killed is not None
        await process.keeps(await process.misses())
        assert await process.remembers() is None
        await process.changes()  # another writer comes and goes
        await process.keeps(await process.misses())
        assert await process.remembers() is None
        assert process.marks.end(killed)
        await process.learns()


@pytest.mark.parametrize("forgotten", ["*:counter", "*:who:*", "*:who:[*]", "*:answer:*", "*"])
async def test_whatever_valkey_forgets_it_is_never_the_change_alone(sqlite_url: str, valkey_url: str, forgotten: str) -> None:
    async with a_process(sqlite_url, valkey_url) as process:
        await process.looks()
        await process.learns()
        slip = process.slip_of(await process.asks())
        await process.changes()
        with redis.Redis.from_url(valkey_url) as valkey:
            if found := valkey.keys(forgotten):
                valkey.delete(*found)
        assert await process.remembers() is None
        await process.keeps(slip)  # asked before the change
        assert await process.remembers() is None


async def test_valkey_learns_neither_who_they_are_nor_what_they_may(sqlite_url: str, valkey_url: str) -> None:
    async with a_process(sqlite_url, valkey_url) as process:
        await process.looks()
        await process.learns()
        with redis.Redis.from_url(valkey_url) as valkey:
            everything = b" ".join(key + b" " + str(valkey.hgetall(key)).encode() for key in valkey.keys("*"))
            for told in (COOKIE, ANN, "ann_2026", "ann@example.com", "안은주"):
                assert told.encode() not in everything and repr(told.encode())[2:-1].encode() not in everything
            answer = valkey.keys("*:answer:*")[0]
            valkey.hset(answer, "sealed", valkey.hget(answer, "sealed")[:-1] + b"\0")
        assert await process.remembers() is None


async def test_an_answer_opens_under_no_other_name(sqlite_url: str, valkey_url: str) -> None:
    async with a_process(sqlite_url, valkey_url) as process:
        await process.looks()
        await process.learns()
        found = await process.asks("cookie 0002")
        while found.parts is None:
            process.memory.keep(process.slip_of(found), "cookie 0002", ANN, ((1,), None, None))
            await asyncio.gather(*process.memory._keeping)
            found = await process.asks("cookie 0002")
        with redis.Redis.from_url(valkey_url) as valkey:
            one, other = valkey.keys("*:answer:*")
            contents = [valkey.hgetall(each) for each in (one, other)]
            for key, found in zip((other, one), contents, strict=True):
                valkey.hset(key, mapping=found)
        assert await process.remembers() is None


async def test_a_valkey_that_was_restarted_from_its_disk_is_not_believed(sqlite_url: str) -> None:
    with a_valkey() as valkey:
        async with a_process(sqlite_url, valkey.url) as process:
            await process.looks()
            await process.learns()
            place = await place_in(process.database)
            saved_and_restarted(valkey)
            assert await process.remembers() is None  # before anybody has noticed
            await process.changes()  # the writer notices
            assert await process.remembers() is None
            assert await place_in(process.database) != place
            await process.memory.look()
            assert not process.memory.is_trusted


async def test_a_valkey_that_takes_over_from_another_is_a_new_one(sqlite_url: str) -> None:
    with a_valkey() as first, a_valkey() as second, redis.Redis.from_url(second.url) as replica:
        replica.replicaof("127.0.0.1", str(first.port))
        async with a_process(sqlite_url, first.url) as process, a_process(sqlite_url, second.url) as other:
            await process.looks()
            await process.learns()
            await until_it_has(replica, "*:answer:*")
            await other.memory.look()
            assert await other.remembers() is None  # a copy is asked nothing
            replica.replicaof("NO", "ONE")
            while process.memory.is_trusted:  # until the other sees that the database names another server than its own
                await other.memory.look()
                await process.memory.look()
                await asyncio.sleep(0.05)
            assert await process.remembers() is None and await other.remembers() is None


async def test_a_change_that_cannot_be_marked_is_answered_when_nobody_remembers(database_url: str, valkey_url: str) -> None:
    """The reader reaches Valkey and the writer does not, nor does the writer know that it is there."""
    with a_valkey() as gone:
        lost = gone.url
    async with a_process(database_url, valkey_url) as reader, a_process(database_url, valkey_url, others=lost) as writer:
        await reader.looks()
        await reader.learns()
        began = monotonic()
        change = asyncio.create_task(writer.changes())
        believed = reader.memory.is_trusted
        while not change.done():  # and the reader looks no more: its lease has to run out by itself
            await asyncio.sleep(0.05)
        assert believed and monotonic() - began >= HOLD_SECONDS
        assert not reader.memory.is_trusted and await reader.remembers() is None
        assert await place_in(reader.database) == "", "who waits, waits for all"


async def test_who_was_killed_while_others_were_to_forget_is_waited_for_by_the_next(database_url: str, valkey_url: str) -> None:
    with a_valkey() as gone:
        lost = gone.url
    async with a_process(database_url, valkey_url) as reader, a_process(database_url, valkey_url, others=lost) as writer:
        await reader.looks()
        change = asyncio.create_task(writer.changes())
        while not (await place_in(reader.database)).startswith(LEAVING):
            await asyncio.sleep(0.02)
        began = monotonic()
        await reader.changes()  # as if the other had died: the row says what it wanted
        assert monotonic() - began >= HOLD_SECONDS
        await change
        assert await place_in(reader.database) == ""


async def test_a_lease_runs_out_by_itself(sqlite_url: str, valkey_url: str) -> None:
    async with a_process(sqlite_url, valkey_url) as process:
        await process.looks()
        await process.learns()
        await process.database.stop()  # as good as away
        while process.memory.is_trusted:
            await asyncio.sleep(0.05)
            await process.memory.look()
        assert await process.remembers() is None


def saved_and_restarted(valkey: Valkey) -> None:
    with redis.Redis.from_url(valkey.url) as client:
        client.save()
    valkey.kill()
    valkey.start()
    with redis.Redis.from_url(valkey.url) as client:
        assert client.keys("*:answer:*"), "the test is worth nothing when nothing came back"


async def until_it_has(replica: redis.Redis, pattern: str) -> None:
    while not replica.keys(pattern):
        await asyncio.sleep(0.02)
