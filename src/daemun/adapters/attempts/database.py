"""Tries counted in the database: one row for each try and each thing it counts for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from typing import Final

from sqlalchemy import (
    Column,
    Executable,
    MetaData,
    ScalarSelect,
    String,
    Table,
    and_,
    bindparam,
    delete,
    insert,
    literal_column,
    or_,
    select,
    tuple_,
)

from daemun.core.circumstance import Circumstance
from daemun.core.ratelimit import Bound, Limit, wait
from daemun.ports.attempts import Blocked, Reserved
from daemun.ports.database import Database, Hot, Instant, Plain, Work, micros, moment

SWEPT_EVERY: Final = 16  # tries: a statement that mostly finds nothing is not worth running for each of them
SWEPT_AT_ONCE: Final = 20 * SWEPT_EVERY  # more than so many tries write, so that what has expired goes away faster than it comes

attempts = Table(
    "daemun_attempts",
    MetaData(),
    Column("key", String(200), primary_key=True),
    Column("id", String(26), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("until", Instant, nullable=False),
)


def _sweeping(*, skip_locked: bool) -> Executable:
    some = (
        select(attempts.c.key, attempts.c.id)
        .where(attempts.c.until <= bindparam("now"))
        .limit(bindparam("most"))
        .offset(literal_column("0"))
    )
    expired = some.with_for_update(skip_locked=True) if skip_locked else some
    return delete(attempts).where(tuple_(attempts.c.key, attempts.c.id).in_(expired))


# SKIP LOCKED, so that two sweeps never wait for each other; SQLite has one writer.
SWEEP: Final = Hot(_sweeping(skip_locked=False), postgresql=_sweeping(skip_locked=True))


@dataclass(frozen=True, slots=True)
class DatabaseAttempts:
    database: Database
    _tries: Iterator[int] = field(default_factory=count, compare=False, repr=False)

    async def reserve(self, bounds: Sequence[Bound]) -> Reserved | Blocked:
        sweeps = next(self._tries) % SWEPT_EVERY == 0  # asked here and not in the story, which may be told twice
        return await self.database.work(lambda work: _reserve(work, bounds, sweeps=sweeps), Circumstance())

    async def forgive(self, reserved: Reserved, *, clear: Sequence[str] = ()) -> None:
        if reserved.keys or clear:
            await self.database.work(self.forgiving(reserved, clear=clear), Circumstance())

    def forgiving(self, reserved: Reserved, *, clear: Sequence[str] = ()) -> Callable[[Work], None]:
        return lambda work: _forgive(work, reserved, clear)


def _reserve(work: Work, bounds: Sequence[Bound], *, sweeps: bool) -> Reserved | Blocked:
    keys = sorted({each.key for each in bounds})
    for key in keys:  # in one order for everybody, or two tries wait for each other
        work.lock(f"attempts:{key}")
    if sweeps:
        work.hot_run(SWEEP, now=micros(work.now), most=SWEPT_AT_ONCE)
    if blocked := _longest(work, bounds):
        return blocked
    reserved = Reserved(work.new_id(), tuple(keys))
    _count(work, reserved, bounds)
    return reserved


def _longest(work: Work, bounds: Sequence[Bound]) -> Blocked | None:
    """Of the bounds that have no room, the one that takes longest."""
    waits = [
        Blocked(each.key, seconds)
        for each, at in zip(bounds, _fillers(work, bounds), strict=True)
        if at is not None and (seconds := wait([moment(at)], Limit(1, each.limit.window), work.now)) is not None
    ]
    return max(waits, key=lambda each: each.retry_after, default=None)


def _fillers(work: Work, bounds: Sequence[Bound]) -> Sequence[int | None]:
    """For each bound the try that must age before one more fits; None where there is room."""
    if not bounds:
        return ()
    asked: dict[str, Plain] = {}
    for number, each in enumerate(bounds):
        asked |= {f"key{number}": each.key, f"since{number}": micros(work.now - each.limit.window), f"newer{number}": each.limit.most - 1}
    return work.hot(_filling(len(bounds)), **asked) or ()


def _count(work: Work, reserved: Reserved, bounds: Sequence[Bound]) -> None:
    """A key that has several limits keeps the try for the longest of their windows."""
    until = {each.key: work.now + each.limit.window for each in sorted(bounds, key=lambda each: each.limit.window)}
    if until:
        ends = {f"until{number}": micros(until[key]) for number, key in enumerate(reserved.keys)}
        work.hot_run(_counting(len(until)), this=reserved.id, now=micros(work.now), **_numbered("key", reserved.keys), **ends)


def _forgive(work: Work, reserved: Reserved, clear: Sequence[str]) -> None:
    forgiving = _forgiving(len(reserved.keys), len(clear))
    work.hot_run(forgiving, this=reserved.id, **_numbered("key", reserved.keys), **_numbered("cleared", clear))


def _numbered(name: str, keys: Sequence[str]) -> dict[str, str]:
    return {f"{name}{number}": key for number, key in enumerate(keys)}


# One statement for all keys of a try, in as many shapes as tries have numbers of keys: a handful.


@cache
def _filling(bounds: int) -> Hot:
    return Hot(select(*(_filler(number) for number in range(bounds))))


def _filler(number: int) -> ScalarSelect[object]:
    """Of those that count, the one with `most - 1` newer ones."""
    counted = select(attempts.c.at).where(attempts.c.key == bindparam(f"key{number}"), attempts.c.at > bindparam(f"since{number}"))
    last = counted.order_by(attempts.c.at.desc()).limit(literal_column("1")).offset(bindparam(f"newer{number}"))
    return last.scalar_subquery()


@cache
def _counting(keys: int) -> Hot:
    this, now = bindparam("this", type_=attempts.c.id.type), bindparam("now", type_=attempts.c.at.type)
    rows = [{"key": bindparam(f"key{number}"), "id": this, "at": now, "until": bindparam(f"until{number}")} for number in range(keys)]
    return Hot(insert(attempts).values(rows))


@cache
def _forgiving(keys: int, cleared: int) -> Hot:
    this = [and_(attempts.c.key == bindparam(f"key{number}"), attempts.c.id == bindparam("this")) for number in range(keys)]
    return Hot(delete(attempts).where(or_(*this, *(attempts.c.key == bindparam(f"cleared{number}") for number in range(cleared)))))
