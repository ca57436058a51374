"""All of API keys' SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    Column,
    Index,
    MetaData,
    Row,
    String,
    Table,
    Text,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from daemun.features.apikeys.models import ApiKey, LiveKey
from daemun.ports.database import Hot, Instant, Transaction, Work

metadata = MetaData()
api_keys = Table(
    "daemun_api_keys",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("user_id", String(26), nullable=False),
    Column("key_hash", String(64), nullable=False, unique=True),
    Column("hint", String(4), nullable=False),
    Column("name", String(60), nullable=False),
    Column("scopes", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("created_by", String(64), nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
    Column("used_from", String(45)),
    Column("ended_at", Instant),
    Column("ended_why", String(32)),
    Column("replaced_by", String(26)),
    Index("daemun_api_keys_by_user", "user_id", "id"),
    Index("daemun_api_keys_by_end", "ended_at"),
    Index("daemun_api_keys_by_expiry", "expires_at"),
)
AT_ONCE: Final = 1000
keys = api_keys.c
SHOWN = tuple(each for each in keys if each.name != "key_hash")
# What a person may read of their own: not the hash, nor who made it for them.
TOLD = tuple(each for each in SHOWN if each.name not in ("user_id", "created_by"))
_LOOKED = (keys.id, keys.user_id, keys.scopes, keys.created_at, keys.expires_at, keys.used_at, keys.ended_at, keys.key_hash)
BY_HASH = Hot(select(*_LOOKED).where(keys.key_hash == bindparam("key_hash")))
OWNER = Hot(select(keys.user_id).where(keys.key_hash == bindparam("key_hash")))
# One statement: a use that was noted late by one process takes nothing back from another.
USED = Hot(
    update(api_keys)
    .where(keys.id == bindparam("this"), or_(keys.used_at.is_(None), keys.used_at <= bindparam("before")))
    .values(used_at=bindparam("at"), used_from=bindparam("address"))
)


def live_of(found: tuple[Any, ...] | None) -> LiveKey | None:
    if found is None:
        return None
    id_, user_id, scopes, created, expires, used, ended, key_hash = found
    return LiveKey(id_, user_id, frozenset(scopes.split()), created, expires, used, ended, key_hash)


def by_hash(tx: Transaction, key_hash: str) -> LiveKey | None:
    return live_of(tx.hot(BY_HASH, key_hash=key_hash))


def add(work: Work, key: ApiKey, key_hash: str) -> None:
    values = {each.name: getattr(key, each.name) for each in SHOWN} | {"scopes": " ".join(key.scopes), "key_hash": key_hash}
    work.run(insert(api_keys).values(values))


def owned(tx: Transaction, key_id: str, user_id: str) -> ApiKey | None:
    """Whatever has become of it."""
    return _key(tx.one(select(*SHOWN).where(keys.id == key_id, keys.user_id == user_id)))


def find(tx: Transaction, key_id: str) -> ApiKey | None:
    """Anybody's: for administrators."""
    return _key(tx.one(select(*SHOWN).where(keys.id == key_id)))


def of_user(tx: Transaction, user_id: str) -> list[ApiKey]:
    """The newest first, those included that are over."""
    return _all(tx.all(select(*SHOWN).where(keys.user_id == user_id).order_by(keys.id.desc())))


def page(tx: Transaction, user_id: str | None, after: str, limit: int) -> list[ApiKey]:
    """Everybody's or one person's, the newest first; `after` is the last id of the page before, or empty."""
    wanted = select(*SHOWN).order_by(keys.id.desc()).limit(limit)
    wanted = wanted.where(keys.user_id == user_id) if user_id else wanted
    return _all(tx.all(wanted.where(keys.id < after) if after else wanted))


def live_count(tx: Transaction, user_id: str) -> int:
    row = tx.one(select(func.count().label("count")).where(*_open(tx, user_id)))
    return row.count if row else 0  # type: ignore[return-value]  # a label hides the tuple's method of this name


def made_since(tx: Transaction, user_id: str, since: datetime, most: int) -> datetime | None:
    """When the oldest of the last `most` was made, if so many were made since then."""
    made = select(keys.created_at).where(keys.user_id == user_id, keys.created_at > since).order_by(keys.created_at.desc())
    row = tx.one(made.offset(most - 1).limit(1))
    return row.created_at if row else None


def end(work: Work, key_id: str, user_id: str, why: str) -> bool:
    """Whether it was live, and theirs."""
    return work.run(update(api_keys).where(keys.id == key_id, *_open(work, user_id)).values(ended_at=work.now, ended_why=why)) > 0


def end_all(work: Work, user_id: str, why: str) -> int:
    return work.run(update(api_keys).where(*_open(work, user_id)).values(ended_at=work.now, ended_why=why))


def replaced(work: Work, key_id: str, user_id: str, by: str, until: datetime) -> bool:
    """Whether it was live, theirs, and not replaced before: of two rotations at once one comes second."""
    mine = (keys.id == key_id, keys.replaced_by.is_(None), *_open(work, user_id))
    return work.run(update(api_keys).where(*mine).values(replaced_by=by, expires_at=until)) > 0


def use(work: Work, key_id: str, *, at: int, before: int, address: str) -> bool:
    """Whether it was news."""
    return work.hot_run(USED, this=key_id, at=at, before=before, address=address) > 0


def sweep(work: Work, before: datetime) -> int:
    """Deletes what was over before then, a bounded number at once."""
    over = select(keys.id).where(or_(keys.ended_at < before, keys.expires_at < before)).limit(AT_ONCE).scalar_subquery()
    return work.run(delete(api_keys).where(keys.id.in_(over)))


def about(tx: Transaction, user_id: str) -> list[dict[str, Any]]:
    """All there is of one person, the newest first."""
    rows = tx.all(select(*TOLD).where(keys.user_id == user_id).order_by(keys.id.desc()))
    return [dict(row._mapping) | {"scopes": row.scopes.split()} for row in rows]


def forget(work: Work, user_id: str) -> int:
    return work.run(delete(api_keys).where(keys.user_id == user_id))


def _open(tx: Transaction, user_id: str) -> tuple[Any, ...]:
    return keys.user_id == user_id, keys.ended_at.is_(None), keys.expires_at > tx.now


def _key(row: Row[Any] | None) -> ApiKey | None:
    return None if row is None else _of(row)


def _all(rows: Sequence[Row[Any]]) -> list[ApiKey]:
    return [_of(row) for row in rows]


def _of(row: Row[Any]) -> ApiKey:
    found = ApiKey(**row._mapping)
    return replace(found, scopes=tuple(row.scopes.split()))
