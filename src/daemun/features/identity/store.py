"""All of identity's SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    bindparam,
    func,
    insert,
    literal_column,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from daemun.features.identity.days import day_of
from daemun.features.identity.models import Held, User
from daemun.features.identity.names import name_key
from daemun.ports.database import Hot, Instant, Transaction, Work, micros, moment

metadata = MetaData()
users = Table(
    "daemun_users",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("handle", String(50), nullable=False),
    Column("handle_key", String(50), nullable=False, unique=True),
    Column("email", String(254), nullable=False),
    Column("email_key", String(254), nullable=False, unique=True),
    Column("name", String(100), nullable=False),
    Column("password", String(512)),
    Column("status", String(8), nullable=False),
    Column("email_verified", Boolean, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("last_login_at", Instant),
    Column("language", String(2), nullable=False),
    Column("name_key", String(100), nullable=False),
    Column("status_reason", String(500)),
    Column("status_until", Instant),
    Column("status_by", String(64)),
    Column("status_since", Instant),
    Column("before_deletion", String(8)),
    Column("left_at", Instant),
    Column("password_changed_at", Instant),
    Column("temporary", String(512)),
    Column("temporary_until", Instant),
    Column("held", String(500)),
    Column("held_by", String(64)),
    Column("sleep_notices", SmallInteger, nullable=False),
    Column("noticed_on", Integer),
    # A day and not a moment: what an index holds then changes once a day and not with every login.
    Column("active_on", Integer, nullable=False),
    Column("seen", String(200)),
    Column("email_given_until", Instant),
    Index("daemun_users_by_name", "name_key", "id"),
    Index("daemun_users_by_status", "status", "id"),
    Index("daemun_users_by_verified", "email_verified", "id"),
)
login_history = Table(
    "daemun_login_history",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("user_id", String(26), nullable=False),
    Column("at", Instant, nullable=False),
    Column("success", Boolean, nullable=False),
    Column("reason", String(32)),
    Column("address", String(45), nullable=False),
    Column("agent", String(512), nullable=False),
    Index("daemun_login_history_by_user", "user_id", "id"),
)
gone_handles = Table(
    "daemun_gone_handles",
    metadata,
    Column("mark", String(64), primary_key=True),
    Column("at", Instant, nullable=False),
)
PERSON = (
    users.c.id,
    users.c.handle,
    users.c.email,
    users.c.name,
    users.c.status,
    users.c.email_verified,
    users.c.created_at,
    users.c.last_login_at,
)
PERSON_BY_ID = Hot(select(*PERSON).where(users.c.id == bindparam("user_id")))
BY_LOGIN = Hot(
    select(users.c.id, users.c.password).where(
        or_(users.c.handle_key == bindparam("handle_key"), users.c.email_key == bindparam("email_key"))
    )
)
_PROVEN = select(*PERSON, users.c.password, users.c.seen).where(users.c.id == bindparam("user_id"))
HELD = Hot(_PROVEN, postgresql=_PROVEN.with_for_update())
CAME_IN = Hot(
    update(users)
    .where(users.c.id == bindparam("user_id"))
    .values(
        last_login_at=bindparam("now"),
        active_on=bindparam("today"),
        sleep_notices=literal_column("0"),
        noticed_on=null(),
        password=func.coalesce(bindparam("upgrade"), users.c.password),
        seen=bindparam("marks"),
    )
)
REMEMBERED = Hot(insert(login_history))


def by_id(tx: Transaction, user_id: str) -> User | None:
    return person_of(tx.hot(PERSON_BY_ID, user_id=user_id))


def person_of(found: tuple[Any, ...] | None) -> User | None:
    if found is None:
        return None
    id_, handle, email, name, status, verified, created_at, last_login_at = found
    seen = None if last_login_at is None else moment(last_login_at)
    return User(id_, handle, email, name, status, bool(verified), moment(created_at), seen)


def active_among(tx: Transaction, user_ids: Sequence[str]) -> int:
    row = tx.one(select(func.count().label("active")).where(users.c.id.in_(user_ids), users.c.status == "NORMAL"))
    return row.active if row else 0


def unseen_since(tx: Transaction, user_ids: Sequence[str], since: datetime) -> list[str]:
    """The handles of those among them who are NORMAL and have not come in since, in order."""
    came = func.coalesce(users.c.last_login_at, users.c.created_at)
    wanted = select(users.c.handle).where(users.c.id.in_(user_ids), users.c.status == "NORMAL", came < since)
    return [row.handle for row in tx.all(wanted.order_by(users.c.handle))]


def by_login(tx: Transaction, handle_key: str, email_key: str) -> tuple[str, str | None] | None:
    """(id, stored password) of whoever logs in by this handle or e-mail. A handle has no @, so both cannot match different people."""
    found = tx.hot(BY_LOGIN, handle_key=handle_key, email_key=email_key)
    return (found[0], found[1]) if found else None


def held(work: Work, user_id: str) -> Held | None:
    found = work.hot(HELD, user_id=user_id)
    user = person_of(found and found[:-2])
    return Held(user, found[-2], found[-1]) if found and user else None


def taken(tx: Transaction, handle_key: str, email_key: str) -> tuple[bool, bool]:
    """Whether the handle, whether the e-mail belongs to somebody."""
    rows = tx.all(
        select(users.c.handle_key, users.c.email_key).where(or_(users.c.handle_key == handle_key, users.c.email_key == email_key))
    )
    return any(row.handle_key == handle_key for row in rows), any(row.email_key == email_key for row in rows)


def is_gone(tx: Transaction, mark: str) -> bool:
    """Whether somebody who was erased had this handle."""
    return tx.one(select(gone_handles.c.mark).where(gone_handles.c.mark == mark)) is not None


def add(work: Work, user: User, *, handle_key: str, email_key: str, password: str | None) -> bool:
    """False when handle or e-mail was taken in the meantime: two sign-ups at once make one user."""
    values = {
        "id": user.id,
        "handle": user.handle,
        "handle_key": handle_key,
        "email": user.email,
        "email_key": email_key,
        "name": user.name,
        "password": password,
        "status": user.status,
        "email_verified": user.email_verified,
        "created_at": user.created_at,
        "updated_at": user.created_at,
        "last_login_at": user.last_login_at,
        "language": work.circumstance.language,
        "name_key": name_key(user.name),
        "sleep_notices": 0,
        "active_on": day_of(work.now),
    }
    if work.dialect == "sqlite":
        return work.run(sqlite_insert(users).values(values).on_conflict_do_nothing()) == 1
    return work.run(postgres_insert(users).values(values).on_conflict_do_nothing()) == 1


def came_in(work: Work, user_id: str, *, upgrade: str | None, seen: str) -> None:
    work.changes(user_id)
    work.hot_run(CAME_IN, user_id=user_id, now=micros(work.now), today=day_of(work.now), upgrade=upgrade, marks=seen)


def remember_login(work: Work, user_id: str, *, success: bool, reason: str | None) -> None:
    seen = work.circumstance
    work.hot_run(
        REMEMBERED,
        id=work.new_id(),
        user_id=user_id,
        at=micros(work.now),
        success=success,
        reason=reason,
        address=seen.address,
        agent=seen.agent,
    )
