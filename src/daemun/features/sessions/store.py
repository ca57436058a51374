"""All of sessions' SQL."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    bindparam,
    case,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from daemun.features.sessions.models import Family, LiveSession
from daemun.ports.database import EVERYBODY, Hot, Instant, Plain, Transaction, Work, micros, moment

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
    Column("kind", String(8), nullable=False),
    Column("token_hash", String(64)),
    Column("aal", Integer, nullable=False),
    Column("amr", String(64), nullable=False),
    Column("authenticated_at", Instant, nullable=False),
    Column("assured_at", Instant, nullable=False),
    Column("name", String(60)),
    Column("country", String(2)),
    Index("daemun_session_families_by_user", "user_id", "id"),
    Index("daemun_session_families_by_idle", "idle_until"),
    Index("daemun_session_families_by_end", "ended_at"),
)
AT_ONCE = 1000
# What a person may read of their own: no hash, no key's name, no mark by which a client is recognised.
TOLD = "id kind name agent address country started_at rotated_at used_at authenticated_at assured_at aal amr remember idle_until expires_at"
OWN = tuple(families.c[each] for each in (*TOLD.split(), "ended_at", "ended_why"))
# `idle_until` is never after `expires_at`; both are asked, so that one wrong row does not live for ever.
_LIVE = select(
    families.c.id,
    families.c.user_id,
    families.c.used_at,
    families.c.authenticated_at,
    families.c.assured_at,
    families.c.aal,
    families.c.token_hash,
    families.c.idle_until,
    families.c.expires_at,
).where(families.c.ended_at.is_(None), families.c.idle_until > bindparam("now"), families.c.expires_at > bindparam("now"))
LIVE = Hot(_LIVE.where(families.c.id == bindparam("session_id")))
BY_COOKIE = Hot(_LIVE.where(families.c.token_hash == bindparam("token_hash")))
OWNER = Hot(select(families.c.user_id).where(families.c.token_hash == bindparam("token_hash")))

COLUMNS = tuple(families.c.keys())
MOMENTS = tuple(each.name for each in families.c if isinstance(each.type, Instant))
_THIS = families.c.id == bindparam("this")
_FAMILY = select(families).where(_THIS)
FAMILY = Hot(_FAMILY)
HELD = Hot(_FAMILY, postgresql=_FAMILY.with_for_update())
_OWNED = _FAMILY.where(families.c.user_id == bindparam("user_id"))
OWNED = Hot(_OWNED, postgresql=_OWNED.with_for_update())
ADDED = Hot(insert(families))
TURNED = Hot(update(families).where(_THIS, families.c.ended_at.is_(None)))
ENDED = Hot(update(families).where(_THIS, families.c.ended_at.is_(None)).values(ended_at=bindparam("now"), ended_why=bindparam("why")))
BY_TOKEN = Hot(select(families.c.id).where(families.c.token_hash == bindparam("token_hash")))
# One statement, so that what ended meanwhile stays ended, and a use noted late by one process takes nothing back from another.
_AFTER: ColumnElement[Any] = bindparam("at") + case(
    (families.c.remember, bindparam("long", type_=BigInteger)), else_=bindparam("short", type_=BigInteger)
)
_TOUCHED = update(families).where(
    _THIS, families.c.ended_at.is_(None), families.c.idle_until > bindparam("at"), families.c.used_at <= bindparam("before")
)
_USED = {"used_at": bindparam("at"), "aal": case((families.c.aal > bindparam("level"), bindparam("level")), else_=families.c.aal)}
TOUCHED = Hot(
    _TOUCHED.values(idle_until=func.min(families.c.expires_at, _AFTER), **_USED),
    postgresql=_TOUCHED.values(idle_until=func.least(families.c.expires_at, _AFTER), **_USED),
)
OPEN_COUNT = Hot(
    select(func.count()).where(
        families.c.user_id == bindparam("user_id"), families.c.ended_at.is_(None), families.c.idle_until > bindparam("now")
    )
)


def alive(tx: Transaction) -> dict[str, int]:
    """How many sessions of each kind live. Takes its time: it looks at all of them."""
    living = select(families.c.kind, func.count().label("many")).where(families.c.ended_at.is_(None), families.c.idle_until > tx.now)
    return {row.kind: row.many for row in tx.all(living.group_by(families.c.kind))}


def live(tx: Transaction, session_id: str) -> LiveSession | None:
    found = tx.hot(LIVE, session_id=session_id, now=micros(tx.now))
    return live_of(found)


def live_of(found: tuple[Any, ...] | None) -> LiveSession | None:
    return LiveSession(*found) if found else None


def add(work: Work, family: Family) -> None:
    work.hot_run(ADDED, **_plain(family))


def family(tx: Transaction, family_id: str) -> Family | None:
    found = tx.hot(FAMILY, this=family_id)
    return _family(found) if found else None


def held(work: Work, family_id: str) -> Family | None:
    """The family, locked until the commit: what follows is decided on it."""
    found = work.hot(HELD, this=family_id)
    return _family(found) if found else None


def owned(work: Work, family_id: str, user_id: str) -> Family | None:
    """The same, if it is this person's."""
    found = work.hot(OWNED, this=family_id, user_id=user_id)
    return _family(found) if found else None


def turned(work: Work, family: Family) -> None:
    """Writes what a rotation changed."""
    work.changes(family.user_id)
    work.hot_run(TURNED, this=family.id, **_plain(family))


def end(work: Work, family: Family, why: str) -> None:
    """Leaves alone what has ended already."""
    work.changes(family.user_id)
    work.hot_run(ENDED, this=family.id, now=micros(work.now), why=why)


def end_all(work: Work, user_id: str, why: str, but: str | None) -> int:
    work.changes(user_id)
    return work.run(
        update(families)
        .where(families.c.user_id == user_id, families.c.id != (but or ""), families.c.ended_at.is_(None), families.c.idle_until > work.now)
        .values(ended_at=work.now, ended_why=why)
    )


def end_everyone(work: Work, why: str, before: datetime, but: str | None) -> int:
    """A bounded number at once."""
    work.changes(EVERYBODY)
    is_open = (families.c.ended_at.is_(None), families.c.idle_until > work.now)
    some = select(families.c.id).where(*is_open, families.c.started_at <= before, families.c.id != (but or "")).limit(AT_ONCE)
    return work.run(update(families).where(families.c.id.in_(some), *is_open).values(ended_at=work.now, ended_why=why))


def rename(work: Work, family_id: str, user_id: str, name: str | None) -> bool:
    mine = families.c.id == family_id, families.c.user_id == user_id, families.c.ended_at.is_(None), families.c.idle_until > work.now
    return work.run(update(families).where(*mine).values(name=name)) > 0


def by_token(tx: Transaction, token_hash: str) -> str | None:
    found = tx.hot(BY_TOKEN, token_hash=token_hash)
    return found[0] if found else None


def touch(work: Work, family_id: str, *, at: int, before: int, level: int, short: int, long: int) -> bool:
    """Whether the use was written: not when it ended, nor when a later one was."""
    return work.hot_run(TOUCHED, this=family_id, at=at, before=before, level=level, short=short, long=long) > 0


def open_count(tx: Transaction, user_id: str) -> int:
    found = tx.hot(OPEN_COUNT, user_id=user_id, now=micros(tx.now))
    return int(found[0]) if found else 0


def open_of(tx: Transaction, user_id: str) -> list[Family]:
    """Newest first."""
    rows = tx.all(
        select(families)
        .where(families.c.user_id == user_id, families.c.ended_at.is_(None), families.c.idle_until > tx.now)
        .order_by(families.c.id.desc())
    )
    return [Family(**row._mapping) for row in rows]


def sweep(work: Work, before: datetime) -> int:
    """Deletes what ended before then, a bounded number at once: the writer is not held up for the rest."""
    long_over = (
        select(families.c.id).where(or_(families.c.ended_at < before, families.c.idle_until < before)).limit(AT_ONCE).scalar_subquery()
    )
    return work.run(delete(families).where(families.c.id.in_(long_over)))


def about(tx: Transaction, user_id: str) -> list[dict[str, Any]]:
    """All there is of one person, the newest first."""
    sessions = select(*OWN).where(families.c.user_id == user_id).order_by(families.c.id.desc())
    return [dict(each._mapping) for each in tx.all(sessions)]


def forget(work: Work, user_id: str) -> int:
    work.changes(user_id)
    return work.run(delete(families).where(families.c.user_id == user_id))


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
