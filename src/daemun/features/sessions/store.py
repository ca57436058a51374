"""All of sessions' SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Index, MetaData, String, Table, bindparam, delete, insert, or_, select, update

from daemun.features.sessions.models import Family, LiveSession, OpenSession
from daemun.ports.database import EPOCH, Hot, Instant, Transaction, Work, micros

metadata = MetaData()
families = Table(
    "daemun_session_families",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("user_id", String(26), nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("mac_key_id", String(40), nullable=False),
    Column("signing_key_id", String(40), nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("rotated_at", Instant, nullable=False),
    Column("used_at", Instant, nullable=False),
    Column("idle_until", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("remember", Boolean, nullable=False),
    Column("client_mark", String(43), nullable=False),
    Column("device_mark", String(43)),
    Column("agent", String(255), nullable=False),
    Column("address", String(45), nullable=False),
    Column("ended_at", Instant),
    Column("ended_why", String(32)),
    Index("daemun_session_families_by_user", "user_id", "id"),
    Index("daemun_session_families_by_idle", "idle_until"),
    Index("daemun_session_families_by_end", "ended_at"),
)
OPEN = (
    families.c.id,
    families.c.started_at,
    families.c.used_at,
    families.c.expires_at,
    families.c.remember,
    families.c.agent,
    families.c.address,
)
SWEPT_AT_ONCE = 1000
# `idle_until` is never after `expires_at`; both are asked, so that one wrong row does not live for ever.
LIVE = Hot(
    select(families.c.user_id, families.c.started_at, families.c.expires_at).where(
        families.c.id == bindparam("session_id"),
        families.c.ended_at.is_(None),
        families.c.idle_until > bindparam("now"),
        families.c.expires_at > bindparam("now"),
    )
)


def live(tx: Transaction, session_id: str) -> LiveSession | None:
    found = tx.hot(LIVE, session_id=session_id, now=micros(tx.now))
    return live_of(found)


def live_of(found: tuple[Any, ...] | None) -> LiveSession | None:
    return LiveSession(found[0], _moment(found[1]), _moment(found[2])) if found else None


def add(work: Work, family: Family) -> None:
    work.run(insert(families).values(asdict(family)))


def held(work: Work, family_id: str) -> Family | None:
    """The family, locked until the commit: what follows is decided on it."""
    row = work.one(select(families).where(families.c.id == family_id).with_for_update())
    return Family(**row._mapping) if row else None  # SQLAlchemy's documented way to a mapping


def turned(work: Work, family: Family) -> None:
    """Writes what a rotation changed."""
    work.run(update(families).where(families.c.id == family.id, families.c.ended_at.is_(None)).values(asdict(family)))


def end(work: Work, ids: Sequence[str], why: str) -> int:
    """How many of them were still open."""
    return work.run(update(families).where(families.c.id.in_(ids), families.c.ended_at.is_(None)).values(ended_at=work.now, ended_why=why))


def end_all(work: Work, user_id: str, why: str, but: str | None) -> int:
    return work.run(
        update(families)
        .where(families.c.user_id == user_id, families.c.id != (but or ""), families.c.ended_at.is_(None), families.c.idle_until > work.now)
        .values(ended_at=work.now, ended_why=why)
    )


def open_of(tx: Transaction, user_id: str) -> list[OpenSession]:
    """Newest first."""
    rows = tx.all(
        select(*OPEN)
        .where(families.c.user_id == user_id, families.c.ended_at.is_(None), families.c.idle_until > tx.now)
        .order_by(families.c.id.desc())
    )
    return [OpenSession(**row._mapping) for row in rows]


def sweep(work: Work, before: datetime) -> int:
    """Deletes what ended before then, a bounded number at once: the writer is not held up for the rest."""
    long_over = (
        select(families.c.id)
        .where(or_(families.c.ended_at < before, families.c.idle_until < before))
        .limit(SWEPT_AT_ONCE)
        .scalar_subquery()
    )
    return work.run(delete(families).where(families.c.id.in_(long_over)))


def _moment(micros: int) -> datetime:
    return EPOCH + timedelta(microseconds=micros)
