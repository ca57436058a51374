"""All of sessions' SQL."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Index, MetaData, String, Table, bindparam, delete, func, insert, or_, select, update

from daemun.features.sessions.models import Family, LiveSession, OpenSession
from daemun.ports.database import Hot, Instant, Plain, Transaction, Work, micros, moment

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

COLUMNS = tuple(families.c.keys())
MOMENTS = tuple(each.name for each in families.c if isinstance(each.type, Instant))
_THIS = families.c.id == bindparam("this")
_FAMILY = select(families).where(_THIS)
HELD = Hot(_FAMILY, postgresql=_FAMILY.with_for_update())
ADDED = Hot(insert(families))
TURNED = Hot(update(families).where(_THIS, families.c.ended_at.is_(None)))
ENDED = Hot(update(families).where(_THIS, families.c.ended_at.is_(None)).values(ended_at=bindparam("now"), ended_why=bindparam("why")))
OPEN_COUNT = Hot(
    select(func.count()).where(
        families.c.user_id == bindparam("user_id"), families.c.ended_at.is_(None), families.c.idle_until > bindparam("now")
    )
)


def live(tx: Transaction, session_id: str) -> LiveSession | None:
    found = tx.hot(LIVE, session_id=session_id, now=micros(tx.now))
    return live_of(found)


def live_of(found: tuple[Any, ...] | None) -> LiveSession | None:
    return LiveSession(found[0], moment(found[1]), moment(found[2])) if found else None


def add(work: Work, family: Family) -> None:
    work.hot_run(ADDED, **_plain(family))


def held(work: Work, family_id: str) -> Family | None:
    """The family, locked until the commit: what follows is decided on it."""
    found = work.hot(HELD, this=family_id)
    return _family(found) if found else None


def turned(work: Work, family: Family) -> None:
    """Writes what a rotation changed."""
    work.hot_run(TURNED, this=family.id, **_plain(family))


def end(work: Work, family_id: str, why: str) -> None:
    """Leaves alone what has ended already."""
    work.hot_run(ENDED, this=family_id, now=micros(work.now), why=why)


def end_all(work: Work, user_id: str, why: str, but: str | None) -> int:
    return work.run(
        update(families)
        .where(families.c.user_id == user_id, families.c.id != (but or ""), families.c.ended_at.is_(None), families.c.idle_until > work.now)
        .values(ended_at=work.now, ended_why=why)
    )


def open_count(tx: Transaction, user_id: str) -> int:
    found = tx.hot(OPEN_COUNT, user_id=user_id, now=micros(tx.now))
    return int(found[0]) if found else 0


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


def _plain(family: Family) -> dict[str, Plain]:
    values: dict[str, Any] = {name: getattr(family, name) for name in COLUMNS}
    for name in MOMENTS:
        values[name] = None if values[name] is None else micros(values[name])
    return values


def _family(found: tuple[Any, ...]) -> Family:
    values = dict(zip(COLUMNS, found, strict=True))
    for name in MOMENTS:
        values[name] = None if values[name] is None else moment(values[name])
    return Family(**{**values, "remember": bool(values["remember"])})
