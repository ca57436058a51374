"""The SQL for many people at once: lists as one parameter, rows by one precompiled statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import BindParameter, Row, Text, bindparam, column, func, select
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from daemun.features.identity.links.store import links
from daemun.features.identity.store import gone_handles, users
from daemun.ports.database import Hot, Plain, Transaction, Work, among

WRITTEN = (
    *("id", "handle", "handle_key", "email", "email_key", "name", "password", "status", "email_verified", "created_at", "updated_at"),
    *("last_login_at", "language", "name_key", "status_reason", "status_until", "status_by", "status_since", "sleep_notices", "active_on"),
)
_ROW: Mapping[str, BindParameter[Any]] = {each: bindparam(each) for each in WRITTEN}
SETTLED = Hot(
    sqlite_insert(users).values(_ROW).on_conflict_do_nothing(), postgresql=postgres_insert(users).values(_ROW).on_conflict_do_nothing()
)


def handles_among(tx: Transaction, keys: Sequence[str]) -> set[str]:
    return {row.handle_key for row in tx.all(select(users.c.handle_key).where(users.c.handle_key.in_(among(tx.dialect, keys))))}


def gone_among(tx: Transaction, marks: Sequence[str]) -> set[str]:
    return {row.mark for row in tx.all(select(gone_handles.c.mark).where(gone_handles.c.mark.in_(among(tx.dialect, marks))))}


def owners_among(tx: Transaction, keys: Sequence[str]) -> Sequence[Row[Any]]:
    """Of those addresses that somebody has: who, and whether they have verified it."""
    theirs = select(users.c.email_key, users.c.id, users.c.email_verified, users.c.email_given_until)
    return tx.all(theirs.where(users.c.email_key.in_(among(tx.dialect, keys))))


def held_among(tx: Transaction, keys: Sequence[str]) -> set[str]:
    """Those that were somebody's a few days ago, who may still want them back."""
    good = (links.c.purpose == "undo_email", links.c.used_at.is_(None), links.c.expires_at > tx.now)
    return {row.email_key for row in tx.all(select(links.c.email_key).where(*good, links.c.email_key.in_(among(tx.dialect, keys))))}


def lock_emails(work: Work, keys: Sequence[str]) -> None:
    """What `work.lock` does for each of them, in one question and always in the same order."""
    if work.dialect == "postgresql":
        told = among(work.dialect, sorted(f"email:{each}" for each in keys)).subquery()
        work.all(select(func.pg_advisory_xact_lock(func.hashtextextended(told.c.value, 0)).cast(Text)))


def here_among(tx: Transaction, ids: Sequence[str]) -> set[str]:
    return {row.id for row in tx.all(select(users.c.id).where(column("id").in_(among(tx.dialect, ids))))}


def add(work: Work, rows: Sequence[dict[str, Plain]]) -> int:
    """How many of them were new; whose handle or address was taken meanwhile is left out."""
    return work.hot_many(SETTLED, rows)
