"""Housekeeping: each chore is done by one process of all, when it is due, under a lease that outlives whoever dies at it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Column, MetaData, String, Table, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from daemun.core.errors import Refusal
from daemun.core.measures import CHORE_DONE, CHORE_FAILED
from daemun.plugin import Chore, Number
from daemun.ports.database import Instant, Transaction, Work
from daemun.web.visit import Visit

log = logging.getLogger("daemun.chores")
LEASE = timedelta(minutes=10)
chores = Table(
    "daemun_chores",
    MetaData(),
    Column("name", String(80), primary_key=True),
    Column("begun_at", Instant),
    Column("done_at", Instant),
    Column("leased_by", String(40)),
    Column("leased_until", Instant),
    Column("did", BigInteger),
    Column("failed", String(200)),
)


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a chore. `did` is None when it failed; `failed` says how."""

    name: str
    did: int | None
    failed: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """A chore as one may show it."""

    name: str
    ko: str
    en: str
    every: timedelta
    done_at: datetime | None
    did: int | None
    failed: str | None


@dataclass(frozen=True, slots=True)
class Chores:
    all: Sequence[Chore]
    me: str
    """Who holds a lease: a name of this process alone."""
    visit: Callable[[str], Visit]

    async def due(self) -> list[Done]:
        """Does what is due and nobody else is at."""
        return [done for each in self.all if (done := await self._one(each, each.every)) is not None]

    async def now(self, name: str | None = None) -> list[Done]:
        """Does them whether due or not, all or one; what somebody is at this moment is left to them."""
        wanted = [each for each in self.all if name in (None, each.name)]
        return [done for each in wanted if (done := await self._one(each, timedelta(0))) is not None]

    async def standing(self) -> list[Standing]:
        return await self.visit("chores").read(self.standing_in)

    def standing_in(self, tx: Transaction) -> list[Standing]:
        rows = {row.name: row for row in tx.all(select(chores))}
        return [_standing(each, rows.get(each.name)) for each in self.all]

    def numbers(self, tx: Transaction) -> Iterable[Number]:
        for each in self.standing_in(tx):
            yield CHORE_DONE, each.done_at.timestamp() if each.done_at else 0.0, (each.name,)
            yield CHORE_FAILED, float(each.failed is not None), (each.name,)

    async def _one(self, chore: Chore, every: timedelta) -> Done | None:
        visit = self.visit(chore.name)
        if not await visit.work(_lease, chore.name, every, self.me):
            return None
        done = await self._done(chore, visit)
        await visit.work(_settle, done, self.me)
        return done

    async def _done(self, chore: Chore, visit: Visit) -> Done:
        try:
            return Done(chore.name, await chore.run(visit))
        except Refusal as refusal:
            return Done(chore.name, None, refusal.code)
        except Exception as error:  # the rim: one chore that fails must not keep the others from being done
            log.exception("the chore %s failed", chore.name)
            return Done(chore.name, None, type(error).__name__)


def _lease(work: Work, name: str, every: timedelta, me: str) -> bool:
    """Whether it is ours to do: due, and in nobody's hands."""
    work.lock(f"chore:{name}")
    make = sqlite_insert if work.dialect == "sqlite" else postgres_insert
    work.run(make(chores).values(name=name).on_conflict_do_nothing())
    row = work.one(select(chores).where(chores.c.name == name))
    if row is None or (row.leased_until and row.leased_until > work.now) or (row.begun_at and row.begun_at + every > work.now):
        return False
    work.run(update(chores).where(chores.c.name == name).values(begun_at=work.now, leased_by=me, leased_until=work.now + LEASE))
    return True


def _settle(work: Work, done: Done, me: str) -> None:
    values: dict[str, Any] = {"leased_by": None, "leased_until": None, "failed": done.failed}
    if done.failed is None:
        values |= {"done_at": work.now, "did": done.did}
    work.run(update(chores).where(chores.c.name == done.name, chores.c.leased_by == me).values(values))


def _standing(chore: Chore, row: Any | None) -> Standing:
    done_at, did, failed = (row.done_at, row.did, row.failed) if row is not None else (None, None, None)
    return Standing(chore.name, chore.ko, chore.en, chore.every, done_at, did, failed)
