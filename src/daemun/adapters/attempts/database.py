"""Tries counted in the database: one row for each try and each thing it counts for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Column, MetaData, String, Table, and_, delete, insert, or_, select, tuple_

from daemun.core.circumstance import Circumstance
from daemun.core.ratelimit import Bound, wait
from daemun.ports.attempts import Blocked, Reserved
from daemun.ports.database import Database, Instant, Work

SWEPT_AT_ONCE: Final = 20  # more than one try writes, so that what has expired goes away faster than it comes

attempts = Table(
    "daemun_attempts",
    MetaData(),
    Column("key", String(200), primary_key=True),
    Column("id", String(26), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("until", Instant, nullable=False),
)


@dataclass(frozen=True, slots=True)
class DatabaseAttempts:
    database: Database

    async def reserve(self, bounds: Sequence[Bound]) -> Reserved | Blocked:
        return await self.database.work(lambda work: _reserve(work, bounds), Circumstance())

    async def forgive(self, reserved: Reserved, *, clear: Sequence[str] = ()) -> None:
        await self.database.work(lambda work: _forgive(work, reserved, clear), Circumstance())


def _reserve(work: Work, bounds: Sequence[Bound]) -> Reserved | Blocked:
    keys = sorted({each.key for each in bounds})
    for key in keys:  # in one order for everybody, or two tries wait for each other
        work.lock(f"attempts:{key}")
    _sweep(work)
    times = _times(work, keys)
    if blocked := _longest(bounds, times, work.now):
        return blocked
    reserved = Reserved(work.new_id(), tuple(keys))
    if bounds:
        work.run(insert(attempts).values(_rows(reserved.id, bounds, work.now)))
    return reserved


def _longest(bounds: Sequence[Bound], times: Mapping[str, Sequence[datetime]], now: datetime) -> Blocked | None:
    """Of the bounds that have no room, the one that takes longest."""
    waits = [Blocked(each.key, seconds) for each in bounds if (seconds := wait(times[each.key], each.limit, now)) is not None]
    return max(waits, key=lambda each: each.retry_after, default=None)


def _rows(try_id: str, bounds: Sequence[Bound], now: datetime) -> list[dict[str, object]]:
    """A key that has several limits keeps the try for the longest of their windows."""
    until = {each.key: now + each.limit.window for each in sorted(bounds, key=lambda each: each.limit.window)}
    return [{"key": key, "id": try_id, "at": now, "until": end} for key, end in until.items()]


def _times(work: Work, keys: Iterable[str]) -> dict[str, list[datetime]]:
    found: dict[str, list[datetime]] = {key: [] for key in keys}
    for row in work.all(select(attempts.c.key, attempts.c.at).where(attempts.c.key.in_(found))):
        found[row.key].append(row.at)
    return found


def _sweep(work: Work) -> None:
    # SKIP LOCKED, so that two sweeps never wait for each other; SQLite has one writer and ignores it.
    some = select(attempts.c.key, attempts.c.id).where(attempts.c.until <= work.now).limit(SWEPT_AT_ONCE)
    expired = some.with_for_update(skip_locked=True)
    work.run(delete(attempts).where(tuple_(attempts.c.key, attempts.c.id).in_(expired)))


def _forgive(work: Work, reserved: Reserved, clear: Sequence[str]) -> None:
    this = and_(attempts.c.key.in_(reserved.keys), attempts.c.id == reserved.id)
    work.run(delete(attempts).where(or_(this, attempts.c.key.in_(clear))))
