"""All SQL of the sinks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import BigInteger, Column, Integer, MetaData, String, Table, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from daemun.features.audit.sinks.models import Claim, Cursor, DeadLetter
from daemun.ports.database import Instant, Transaction, Work

metadata = MetaData()
sinks = Table(
    "daemun_audit_sinks",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("next", BigInteger, nullable=False),
    Column("until", BigInteger),
    Column("tries", Integer, nullable=False),
    Column("next_at", Instant),
    Column("leased_by", String(40)),
    Column("leased_until", Instant),
    Column("sent_at", Instant),
    Column("delivered", BigInteger, nullable=False),
    Column("failed", BigInteger, nullable=False),
    Column("error", String(80)),
    Column("error_at", Instant),
)
dead = Table(
    "daemun_audit_dead_letters",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("sink", String(40), nullable=False),
    Column("first", BigInteger, nullable=False),
    Column("end", BigInteger, nullable=False),
    Column("error", String(80), nullable=False),
    Column("created_at", Instant, nullable=False),
)
NOBODYS: Final = {"leased_by": None, "leased_until": None}


def cursors(tx: Transaction) -> dict[str, Cursor]:
    return {row.name: Cursor(**row._mapping) for row in tx.all(select(sinks))}


def cursor(tx: Transaction, name: str) -> Cursor:
    row = tx.one(select(sinks).where(sinks.c.name == name))
    return Cursor(**row._mapping) if row else Cursor(name)


def claim(work: Work, name: str, me: str, lease: timedelta, end: int) -> Claim | None:
    """What is to be sent next, up to `end` unless its bounds are set; None while it is in another's hands."""
    make = sqlite_insert if work.dialect == "sqlite" else postgres_insert
    work.run(make(sinks).values(name=name, next=0, tries=0, delivered=0, failed=0).on_conflict_do_nothing())
    row = work.one(select(sinks).where(sinks.c.name == name).with_for_update())
    if row is None or (row.leased_until and row.leased_until > work.now and row.leased_by != me):
        return None
    end = end if row.until is None else row.until
    if end <= row.next:
        return None
    work.run(update(sinks).where(sinks.c.name == name).values(until=end, leased_by=me, leased_until=work.now + lease))
    return Claim(name, me, row.next, end, row.tries)


def delivered(work: Work, claim: Claim) -> bool:
    """False when it was another's in the meantime: then they say how far it is."""
    done = {"next": claim.end, "until": None, "tries": 0, "next_at": None, "sent_at": work.now, "error": None, "error_at": None}
    return _settled(work, claim, delivered=sinks.c.delivered + (claim.end - claim.first), **done)


def put_off(work: Work, claim: Claim, error: str, until: int, pause: timedelta) -> bool:
    told = {"error": error, "error_at": work.now, "failed": sinks.c.failed + 1}
    return _settled(work, claim, tries=claim.tries + 1, until=until, next_at=work.now + pause, **told)


def given_up(work: Work, claim: Claim, error: str) -> DeadLetter | None:
    """Steps over what is not taken, and keeps its place."""
    told = {"error": error, "error_at": work.now, "failed": sinks.c.failed + 1}
    if not _settled(work, claim, next=claim.end, until=None, tries=0, next_at=None, **told):
        return None
    letter = DeadLetter(work.new_id(), claim.name, claim.first, claim.end, error, work.now)
    work.run(insert(dead).values(**{name: getattr(letter, name) for name in DeadLetter.__slots__}))
    return letter


def give_back(work: Work, claim: Claim) -> bool:
    return _settled(work, claim)


def hurry(work: Work, name: str) -> None:
    """What waits for its next try waits no longer."""
    work.run(update(sinks).where(sinks.c.name == name).values(next_at=None))


def _settled(work: Work, claim: Claim, **values: Any) -> bool:
    mine = (sinks.c.name == claim.name, sinks.c.leased_by == claim.me, sinks.c.next == claim.first)
    return work.run(update(sinks).where(*mine).values(**values, **NOBODYS)) == 1


def dead_letters(tx: Transaction, name: str | None = None) -> list[DeadLetter]:
    wanted = [] if name is None else [dead.c.sink == name]
    return [DeadLetter(**row._mapping) for row in tx.all(select(dead).where(*wanted).order_by(dead.c.id))]


def dead_counts(tx: Transaction) -> dict[str, int]:
    return {row.sink: row.many for row in tx.all(select(dead.c.sink, func.count().label("many")).group_by(dead.c.sink))}


def bury(work: Work, letters: Sequence[DeadLetter]) -> int:
    return work.run(delete(dead).where(dead.c.id.in_([each.id for each in letters])))


def failing_since(tx: Transaction, before: datetime) -> list[Cursor]:
    """Those that were not reached since then, though there was something to say."""
    found = [each for each in cursors(tx).values() if each.tries]
    return [each for each in found if (each.sent_at or each.error_at or before) <= before]
