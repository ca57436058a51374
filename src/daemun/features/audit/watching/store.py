"""SQL of what watches over the log: its check-ups, and its witnesses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, MetaData, String, Table, Text, delete, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from daemun.features.audit.searching.drawing.store import events, standing
from daemun.features.audit.searching.truth import OPEN
from daemun.ports.database import Instant, Transaction, Work

metadata = MetaData()
checkups = Table(
    "daemun_audit_checkups",
    metadata,
    Column("one", Integer, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("whole_at", Instant, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("checkpoint", LargeBinary, nullable=False),
    Column("findings", Integer, nullable=False),
    Column("first", String(80)),
    Column("gaps", BigInteger, nullable=False),
    Column("storage", Text, nullable=False),
)


witnesses = Table(
    "daemun_audit_witnesses",
    metadata,
    Column("name", String(200), primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    Column("at", Instant),
    Column("asked_at", Instant),
    Column("error", String(80)),
)


@dataclass(frozen=True, slots=True)
class Checkup:
    """What the house found when it verified its own log. `first`: the first finding. `storage`: JSON, by retention class."""

    at: datetime
    whole_at: datetime
    size: int
    checkpoint: bytes
    findings: int
    first: str | None
    gaps: int
    storage: str


@dataclass(frozen=True, slots=True)
class Witnessed:
    """What a witness has cosigned last. `signature`: that checkpoint, with the lines it added."""

    name: str
    size: int = 0
    signature: bytes = b""
    at: datetime | None = None
    error: str | None = None


def drawn(tx: Transaction, start: int, end: int) -> Sequence[Any]:
    """What the picture that is searched says openly of these entries."""
    return tx.all(select(*(events.c[name] for name in ("idx", *OPEN))).where(events.c.idx >= start, events.c.idx < end))


def drawn_beyond(tx: Transaction, upto: int, most: int) -> list[int]:
    """Of entries that were not drawn when `upto` were: unless that has moved on by now."""
    moved = max(upto, standing(tx)[1])
    return [row.idx for row in tx.all(select(events.c.idx).where(events.c.idx >= moved).limit(most))]


def checkup(tx: Transaction) -> Checkup | None:
    row = tx.one(select(*(checkups.c[name] for name in Checkup.__slots__)))
    return Checkup(**row._mapping) if row else None


def keep_checkup(work: Work, made: Checkup) -> None:
    work.run(delete(checkups))
    work.run(insert(checkups).values(one=1, **{name: getattr(made, name) for name in Checkup.__slots__}))


def witnessed(tx: Transaction) -> list[Witnessed]:
    return [Witnessed(**row._mapping) for row in tx.all(select(*(witnesses.c[name] for name in Witnessed.__slots__)))]


def turn_to_witness(work: Work, name: str, size: int, pause: timedelta) -> bool:
    """Whether it is to be asked now, and by us."""
    make = sqlite_insert if work.dialect == "sqlite" else postgres_insert
    work.run(make(witnesses).values(name=name, size=0, signature=b"").on_conflict_do_nothing())
    due = or_(witnesses.c.asked_at.is_(None), witnesses.c.asked_at <= work.now - pause)
    return work.run(update(witnesses).where(witnesses.c.name == name, witnesses.c.size < size, due).values(asked_at=work.now)) == 1


def witness_saw(work: Work, name: str, size: int, signature: bytes) -> None:
    """Never back to less than it is known to have seen."""
    newer = (witnesses.c.name == name, witnesses.c.size <= size)
    work.run(update(witnesses).where(*newer).values(size=size, signature=signature, at=work.now, error=None))


def witness_failed(work: Work, name: str, error: str) -> None:
    work.run(update(witnesses).where(witnesses.c.name == name).values(error=error))
